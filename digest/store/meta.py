"""Facts of the installation itself: its uuid, whether it is a rehearsal, where its clock stands."""

from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.store.inserting import insert_new
from digest.store.schema import meta


async def find_value(connection: AsyncConnection, key: str) -> str | None:
    """Return the value kept under a key, or None."""
    value: str | None = await connection.scalar(select(meta.c.value).where(meta.c.key == key))
    return value


async def save_value(connection: AsyncConnection, key: str, value: str) -> None:
    """Keep a value under a key, over an older one."""
    changed = await connection.execute(update(meta).where(meta.c.key == key).values(value=value))
    if changed.rowcount == 0:
        await connection.execute(insert(meta).values(key=key, value=value))


async def add_value(connection: AsyncConnection, key: str, value: str) -> bool:
    """Keep a value under a key that has none; return whether it had none."""
    return await insert_new(connection, meta, {"key": key, "value": value})


async def is_rehearsal(connection: AsyncConnection) -> bool:
    """Return whether the database was made for rehearsals, and so may never mail in earnest."""
    return await find_value(connection, "rehearsal") == "yes"


async def find_instant(connection: AsyncConnection, key: str) -> datetime | None:
    """Return an instant kept under a key, or None."""
    value = await find_value(connection, key)
    return datetime.fromisoformat(value) if value else None


async def exchange_value(
    connection: AsyncConnection, key: str, before: str | None, after: str
) -> bool:
    """Put a value in the place of the one that was read; return False where another came first."""
    if before is None:
        return await insert_new(connection, meta, {"key": key, "value": after})
    changed = await connection.execute(
        update(meta).where(meta.c.key == key, meta.c.value == before).values(value=after)
    )
    return bool(changed.rowcount)
