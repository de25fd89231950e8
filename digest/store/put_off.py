"""Claimed deliveries that go back untried: the pace, or a relay, lets them wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.deliveries import State
from digest.store.schema import delivery


@dataclass(frozen=True, slots=True)
class PutOff:
    """A claimed delivery that has to wait, until when, and why."""

    delivery_id: int
    next_try_at: datetime
    reason: str


async def put_off(connection: AsyncConnection, owner: str, rows: Sequence[PutOff]) -> None:
    """Give claimed deliveries back to be tried later, in id order; nothing was attempted."""
    if not rows:
        return
    statement = (
        update(delivery)
        .where(
            delivery.c.id == bindparam("b_id"),
            delivery.c.owner == owner,
            delivery.c.state == State.CLAIMED.value,
        )
        .values(
            state=State.PENDING.value,
            owner=None,
            next_try_at=bindparam("b_next_try_at"),
            reason=bindparam("b_reason"),
        )
    )
    told = [
        {"b_id": row.delivery_id, "b_next_try_at": row.next_try_at, "b_reason": row.reason}
        for row in sorted(rows, key=lambda row: row.delivery_id)
    ]
    await connection.execute(statement, told)
