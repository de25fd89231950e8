"""Token buckets of limits, and marks of what may be used once; their keys name nobody."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.limits import Limit, Taken, take_one
from digest.store.inserting import insert_new
from digest.store.reader_schema import bucket


async def take(connection: AsyncConnection, key: str, limit: Limit, now: datetime) -> Taken:
    """Take one from a bucket, which is full when it is first asked.

    The row stays locked to the end of the transaction: requests of one bucket follow each other.
    """
    full = {"key": key, "level": float(limit.capacity), "updated_at": now}
    await insert_new(connection, bucket, full)
    where = bucket.c.key == key
    row = (await connection.execute(select(bucket).where(where).with_for_update())).one()
    taken = take_one(limit, row.level, (now - row.updated_at).total_seconds())
    if taken.allowed:
        values = {"level": taken.level, "updated_at": now}
        await connection.execute(update(bucket).where(where).values(values))
    return taken


async def spend(connection: AsyncConnection, key: str, now: datetime) -> bool:
    """Mark something as used; return False where it was used before."""
    return await insert_new(connection, bucket, {"key": key, "level": 0.0, "updated_at": now})


async def is_spent(connection: AsyncConnection, key: str) -> bool:
    """Return whether something was marked as used."""
    query = select(bucket.c.key).where(bucket.c.key == key)
    return await connection.scalar(query) is not None


async def forget_before(connection: AsyncConnection, before: datetime, limit: int) -> int:
    """Delete what nobody has touched since an instant; return how many rows that were."""
    old = select(bucket.c.key).where(bucket.c.updated_at < before).limit(limit)
    done = await connection.execute(delete(bucket).where(bucket.c.key.in_(old)))
    return int(done.rowcount)
