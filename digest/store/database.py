"""Connections to SQLite or PostgreSQL, and the hooks without which SQLite loses updates.

SQLite has two engines: one writer connection, whose transactions begin IMMEDIATE (a deferred one
that turns into a write fails or, across processes, works on stale reads), and read-only readers.
In this process the pool of one is the writers' queue; between processes busy_timeout is.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.engine.url import make_url
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

DatabaseDown = OperationalError
"""What is raised when the database does not answer, is locked, or is full."""

DatabaseBroken = DatabaseError
"""What is raised when the file or server cannot be used as a database at all."""

BUSY_TIMEOUT_MS = 15_000
_WRITER_WAIT_S = 600.0
_ROUNDS = 6  # of a transaction that met another in a deadlock
_CLASHES = frozenset({"40P01", "40001"})  # deadlock_detected, serialization_failure
# a server that is gone without a word is found out within seconds, and not after hours
_POSTGRES_PATIENCE = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
T = TypeVar("T")


def is_away(error: BaseException) -> bool:
    """Return whether an error says that the database is away, full or locked, and may come back."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, DatabaseDown | PoolTimeoutError | OSError)


def is_clash(error: BaseException) -> bool:
    """Return whether a transaction met another in a deadlock: nothing was done, try it again."""
    code = getattr(getattr(error, "orig", None), "sqlstate", None)
    return isinstance(error, DBAPIError) and code in _CLASHES


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
            told = {
                key: value for key, value in _POSTGRES_PATIENCE.items() if key not in parsed.query
            }
            self._writer = create_async_engine(
                url, pool_size=10, max_overflow=10, connect_args=told
            )
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

    async def transact(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Do ``work`` in a write transaction, again where it met another in a deadlock."""
        for round_ in range(_ROUNDS):
            try:
                async with self.write() as connection:
                    return await work(connection)
            except DBAPIError as error:
                if not is_clash(error) or round_ == _ROUNDS - 1:
                    raise
                await asyncio.sleep(0.02 * 2**round_)
        raise AssertionError("the last round returns or raises")

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
