"""Counts for those who watch: how the last editions went, and how much of them came back.

Digests are counted by the instant at which their edition was due: editions are few, and lead to
their rows by an index, where the ledger has none by time.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.store.bounces import BOUNCE, COMPLAINT
from digest.store.delivery_schema import bounce, worker
from digest.store.schema import delivery, edition, feed


@dataclass(frozen=True, slots=True)
class Returned:
    """How much came back since an instant: hard bounces, and complaints."""

    hard: int
    complaints: int


@dataclass(frozen=True, slots=True)
class SourceTimes:
    """When a source last answered with something readable, and last had a new entry."""

    answered_at: datetime | None
    entry_at: datetime | None


async def count_digests(connection: AsyncConnection, since: datetime) -> dict[str, int]:
    """Return the digests of editions that were due after an instant, by state."""
    rows = await connection.execute(
        select(delivery.c.state, func.count())
        .join(edition, edition.c.id == delivery.c.edition_id)
        .where(edition.c.due_at > since)
        .group_by(delivery.c.state)
    )
    return {str(row[0]): int(row[1]) for row in rows}


async def count_returned(connection: AsyncConnection, since: datetime) -> Returned:
    """Return how many hard bounces and complaints came after an instant."""
    hard = case(((bounce.c.kind == BOUNCE) & bounce.c.hard, 1), else_=0)
    complaint = case((bounce.c.kind == COMPLAINT, 1), else_=0)
    row = (
        await connection.execute(
            select(func.sum(hard), func.sum(complaint)).where(bounce.c.received_at > since)
        )
    ).one()
    return Returned(int(row[0] or 0), int(row[1] or 0))


async def get_source_times(connection: AsyncConnection) -> dict[str, SourceTimes]:
    """Return each source's last answer and last entry, by name."""
    rows = await connection.execute(
        select(feed.c.source, func.max(feed.c.last_ok_at), func.max(feed.c.last_entry_at)).group_by(
            feed.c.source
        )
    )
    return {row[0]: SourceTimes(row[1], row[2]) for row in rows}


async def count_workers(connection: AsyncConnection, since: datetime) -> int:
    """Return how many workers said after an instant that they live."""
    query = select(func.count()).where(worker.c.heartbeat_at > since)
    return int(await connection.scalar(query) or 0)
