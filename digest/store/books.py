"""The books of editions: what was planned, and in which state each row is for which reason."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.store.delivery_schema import edition_total
from digest.store.schema import delivery, edition


@dataclass(frozen=True, slots=True)
class Page:
    """One edition's rows, counted by state and reason; ``pruned`` of them were deleted since."""

    zone: str
    hour: int
    local_date: date
    planned: int
    counts: Counter[tuple[str, str]]
    pruned: int = 0


async def list_pages(connection: AsyncConnection, first: date, last: date) -> list[Page]:
    """Return the editions of local dates from first to last, in the order in which they were due.

    Rows are counted from the ledger, and not from what was planned: the two can be compared. What
    was pruned is counted by the sums that it left.
    """
    days = edition.c.local_date.between(first, last)
    grouped = await connection.execute(
        select(delivery.c.edition_id, delivery.c.state, delivery.c.reason, func.count())
        .join(edition, edition.c.id == delivery.c.edition_id)
        .where(days)
        .group_by(delivery.c.edition_id, delivery.c.state, delivery.c.reason)
        .order_by(delivery.c.edition_id, delivery.c.state, delivery.c.reason)
    )
    counts: dict[int, Counter[tuple[str, str]]] = {}
    for edition_id, state, reason, count in grouped:
        counts.setdefault(edition_id, Counter())[(state, reason)] += count
    sums = await connection.execute(
        select(edition_total).join(edition, edition.c.id == edition_total.c.edition_id).where(days)
    )
    pruned: Counter[int] = Counter()
    for row in sums:
        total = int(row._mapping["count"])
        counts.setdefault(row.edition_id, Counter())[(row.state, row.reason)] += total
        pruned[row.edition_id] += total
    found = await connection.execute(
        select(edition).where(days).order_by(edition.c.due_at, edition.c.zone, edition.c.hour)
    )
    return [
        Page(
            row.zone,
            row.hour,
            row.local_date,
            row.planned,
            counts.get(row.id, Counter()),
            pruned[row.id],
        )
        for row in found
    ]


@dataclass(frozen=True, slots=True)
class Doubts:
    """Sent mails that may have arrived twice, and how many of those in other bytes."""

    repeated: int
    rewritten: int


async def count_doubts(connection: AsyncConnection, first: date, last: date) -> Doubts:
    """Count the digests of some days that were handed over again after a lost answer."""
    again = (delivery.c.uncertain, delivery.c.submissions > 1)
    rows = await connection.execute(
        select(delivery.c.rewritten, func.count())
        .join(edition, edition.c.id == delivery.c.edition_id)
        .where(edition.c.local_date.between(first, last), *again)
        .group_by(delivery.c.rewritten)
    )
    counts = {bool(row[0]): int(row[1]) for row in rows}
    pruned = (
        await connection.execute(
            select(func.sum(edition_total.c.repeated), func.sum(edition_total.c.rewritten))
            .join(edition, edition.c.id == edition_total.c.edition_id)
            .where(edition.c.local_date.between(first, last))
        )
    ).one()
    return Doubts(
        sum(counts.values()) + int(pruned[0] or 0), counts.get(True, 0) + int(pruned[1] or 0)
    )
