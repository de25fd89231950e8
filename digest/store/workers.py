"""Workers: a heartbeat row each, and the sweep of what a dead one left behind."""

from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.deliveries import State
from digest.store.delivery_schema import worker
from digest.store.schema import delivery

LEASE = timedelta(seconds=30)


async def beat(connection: AsyncConnection, worker_id: str, now: datetime) -> None:
    """Say that a worker lives."""
    changed = await connection.execute(
        update(worker).where(worker.c.id == worker_id).values(heartbeat_at=now)
    )
    if changed.rowcount == 0:
        await connection.execute(
            insert(worker).values(id=worker_id, started_at=now, heartbeat_at=now)
        )


async def leave(connection: AsyncConnection, worker_id: str) -> None:
    """Give claimed deliveries back and take the worker's row away."""
    await connection.execute(
        update(delivery)
        .where(delivery.c.owner == worker_id, delivery.c.state == State.CLAIMED.value)
        .values(state=State.PENDING.value, owner=None)
    )
    await connection.execute(delete(worker).where(worker.c.id == worker_id))


async def list_dead(connection: AsyncConnection, me: str, now: datetime) -> list[str]:
    """Return owners of open deliveries that have no row or no heartbeat within the lease."""
    alive = select(worker.c.id).where(worker.c.heartbeat_at > now - LEASE)
    rows = await connection.execute(
        select(delivery.c.owner)
        .where(
            delivery.c.state.in_([State.CLAIMED.value, State.SUBMITTING.value]),
            delivery.c.owner != me,
            delivery.c.owner.not_in(alive),
        )
        .distinct()
    )
    return [row.owner for row in rows]


async def sweep(connection: AsyncConnection, owner: str, *, hold: bool) -> tuple[int, int]:
    """Settle what a dead worker held; return (given back, uncertain).

    What it had only claimed was not sent. What it was submitting may have been: it is sent again
    under the same Message-ID, or held for a person to decide.
    """
    claimed = await connection.execute(
        update(delivery)
        .where(delivery.c.owner == owner, delivery.c.state == State.CLAIMED.value)
        .values(state=State.PENDING.value, owner=None)
    )
    uncertain = await connection.execute(
        update(delivery)
        .where(delivery.c.owner == owner, delivery.c.state == State.SUBMITTING.value)
        .values(
            state=(State.HELD if hold else State.PENDING).value,
            reason="its worker died between the message and the relay's answer",
            owner=None,
        )
    )
    await connection.execute(delete(worker).where(worker.c.id == owner))
    return int(claimed.rowcount), int(uncertain.rowcount)
