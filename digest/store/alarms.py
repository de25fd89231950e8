"""Alarms: one row a trouble, however often it comes."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.store.delivery_schema import alarm
from digest.store.inserting import insert_new


@dataclass(frozen=True, slots=True)
class Alarm:
    """A trouble that an operator has to know: since when, how often, and whether it is over.

    ``mailed_at`` is when the operator was last written to about it: None while that is to be done,
    before ``cleared_at`` where they were not yet told that it is over.
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
        "mailed_at": case((was_over, None), else_=alarm.c.mailed_at),
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


async def list_untold(connection: AsyncConnection) -> list[Alarm]:
    """Return what is open and was not mailed, then what is over since it was mailed, by key."""
    news = and_(alarm.c.cleared_at.is_(None), alarm.c.mailed_at.is_(None))
    over = alarm.c.mailed_at < alarm.c.cleared_at
    rows = await connection.execute(
        select(alarm).where(or_(news, over)).order_by(alarm.c.cleared_at.is_not(None), alarm.c.key)
    )
    return [Alarm(**row._mapping) for row in rows]


async def save_told(connection: AsyncConnection, told: Iterable[Alarm], at: datetime) -> None:
    """Note that the operator was written to, but for alarms that were raised anew meanwhile."""
    for one in sorted(told, key=lambda alarm_: alarm_.key):
        await connection.execute(
            update(alarm)
            .where(alarm.c.key == one.key, alarm.c.raised_at == one.raised_at)
            .values(mailed_at=max(at, one.cleared_at or at))  # where clocks differ, told is told
        )


async def count_open(connection: AsyncConnection) -> dict[str, int]:
    """Return how many alarms are open by their kind: the key's part before the first slash."""
    rows = await connection.execute(select(alarm.c.key).where(alarm.c.cleared_at.is_(None)))
    return dict(Counter(row.key.partition("/")[0] for row in rows))


async def list_open_keys(connection: AsyncConnection, kind: str) -> list[str]:
    """Return the keys of the open alarms of a kind."""
    open_ones = (alarm.c.key.startswith(f"{kind}/", autoescape=True), alarm.c.cleared_at.is_(None))
    rows = await connection.execute(select(alarm.c.key).where(*open_ones).order_by(alarm.c.key))
    return [row.key for row in rows]


async def list_alarms(connection: AsyncConnection) -> list[Alarm]:
    """Return every alarm, the open ones first, then the latest first."""
    rows = await connection.execute(
        select(alarm).order_by(alarm.c.cleared_at.is_not(None), alarm.c.last_at.desc(), alarm.c.key)
    )
    return [Alarm(**row._mapping) for row in rows]
