"""The snapshot: made once, handed out while the next is made, kept where making one fails."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.query import parse_query
from digest.services.snapshot import DAYS, Snapshot, Snapshots
from digest.store.database import Database
from tests.world import MONDAY, World, hours, open_world

MINUTE = timedelta(minutes=1)


def titles(snapshot: Snapshot) -> list[str]:
    """Return the titles of the overall list."""
    return [candidate.paper.title for candidate in snapshot.ranked(None)]


async def settled(snapshots: Snapshots) -> Snapshot:
    """Return the snapshot that is current once what was begun is over."""
    await snapshots.current()
    if snapshots._making is not None:
        await asyncio.wait({snapshots._making})
    return await snapshots.current()


def sqlite(folder: Path) -> str:
    """Return the address of a SQLite database in a folder."""
    return f"sqlite+aiosqlite:///{folder}/digest.sqlite3"


class Breakable(Database):
    """A database whose connections can be made to fail."""

    broken = False

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        if self.broken:
            raise ConnectionError("the database is away")
        async with super().read() as connection:
            yield connection


async def test_papers_stand_in_order_of_trend_and_leave_after_two_weeks(
    tmp_path: Path, database_url: str
) -> None:
    async with open_world(tmp_path, database_url) as world:
        await world.list_papers("Quiet", votes=2)
        await world.list_papers("Loud", votes=90)
        snapshots = Snapshots(world.app.context)
        assert titles(await snapshots.current()) == ["Loud", "Quiet"]
        world.clock.set(MONDAY + timedelta(days=DAYS))
        assert titles(await snapshots.current()) == []
        world.clock.set(MONDAY)
        assert titles(await snapshots.current()) == ["Loud", "Quiet"]


async def test_an_old_snapshot_is_handed_out_while_the_next_one_is_made(
    tmp_path: Path, database_url: str
) -> None:
    async with open_world(tmp_path, database_url) as world:
        await world.list_papers("First")
        snapshots = Snapshots(world.app.context)
        first = await snapshots.current()
        world.clock.set(MONDAY + 2 * MINUTE)
        await world.list_papers("Second", votes=90)
        assert await snapshots.current() is first
        assert titles(await settled(snapshots)) == ["Second", "First"]


async def test_nothing_is_made_where_nothing_was_written_until_trends_have_fallen(
    tmp_path: Path, database_url: str
) -> None:
    async with open_world(tmp_path, database_url) as world:
        await world.list_papers("First")
        snapshots = Snapshots(world.app.context)
        first = await snapshots.current()
        for minutes in (2, 5, 14):
            world.clock.set(MONDAY + minutes * MINUTE)
            assert await settled(snapshots) is first
        world.clock.set(MONDAY + 16 * MINUTE)
        assert (await settled(snapshots)).made_at == MONDAY + 16 * MINUTE


@pytest.mark.parametrize("what", ["votes", "another source", "topic"])
async def test_whatever_a_page_shows_makes_a_new_one(tmp_path: Path, what: str) -> None:
    async with open_world(tmp_path, sqlite(tmp_path)) as world:
        await world.list_papers("First", votes=3, entry_id="1", arxiv_id="2605.1")
        snapshots = Snapshots(world.app.context)
        first = await snapshots.current()
        world.clock.set(MONDAY + 2 * MINUTE)
        await write(world, what)
        assert await settled(snapshots) is not first


async def write(world: World, what: str) -> None:
    """Write one thing down that pages show."""
    told: dict[str, Any] = {"entry_id": "1", "arxiv_id": "2605.1"}
    match what:
        case "votes":
            await world.list_papers("First", votes=9, **told)
        case "another source":
            listed = MONDAY - hours(1)
            await world.list_papers("First", source="arXiv", readings=(), listed_at=listed, **told)
        case _:
            async with world.app.database.write() as connection:
                await connection.execute(text("UPDATE topic SET current = 0 WHERE id = 1"))


async def test_many_askers_wait_for_one_and_the_same(tmp_path: Path) -> None:
    async with open_world(tmp_path, sqlite(tmp_path)) as world:
        snapshots = Snapshots(world.app.context)
        every = await asyncio.gather(*(snapshots.current() for _ in range(20)))
        assert len({id(one) for one in every}) == 1


async def test_a_failure_keeps_the_last_snapshot_and_the_very_first_one_is_told(
    tmp_path: Path,
) -> None:
    async with open_world(tmp_path, sqlite(tmp_path)) as world:
        database = Breakable(sqlite(tmp_path))
        context = replace(world.app.context, database=database)
        snapshots = Snapshots(context)
        database.broken = True
        with pytest.raises(ConnectionError):
            await snapshots.current()
        database.broken = False
        first = await snapshots.current()
        database.broken = True
        for minutes in (2, 60):
            world.clock.set(MONDAY + minutes * MINUTE)
            assert await settled(snapshots) is first
        database.broken = False
        world.clock.set(MONDAY + 90 * MINUTE)
        assert (await snapshots.current()).made_at == world.now
        await database.close()


async def test_a_topic_is_measured_over_the_days_that_are_known(tmp_path: Path) -> None:
    async with open_world(tmp_path, sqlite(tmp_path)) as world:
        await world.list_papers("Sparse experts", "Frogs")
        world.clock.set(MONDAY + timedelta(days=4))
        await world.list_papers("More experts", "Experts again")
        snapshot = await Snapshots(world.app.context).current()
        mask = snapshot.mask(parse_query("experts"))
        assert mask.bit_count() == 3
        assert snapshot.per_day(mask) == pytest.approx(3 / 4)
        assert [c.paper.title for c in snapshot.best(mask, 1, start=2)] == ["Sparse experts"]
        assert snapshot.days == ((world.now.date(), 2), (MONDAY.date(), 2))


async def test_queries_of_strangers_do_not_fill_the_memory(tmp_path: Path) -> None:
    async with open_world(tmp_path, sqlite(tmp_path)) as world:
        await world.list_papers("Sparse experts")
        snapshot = await Snapshots(world.app.context).current()
        for number in range(6_000):
            snapshot.mask(parse_query(f"word{number}"))
        assert len(snapshot._masks) <= 5_000
        assert len(snapshot.pool.index._masks) <= 5_000
        assert snapshot.mask(parse_query("experts")) == 1


async def test_a_new_installation_s_first_papers_are_seen_within_seconds(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with open_world(tmp_path, url) as world:
        snapshots = Snapshots(world.app.context)
        assert (await snapshots.current()).pool.candidates == ()
        await world.list_papers("The first of them")
        world.clock.set(world.now + timedelta(seconds=1))
        assert (await snapshots.current()).pool.candidates == ()
        world.clock.set(world.now + timedelta(seconds=1))
        await snapshots.current()  # begins another one
        for _ in range(100):
            if (await snapshots.current()).pool.candidates:
                break
            await asyncio.sleep(0.05)
        assert len((await snapshots.current()).pool.candidates) == 1
        await snapshots.close()
