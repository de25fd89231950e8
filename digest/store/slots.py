"""Slots: one row per (zone, hour) that readers use, with the edition that comes next."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.schedule import next_slot_due
from digest.store.inserting import insert_new
from digest.store.schema import slot


@dataclass(frozen=True, slots=True)
class Slot:
    """The next edition of a zone and hour: its local date and the instant it is due."""

    zone: str
    hour: int
    next_date: date
    next_due_at: datetime


async def ensure_slot(connection: AsyncConnection, zone: str, hour: int, now: datetime) -> None:
    """Make a slot that starts at its next future instant, where there is none yet."""
    where = (slot.c.zone == zone, slot.c.hour == hour)
    if (await connection.execute(select(slot).where(*where))).first() is None:
        day, due = next_slot_due(zone, hour, now)
        values = {"zone": zone, "hour": hour, "next_date": day, "next_due_at": due}
        await insert_new(connection, slot, values)


async def list_due_slots(connection: AsyncConnection, now: datetime) -> list[Slot]:
    """Return the slots whose next edition is due, the longest due first."""
    rows = await connection.execute(
        select(slot)
        .where(slot.c.next_due_at <= now)
        .order_by(slot.c.next_due_at, slot.c.zone, slot.c.hour)
    )
    return [Slot(**row._mapping) for row in rows]


async def find_next_due(connection: AsyncConnection) -> datetime | None:
    """Return the instant at which the next slot is due, or None without any slot."""
    found: datetime | None = await connection.scalar(select(func.min(slot.c.next_due_at)))
    return found


async def advance_slot(connection: AsyncConnection, item: Slot, day: date, due: datetime) -> None:
    """Move a slot on to its next edition; does nothing where another process has done it."""
    await connection.execute(
        update(slot)
        .where(slot.c.zone == item.zone, slot.c.hour == item.hour)
        .where(slot.c.next_date == item.next_date)
        .values(next_date=day, next_due_at=due)
    )


async def list_slots(connection: AsyncConnection) -> list[Slot]:
    """Return every slot."""
    rows = await connection.execute(select(slot).order_by(slot.c.zone, slot.c.hour))
    return [Slot(**row._mapping) for row in rows]
