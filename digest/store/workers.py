"""Workers: a heartbeat row each, and the sweep of what a dead one left behind."""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, DateTime, delete, func, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.deliveries import State
from digest.store.delivery_schema import worker
from digest.store.inserting import insert_new
from digest.store.locking_order import in_order
from digest.store.schema import delivery
from digest.store.transcripts import add_lost

DIED = "its worker died between the message and the relay's answer"


async def read_now(connection: AsyncConnection) -> datetime:
    """Return the database's own instant, by which leases are judged; SQLite has the machine's."""
    if connection.dialect.name == "postgresql":
        told = await connection.scalar(select(func.clock_timestamp(type_=DateTime(timezone=True))))
    else:
        moment: ColumnElement[str] = literal_column("strftime('%Y-%m-%d %H:%M:%f', 'now')")
        told = datetime.fromisoformat(str(await connection.scalar(select(moment))))
    assert isinstance(told, datetime)
    return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)


async def beat(connection: AsyncConnection, worker_id: str, now: datetime) -> None:
    """Say that a worker lives."""
    changed = await connection.execute(
        update(worker).where(worker.c.id == worker_id).values(heartbeat_at=now)
    )
    if changed.rowcount == 0:
        values = {"id": worker_id, "started_at": now, "heartbeat_at": now}
        await insert_new(connection, worker, values)


async def leave(connection: AsyncConnection, worker_id: str) -> None:
    """Give claimed deliveries back and take the worker's row away."""
    await _give_back(connection, worker_id)
    await connection.execute(delete(worker).where(worker.c.id == worker_id))


async def list_owners(connection: AsyncConnection, me: str) -> dict[str, datetime | None]:
    """Return the other owners of open deliveries with their heartbeat; None has no row."""
    rows = await connection.execute(
        select(delivery.c.owner, worker.c.heartbeat_at)
        .outerjoin(worker, worker.c.id == delivery.c.owner)
        .where(
            delivery.c.state.in_([State.CLAIMED.value, State.SUBMITTING.value]),
            delivery.c.owner != me,
        )
        .distinct()
    )
    return {row.owner: row.heartbeat_at for row in rows}


async def find_last_beat(connection: AsyncConnection) -> datetime | None:
    """Return when any worker last said that it lives, None where none is there."""
    found: datetime | None = await connection.scalar(select(func.max(worker.c.heartbeat_at)))
    return found


async def is_unchanged(
    connection: AsyncConnection, worker_id: str, heartbeat: datetime | None
) -> bool:
    """Return whether a worker's heartbeat is still the one that was seen; lock it until the end."""
    query = select(worker.c.heartbeat_at).where(worker.c.id == worker_id).with_for_update()
    found: datetime | None = await connection.scalar(query)
    return found == heartbeat


async def sweep(
    connection: AsyncConnection, owner: str, now: datetime, *, hold: bool
) -> tuple[int, int]:
    """Settle what a dead worker held; return (given back, uncertain).

    What it had only claimed was not sent. What it was submitting may have been: it is sent again
    under the same Message-ID, or held for a person to decide.
    """
    claimed = await _give_back(connection, owner)
    begun = in_order(delivery.c.owner == owner, delivery.c.state == State.SUBMITTING.value)
    swept = await connection.execute(
        update(delivery)
        .where(delivery.c.id.in_(begun))
        .values(
            state=(State.HELD if hold else State.PENDING).value,
            reason=DIED,
            uncertain=True,
            owner=None,
        )
        .returning(delivery.c.id, delivery.c.tries)
    )
    uncertain = swept.all()
    await add_lost(connection, uncertain, now, DIED)
    await connection.execute(delete(worker).where(worker.c.id == owner))
    return claimed, len(uncertain)


async def sweep_others(
    connection: AsyncConnection, owners: Iterable[str], now: datetime, *, hold: bool
) -> tuple[int, int]:
    """Sweep several workers, in the order of their names; return (given back, uncertain)."""
    counts = [await sweep(connection, owner, now, hold=hold) for owner in sorted(owners)]
    return sum(back for back, _ in counts), sum(unclear for _, unclear in counts)


async def _give_back(connection: AsyncConnection, owner: str) -> int:
    mine = in_order(delivery.c.owner == owner, delivery.c.state == State.CLAIMED.value)
    back = await connection.execute(
        update(delivery)
        .where(delivery.c.id.in_(mine))
        .values(state=State.PENDING.value, owner=None)
    )
    return int(back.rowcount)
