"""Alarms: one row a trouble, however often it comes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.store.delivery_schema import alarm
from digest.store.inserting import insert_new


@dataclass(frozen=True, slots=True)
class Alarm:
    """A trouble that an operator has to know: since when, how often, and whether it is over.

    ``mailed_at`` is when the operator was written to about it.
    """

    key: str
    text: str
    raised_at: datetime
    last_at: datetime
    count: int
    cleared_at: datetime | None
    mailed_at: datetime | None = None


async def save_alarm(connection: AsyncConnection, key: str, text: str, now: datetime) -> bool:
    """Write that a trouble is there; return whether it is news: never seen, or over since."""
    values = {"key": key, "text": text, "raised_at": now, "last_at": now, "count": 1}
    if await insert_new(connection, alarm, values):
        return True
    was_over = alarm.c.cleared_at.is_not(None)
    query = select(was_over).where(alarm.c.key == key).with_for_update()
    news = bool(await connection.scalar(query))
    anew: dict[str, Any] = {
        "text": text,
        "last_at": now,
        "raised_at": case((was_over, now), else_=alarm.c.raised_at),
        "count": case((was_over, 1), else_=alarm.c.count + 1),
        "cleared_at": None,
    }
    await connection.execute(update(alarm).where(alarm.c.key == key).values(anew))
    return news


async def clear_alarm(connection: AsyncConnection, key: str, now: datetime) -> bool:
    """Write that a trouble is over; return whether it was open."""
    done = await connection.execute(
        update(alarm).where(alarm.c.key == key, alarm.c.cleared_at.is_(None)).values(cleared_at=now)
    )
    return bool(done.rowcount)


async def is_open(connection: AsyncConnection, key: str) -> bool:
    """Return whether a trouble is there and not over."""
    query = select(func.count()).where(alarm.c.key == key, alarm.c.cleared_at.is_(None))
    return bool(await connection.scalar(query))


async def list_alarms(connection: AsyncConnection) -> list[Alarm]:
    """Return every alarm, the open ones first, then the latest first."""
    rows = await connection.execute(
        select(alarm).order_by(alarm.c.cleared_at.is_not(None), alarm.c.last_at.desc(), alarm.c.key)
    )
    return [Alarm(**row._mapping) for row in rows]
