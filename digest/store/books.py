"""The books of editions: what was planned, and in which state each row is for which reason."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.store.schema import delivery, edition


@dataclass(frozen=True, slots=True)
class Page:
    """One edition's rows, counted by state and reason."""

    zone: str
    hour: int
    local_date: date
    planned: int
    counts: dict[tuple[str, str], int]


async def list_pages(connection: AsyncConnection, first: date, last: date) -> list[Page]:
    """Return the editions of local dates from first to last, in the order in which they were due.

    Rows are counted from the ledger, and not from what was planned: the two can be compared.
    """
    days = edition.c.local_date.between(first, last)
    found = await connection.execute(
        select(edition).where(days).order_by(edition.c.due_at, edition.c.zone, edition.c.hour)
    )
    pages = {row.id: Page(row.zone, row.hour, row.local_date, row.planned, {}) for row in found}
    grouped = await connection.execute(
        select(delivery.c.edition_id, delivery.c.state, delivery.c.reason, func.count())
        .join(edition, edition.c.id == delivery.c.edition_id)
        .where(days)
        .group_by(delivery.c.edition_id, delivery.c.state, delivery.c.reason)
        .order_by(delivery.c.edition_id, delivery.c.state, delivery.c.reason)
    )
    for edition_id, state, reason, count in grouped:
        if edition_id in pages:
            pages[edition_id].counts[(state, reason)] = count
    return list(pages.values())


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
    return Doubts(sum(counts.values()), counts.get(True, 0))
