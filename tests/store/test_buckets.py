"""Buckets in the database: they fill again, and requests at once are counted one by one."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from digest.domain.limits import Limit, Taken
from digest.store import buckets
from digest.store.database import Database
from digest.store.migrate import upgrade
from tests.world import MONDAY, hours

FIVE = Limit(5, timedelta(hours=1))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    await upgrade(database_url)
    opened = Database(database_url)
    yield opened
    await opened.close()


async def take(database: Database, key: str = "a", after_h: float = 0) -> Taken:
    async with database.write() as connection:
        return await buckets.take(connection, key, FIVE, MONDAY + hours(after_h))


async def test_a_bucket_empties_by_key_and_fills_again(database: Database) -> None:
    assert [(await take(database)).allowed for _ in range(6)] == [True] * 5 + [False]
    assert (await take(database, "b")).allowed
    assert not (await take(database, after_h=0.1)).allowed
    assert (await take(database, after_h=0.2)).allowed
    assert (await take(database, after_h=-5)).retry_after_s > 0  # a clock set back


async def test_requests_at_once_never_take_more_than_there_is(database: Database) -> None:
    taken = await asyncio.gather(*(take(database) for _ in range(9)))
    assert sum(one.allowed for one in taken) == 5


async def test_what_may_be_used_once_is_used_once(database: Database) -> None:
    async def spend() -> bool:
        async with database.write() as connection:
            return await buckets.spend(connection, "proof", MONDAY)

    assert sorted(await asyncio.gather(*(spend() for _ in range(4)))) == [False] * 3 + [True]


async def test_old_buckets_are_forgotten_in_chunks(database: Database) -> None:
    for number in range(5):
        await take(database, str(number), after_h=number)
    gone = []
    for _ in range(3):
        async with database.write() as connection:
            gone.append(await buckets.forget_before(connection, MONDAY + hours(3), 2))
    assert gone == [2, 1, 0]
