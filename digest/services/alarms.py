"""Alarms: what an operator has to know, one row a trouble, shown by `digest status`."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from digest.services.context import Context
from digest.store.delivery_schema import alarm


@dataclass(frozen=True, slots=True)
class Alarm:
    """A trouble that stands."""

    key: str
    text: str
    raised_at: datetime
    last_at: datetime
    count: int


async def raise_alarm(context: Context, key: str, text: str) -> None:
    """Raise an alarm, or say again that it stands."""
    now = context.clock.now()
    async with context.database.write() as connection:
        where = alarm.c.key == key
        found = (await connection.execute(select(alarm).where(where))).one_or_none()
        fresh = {"text": text, "last_at": now, "cleared_at": None}
        if found is None:
            await connection.execute(insert(alarm).values(key=key, raised_at=now, count=1, **fresh))
        elif found.cleared_at is not None:
            again = {"raised_at": now, "count": 1, **fresh}
            await connection.execute(update(alarm).where(where).values(again))
        else:
            values = {"count": found._mapping["count"] + 1, **fresh}
            await connection.execute(update(alarm).where(where).values(values))


async def clear_alarm(context: Context, key: str) -> None:
    """Take an alarm back."""
    async with context.database.write() as connection:
        await connection.execute(
            update(alarm)
            .where(alarm.c.key == key, alarm.c.cleared_at.is_(None))
            .values(cleared_at=context.clock.now())
        )


async def list_alarms(context: Context) -> list[Alarm]:
    """Return the alarms that stand, oldest first."""
    names = tuple(Alarm.__dataclass_fields__)
    async with context.database.read() as connection:
        rows = await connection.execute(
            select(*(alarm.c[name] for name in names))
            .where(alarm.c.cleared_at.is_(None))
            .order_by(alarm.c.raised_at)
        )
        return [Alarm(**row._mapping) for row in rows]
