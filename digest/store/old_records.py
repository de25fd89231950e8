"""Observations, reports, alarms and the like that are old enough to go."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import ColumnElement, Table, delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.store.admin_schema import audit, link_open
from digest.store.delivery_schema import alarm, bounce
from digest.store.idle import Idle
from digest.store.schema import paper, signal, subscriber


def old_bounces(before: datetime) -> Idle:
    """Return the reports from before an instant, of readers whom nothing bars.

    The others are kept: they say why an address is not written to.
    """
    barred = exists().where(
        subscriber.c.id == bounce.c.subscriber_id, subscriber.c.suppression.is_not(None)
    )
    return Idle(bounce, (bounce.c.received_at < before, ~barred))


def old_audit(before: datetime) -> Idle:
    """Return what operators did before an instant."""
    return Idle(audit, (audit.c.at < before,))


async def list_old_abstracts(
    connection: AsyncConnection, before: datetime, after: int, limit: int
) -> list[int]:
    """Return up to ``limit`` papers with an abstract whose window was over at an instant."""
    rows = await connection.execute(
        select(paper.c.id)
        .where(paper.c.id > after, paper.c.eligible_until < before, paper.c.abstract != "")
        .order_by(paper.c.id)
        .limit(limit)
    )
    return list(rows.scalars())


async def blank_abstracts(connection: AsyncConnection, ids: Iterable[int]) -> int:
    """Take the abstracts of papers away; the full-text index follows by itself."""
    mine = paper.c.id.in_(list(ids))
    done = await connection.execute(update(paper).where(mine).values(abstract=""))
    return int(done.rowcount)


async def find_end(
    connection: AsyncConnection, after: datetime, before: datetime, limit: int
) -> datetime | None:
    """Return up to which instant there are some ``limit`` readings after one; None without any."""
    taken = signal.c.taken_at
    next_ones = (
        select(taken).where(taken > after, taken < before).order_by(taken).limit(limit).subquery()
    )
    found: datetime | None = await connection.scalar(select(func.max(next_ones.c.taken_at)))
    return found


async def thin_readings(connection: AsyncConnection, after: datetime, until: datetime) -> int:
    """Delete the readings of a time but the first and the last of each paper, source and metric.

    Those two tell how far a paper came, and keep its place among the papers of its day.
    """
    other = signal.alias()
    same = [other.c[name] == signal.c[name] for name in ("paper_id", "source", "metric")]
    done = await connection.execute(
        delete(signal).where(
            signal.c.taken_at > after,
            signal.c.taken_at <= until,
            exists().where(*same, other.c.taken_at < signal.c.taken_at),
            exists().where(*same, other.c.taken_at > signal.c.taken_at),
        )
    )
    return int(done.rowcount)


async def forget_alarms(connection: AsyncConnection, before: datetime) -> int:
    """Delete the alarms that were over before an instant; return how many."""
    return await _remove(connection, alarm, alarm.c.cleared_at < before)


async def forget_opens(connection: AsyncConnection, before: date) -> int:
    """Delete the counts of opened links of days before one; return how many."""
    return await _remove(connection, link_open, link_open.c.day < before)


async def _remove(connection: AsyncConnection, table: Table, old: ColumnElement[bool]) -> int:
    done = await connection.execute(delete(table).where(old))
    return int(done.rowcount)
