"""Marks of what a journal says was accepted, fenced by the count of hand-overs."""

from collections.abc import Iterable

from sqlalchemy import and_, func, or_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.accepted import Accepted
from digest.domain.deliveries import State
from digest.store.schema import delivery

_SWEPT = [State.PENDING.value, State.CLAIMED.value, State.HELD.value]


async def mark_accepted(connection: AsyncConnection, told: Iterable[Accepted]) -> set[int]:
    """Move accepted deliveries on to SENT; return those moved.

    A row is still in submission by the worker that wrote the line, or was swept since, and nobody
    has begun to hand it over again.
    """
    moved = set()
    for one in sorted(told, key=lambda one: (one.delivery_id, one.submission)):
        mine = and_(delivery.c.state == State.SUBMITTING.value, delivery.c.owner == one.worker)
        swept = and_(delivery.c.state.in_(_SWEPT), delivery.c.uncertain)
        done = await connection.execute(
            update(delivery)
            .where(
                delivery.c.id == one.delivery_id,
                delivery.c.submissions == one.submission,
                or_(mine, swept),
            )
            .values(
                state=State.SENT.value,
                reason="",
                sent_at=one.at,
                reply=one.reply,
                owner=one.worker,
                attempts=delivery.c.attempts + 1,
                placed=func.coalesce(one.placed, delivery.c.placed),
                relay=func.coalesce(one.relay or None, delivery.c.relay),
            )
        )
        if done.rowcount:
            moved.add(one.delivery_id)
    return moved
