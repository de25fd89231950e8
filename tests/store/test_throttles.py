"""The buckets on both databases, drawn from by two processes at once."""

import asyncio
import math
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from digest.domain.throttle import CHUNK, WarmUp
from digest.store import throttles
from digest.store.database import Database
from tests.store.ledger_rows import NOW, opened

KEY = "relay/main/google.com"
NONE = WarmUp()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with opened(database_url) as made:
        yield made


async def draw(database: Database, want: int = CHUNK, rate: float = 10.0) -> int:
    async with database.write() as connection:
        return (await throttles.draw(connection, KEY, want, NOW, rate, NONE)).granted


async def test_two_processes_share_one_bucket(database: Database) -> None:
    other = Database(database.url)
    try:
        drawn = await asyncio.gather(*(draw(one, 3) for one in (database, other) for _ in range(8)))
    finally:
        await other.close()
    assert sum(drawn) == CHUNK  # what a full bucket held, and not twice that


async def test_what_one_process_is_told_holds_for_the_other(database: Database) -> None:
    other = Database(database.url)
    try:
        async with database.write() as connection:
            slow = await throttles.slow_down(connection, KEY, NOW, 10.0, 0.0, 0.0)
        assert slow.rate == 5.0
        assert await draw(other) == 0
        async with other.read() as connection:
            found = (await throttles.get_buckets(connection, [KEY, "relay/none"]))[KEY]
        assert (found.paused_until, found.strikes) == (NOW + timedelta(seconds=30), 1)
    finally:
        await other.close()


async def test_unused_tokens_come_back(database: Database) -> None:
    assert await draw(database) == CHUNK
    assert await draw(database) == 0
    async with database.write() as connection:
        await throttles.give_back(connection, KEY, 7, NOW, 10.0)
    assert await draw(database) == 7


async def test_a_bucket_without_a_rate_survives_the_database(database: Database) -> None:
    assert await draw(database, rate=math.inf) == CHUNK
    async with database.read() as connection:
        assert math.isinf((await throttles.list_buckets(connection))[KEY].rate)
    async with database.write() as connection:
        await throttles.forget(connection, [KEY])
        assert await throttles.list_buckets(connection) == {}


async def test_the_state_of_a_relay_is_written_over(database: Database) -> None:
    async with database.write() as connection:
        await throttles.save_relay(connection, "main", 2, NOW, "down", NOW)
        await throttles.save_relay(connection, "main", 0, None, "", NOW)
        [row] = await throttles.list_relays(connection)
    assert (row.name, row.failures, row.paused_until, row.trouble) == ("main", 0, None, "")
