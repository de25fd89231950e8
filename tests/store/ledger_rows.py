"""Readers and ledger rows for the store's tests, without the services that make them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from digest.domain.deliveries import Kind, State
from digest.domain.subscribers import Preferences, SubscriberState
from digest.store.database import Database
from digest.store.deliveries import add_delivery
from digest.store.migrate import upgrade
from digest.store.schema import delivery, subscriber
from digest.store.subscribers import add_subscriber

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """Give an upgraded database, closed at the end."""
    await upgrade(url)
    database = Database(url)
    try:
        yield database
    finally:
        await database.close()


async def add_reader(database: Database, address: str = "a@example.org", **chosen: Any) -> int:
    """Add an active reader."""
    async with database.write() as connection:
        return await add_subscriber(
            connection, address, Preferences(**chosen), SubscriberState.ACTIVE, NOW
        )


async def add_row(
    database: Database, reader: int, key: str = "1", kind: Kind = Kind.TEST, **columns: Any
) -> int:
    """Add a waiting delivery of a reader at their address; ``columns`` are written over it."""
    async with database.write() as connection:
        address = await connection.scalar(
            select(subscriber.c.address).where(subscriber.c.id == reader)
        )
        made = await add_delivery(
            connection, reader, kind, key, str(address), "en", 0, NOW, timedelta(hours=20)
        )
        if columns:
            changed = update(delivery).where(delivery.c.id == made).values(**columns)
            await connection.execute(changed)
        return made


async def states(database: Database) -> dict[int, State]:
    """Return the state of every delivery."""
    async with database.read() as connection:
        rows = await connection.execute(select(delivery.c.id, delivery.c.state))
        return {row.id: State(row.state) for row in rows}


async def errors_of(*command: str, copies: int) -> list[bytes]:
    """Run a command several times at once; return what each wrote to standard error."""
    running = [
        await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
        for _ in range(copies)
    ]
    return [(await process.communicate())[1] for process in running]
