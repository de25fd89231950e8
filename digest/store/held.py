"""Held mails: whether they arrived is not known, and a person decides."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.deliveries import State
from digest.domain.settlement import EXPIRED, HELD_ANSWER
from digest.store.locking_order import in_order
from digest.store.schema import delivery


@dataclass(frozen=True, slots=True)
class Held:
    """A held mail, for whoever has to look it up in a relay's log."""

    id: int
    kind: str
    key: str
    address: str
    planned_at: datetime
    expires_at: datetime
    relay: str | None
    reply: str
    reason: str


async def list_held(connection: AsyncConnection) -> list[Held]:
    """Return the held mails, the oldest first."""
    rows = await connection.execute(
        select(
            delivery.c.id,
            delivery.c.kind,
            delivery.c.dedupe_key.label("key"),
            delivery.c.address,
            delivery.c.planned_at,
            delivery.c.expires_at,
            delivery.c.relay,
            delivery.c.reply,
            delivery.c.reason,
        )
        .where(delivery.c.state == State.HELD.value)
        .order_by(delivery.c.planned_at, delivery.c.id)
    )
    return [Held(**row._mapping) for row in rows]


async def count_held(connection: AsyncConnection) -> int:
    """Return how many mails are held."""
    query = select(func.count()).where(delivery.c.state == State.HELD.value)
    return int(await connection.scalar(query) or 0)


async def hold_uncertain(connection: AsyncConnection) -> int:
    """Hold what waits to be sent again though it may have arrived; return how many."""
    waiting = in_order(delivery.c.state == State.PENDING.value, delivery.c.uncertain)
    done = await connection.execute(
        update(delivery)
        .where(delivery.c.id.in_(waiting))
        .values(state=State.HELD.value, reason=HELD_ANSWER)
    )
    return int(done.rowcount)


async def hold_one(connection: AsyncConnection, delivery_id: int, owner: str, reason: str) -> None:
    """Hold a mail whose outcome its owner cannot write down."""
    await connection.execute(
        update(delivery)
        .where(
            delivery.c.id == delivery_id,
            delivery.c.owner == owner,
            delivery.c.state == State.SUBMITTING.value,
        )
        .values(state=State.HELD.value, reason=reason, uncertain=True, owner=None)
    )


async def release_delivered(
    connection: AsyncConnection, ids: Iterable[int], now: datetime
) -> set[int]:
    """Move held mails on to SENT, for they arrived; return those moved."""
    chosen = in_order(delivery.c.id.in_(sorted(ids)), delivery.c.state == State.HELD.value)
    rows = await connection.execute(
        update(delivery)
        .where(delivery.c.id.in_(chosen))
        .values(state=State.SENT.value, sent_at=now, reason="")
        .returning(delivery.c.id)
    )
    return {row.id for row in rows}


async def release_undelivered(
    connection: AsyncConnection, ids: Iterable[int], now: datetime
) -> dict[int, State]:
    """Let held mails be sent again, or expire where that is over; return what each became."""
    chosen = in_order(delivery.c.id.in_(sorted(ids)), delivery.c.state == State.HELD.value)
    over = delivery.c.expires_at <= now
    rows = await connection.execute(
        update(delivery)
        .where(delivery.c.id.in_(chosen))
        .values(
            state=case((over, State.EXPIRED.value), else_=State.PENDING.value),
            reason=case((over, EXPIRED), else_=""),
            next_try_at=now,
            uncertain=False,
        )
        .returning(delivery.c.id, delivery.c.state)
    )
    return {row.id: State(row.state) for row in rows}
