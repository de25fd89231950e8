"""Connections to SQLite or PostgreSQL, and the hooks without which SQLite loses updates.

SQLite has two engines: one writer connection, whose transactions begin IMMEDIATE (a deferred one
that turns into a write fails or, across processes, works on stale reads), and read-only readers.
In this process the pool of one is the writers' queue; between processes busy_timeout is.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.engine.url import make_url
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

DatabaseDown = OperationalError
"""What is raised when the database does not answer, is locked, or is full."""

DatabaseBroken = DatabaseError
"""What is raised when the file or server cannot be used as a database at all."""

BUSY_TIMEOUT_MS = 15_000
_WRITER_WAIT_S = 600.0


class Database:
    """The engines of one installation: `read()` and `write()` each give a transaction."""

    def __init__(self, url: str) -> None:
        self.url = url
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self.path: Path | None = Path(parsed.database or "")
            self._writer = _sqlite_engine(url, writes=True)
            self._reader = _sqlite_engine(url, writes=False)
        else:
            self.path = None
            self._writer = create_async_engine(url, pool_size=10, max_overflow=10)
            # the default level gives every statement a state of its own
            self._reader = self._writer.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection for reading one consistent state of the database."""
        async with self._reader.connect() as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Give a transaction: committed at the end, rolled back on an exception."""
        async with self._writer.begin() as connection:
            yield connection

    async def close(self) -> None:
        """Close every pooled connection."""
        await self._reader.dispose()
        await self._writer.dispose()


def _sqlite_engine(url: str, *, writes: bool) -> AsyncEngine:
    if writes:
        engine = create_async_engine(url, pool_size=1, max_overflow=0, pool_timeout=_WRITER_WAIT_S)
    else:
        engine = create_async_engine(url, pool_size=5, max_overflow=5)

    @event.listens_for(engine.sync_engine, "connect")
    def _on_connect(dbapi: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        # the driver must not begin transactions of its own: BEGIN is ours, below
        dbapi.isolation_level = None
        cursor = dbapi.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        if writes:
            cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        if not writes:
            cursor.execute("PRAGMA query_only = ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
