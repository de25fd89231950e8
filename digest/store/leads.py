"""The lead of the schedulers: one row that names who has it, and until when it was kept."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.store.inserting import insert_new
from digest.store.schema import meta

_KEY = "scheduler_lead"


@dataclass(frozen=True, slots=True)
class LeadRow:
    """Who leads, and when it last said so by the database's clock."""

    worker_id: str
    kept_at: datetime


async def find_lead(connection: AsyncConnection) -> LeadRow | None:
    """Return who leads, or None."""
    return _row(await connection.scalar(select(meta.c.value).where(meta.c.key == _KEY)))


async def lock_lead(connection: AsyncConnection, worker_id: str, now: datetime) -> LeadRow:
    """Return who leads, the row locked until the end; where nobody ever did, ``worker_id`` does."""
    await insert_new(connection, meta, {"key": _KEY, "value": _text(worker_id, now)})
    query = select(meta.c.value).where(meta.c.key == _KEY).with_for_update()
    found = _row(await connection.scalar(query))
    assert found is not None
    return found


async def save_lead(connection: AsyncConnection, worker_id: str, now: datetime) -> None:
    """Let a worker lead."""
    text = _text(worker_id, now)
    await connection.execute(update(meta).where(meta.c.key == _KEY).values(value=text))


async def free_lead(connection: AsyncConnection) -> None:
    """Let nobody lead. The row stays, for others may wait for its lock."""
    await save_lead(connection, "nobody", datetime.fromtimestamp(0, UTC))


def _text(worker_id: str, now: datetime) -> str:
    return f"{worker_id} {now.isoformat()}"


def _row(text: str | None) -> LeadRow | None:
    if text is None:
        return None
    worker_id, _, kept_at = text.rpartition(" ")
    return LeadRow(worker_id, datetime.fromisoformat(kept_at))
