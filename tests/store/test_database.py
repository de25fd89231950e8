"""The hooks of SQLite: a test for each, that fails where the hook is taken out."""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from digest.store import meta
from digest.store.database import BUSY_TIMEOUT_MS, Database
from digest.store.delivery_schema import worker
from digest.store.schema import identity_key
from tests.store.ledger_rows import NOW, errors_of, opened

_COUNT = """
import asyncio, sys
from digest.store import meta
from digest.store.database import Database

async def main():
    database = Database(sys.argv[1])
    for _ in range(int(sys.argv[2])):
        async with database.write() as connection:
            value = int(await meta.find_value(connection, "counter"))
            await asyncio.sleep(0)
            await meta.save_value(connection, "counter", str(value + 1))
    await database.close()

asyncio.run(main())
"""


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with opened(f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3") as made:
        yield made


async def pragma(database: Database, name: str, *, writes: bool) -> object:
    async with database.write() if writes else database.read() as connection:
        return (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()


@pytest.mark.parametrize("writes", [True, False])
async def test_every_connection_waits_checks_keys_and_survives_a_power_cut(
    database: Database, writes: bool
) -> None:
    async with database.write():
        pass
    assert await pragma(database, "busy_timeout", writes=writes) == BUSY_TIMEOUT_MS >= 5_000
    assert await pragma(database, "foreign_keys", writes=writes) == 1
    assert await pragma(database, "synchronous", writes=writes) == 2  # FULL
    assert await pragma(database, "journal_mode", writes=writes) == "wal"
    assert await pragma(database, "query_only", writes=writes) == (0 if writes else 1)


@pytest.mark.parametrize("writes", [True, False])
async def test_the_driver_begins_no_transaction_of_its_own(
    database: Database, writes: bool
) -> None:
    async with database.write() if writes else database.read() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        assert driver.isolation_level is None


async def test_a_reader_cannot_write(database: Database) -> None:
    async with database.read() as connection:
        with pytest.raises(DBAPIError, match="readonly"):
            await meta.save_value(connection, "a", "b")


async def test_a_row_without_its_parent_is_refused(database: Database) -> None:
    orphan = {"kind": "doi", "value": "10.1/x", "paper_id": 77}
    async with database.write() as connection:
        with pytest.raises(IntegrityError):
            await connection.execute(insert(identity_key).values(orphan))


async def test_three_processes_that_count_lose_nothing_and_are_never_locked_out(
    database: Database,
) -> None:
    async with database.write() as connection:
        await meta.save_value(connection, "counter", "0")
    command = [sys.executable, "-W", "error", "-c", _COUNT, database.url, "150"]
    assert await errors_of(*command, copies=3) == [b""] * 3
    async with database.read() as connection:
        assert await meta.find_value(connection, "counter") == "450"


async def test_a_writer_takes_its_lock_before_it_reads(database: Database) -> None:
    async with database.write():
        other = sqlite3.connect(str(database.path), timeout=0, isolation_level=None)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


async def test_writers_of_one_process_stand_in_a_queue(database: Database) -> None:
    async with database.write() as connection:
        await meta.save_value(connection, "counter", "0")

    async def add_one() -> None:
        async with database.write() as connection:
            value = int(await meta.find_value(connection, "counter") or 0)
            await asyncio.sleep(0)
            await meta.save_value(connection, "counter", str(value + 1))

    await asyncio.gather(*(add_one() for _ in range(30)))
    async with database.read() as connection:
        assert await meta.find_value(connection, "counter") == "30"


async def test_a_failed_transaction_leaves_nothing(database_url: str) -> None:
    async with opened(database_url) as database:

        async def write_half() -> None:
            async with database.write() as connection:
                await meta.save_value(connection, "half", "done")
                raise KeyError

        with pytest.raises(KeyError):
            await write_half()
        async with database.read() as connection:
            assert await meta.find_value(connection, "half") is None


async def test_a_reader_keeps_seeing_the_state_it_began_with(database_url: str) -> None:
    async with opened(database_url) as database:
        async with database.write() as connection:
            await meta.save_value(connection, "state", "old")
        async with database.read() as reader:
            assert await meta.find_value(reader, "state") == "old"
            async with database.write() as connection:
                await meta.save_value(connection, "state", "new")
            assert await meta.find_value(reader, "state") == "old"
        async with database.read() as reader:
            assert await meta.find_value(reader, "state") == "new"


async def test_on_postgresql_too_a_reader_cannot_write(database_url: str) -> None:
    async with opened(database_url) as database, database.read() as connection:
        with pytest.raises(DBAPIError, match=r"read-?only"):
            await meta.save_value(connection, "a", "b")


async def test_instants_come_back_aware_in_utc_and_naive_ones_do_not_enter(
    database_url: str,
) -> None:
    far = datetime(2026, 5, 4, 10, 30, 0, 5, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    async with opened(database_url) as database:
        async with database.write() as connection:
            row = {"id": "w", "started_at": far, "heartbeat_at": NOW}
            await connection.execute(insert(worker).values(row))
            found = await connection.scalar(select(worker.c.started_at))
            assert found == far
            assert found is not None
            assert found.utcoffset() == timedelta(0)
        naive = datetime(2026, 5, 4)  # noqa: DTZ001  the point of the test
        async with database.write() as connection:
            with pytest.raises(StatementError, match="without a time zone"):
                await connection.execute(update(worker).values(heartbeat_at=naive))


async def test_instants_sort_as_they_follow_each_other(database_url: str) -> None:
    whole = datetime(2026, 5, 4, 8, tzinfo=UTC)
    instants = [whole, whole + timedelta(microseconds=1), whole + timedelta(seconds=1)]
    async with opened(database_url) as database, database.write() as connection:
        rows = [
            {"id": str(n), "started_at": at, "heartbeat_at": at}
            for n, at in enumerate(reversed(instants))
        ]
        await connection.execute(insert(worker), rows)
        ordered = await connection.execute(
            select(worker.c.started_at).order_by(worker.c.started_at)
        )
        assert [row.started_at for row in ordered] == instants
