"""A day's installation goes from SQLite to PostgreSQL: the same rows, and nothing comes twice."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from digest.domain.search_words import Branch, Search
from digest.services import guard
from digest.services.move import MoveError, move
from digest.store import search
from digest.store.schema import meta, paper
from tests.postgres import PostgresServer
from tests.prepared import sqlite_url
from tests.world import MONDAY, ToldTransport, World, hours, open_world

TOLD: dict[str, Any] = {"digest": {"first_at_once": False}}


async def a_day(world: World) -> None:
    """Send Monday's digests, with a paper that names a later one and much that is not ASCII."""
    for name in ("ann", "bob"):
        await world.add_reader(f"{name}@example.org", "routing", hour=8)
    first, second, _ = await world.list_papers("Routing é 1", "Routing 数 2", "Routing 3")
    async with world.app.database.write() as connection:
        merged = paper.update().where(paper.c.id == first).values(merged_into=second)
        await connection.execute(merged)
    await world.at(MONDAY + hours(8))


async def test_nothing_is_sent_twice_and_the_old_file_sends_no_more(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    old, relay = sqlite_url(tmp_path / "digest.sqlite3"), ToldTransport()
    async with open_world(tmp_path, old, MONDAY, relay, **TOLD) as world:
        await a_day(world)
        settings = world.app.context.settings
        before = [(one.address, one.state, one.paper_ids) for one in await world.days()]
    assert len(relay.messages) == 2
    with postgres_server.database() as new:
        moving = await move(settings, new, MONDAY + hours(9))
        counts = {one.table: one.rows for one in moving.tables}
        assert counts["subscriber"] == counts["delivery"] == 2
        assert counts["paper"] == 3
        async with open_world(tmp_path, new, MONDAY + hours(10), relay, **TOLD) as world:
            assert await guard.find_trouble(world.app.context) is None
            await world.at(MONDAY + hours(10))
            assert len(relay.messages) == 2
            assert before == [(one.address, one.state, one.paper_ids) for one in await world.days()]
            world.listed = 50
            [fresh] = await world.list_papers("Routing four")
            assert fresh == 4
            await world.at(MONDAY + timedelta(days=1, hours=8))
            sent = [one.paper_ids for one in await world.days()][2:]
            assert sent == [(fresh,), (fresh,)]
            async with world.app.database.read() as connection:
                words = Search((Branch(("four",)),))
                assert [hit.paper_id for hit in await search.find_papers(connection, words)]
    assert len(relay.messages) == 4
    async with open_world(tmp_path, old, MONDAY + hours(9), relay, **TOLD) as world:
        assert "older than its marker" in (await guard.find_trouble(world.app.context) or "")


async def test_a_database_that_is_used_already_is_refused_and_left_alone(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    old = sqlite_url(tmp_path / "digest.sqlite3")
    async with open_world(tmp_path, old, **TOLD) as world:
        await a_day(world)
        settings = world.app.context.settings
    with postgres_server.database() as new:
        async with open_world(tmp_path / "other", new, **TOLD) as world:
            await world.add_reader("eve@example.org", "routing")
        with pytest.raises(MoveError, match="name an empty one"):
            await move(settings, new, MONDAY)
        async with open_world(tmp_path / "other", new, **TOLD) as world:
            assert (await world.reader(1)).address == "eve@example.org"
    async with open_world(tmp_path, old, **TOLD) as world:
        assert await guard.find_trouble(world.app.context) is None


async def test_a_row_that_is_not_taken_undoes_everything(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    old = sqlite_url(tmp_path / "digest.sqlite3")
    async with open_world(tmp_path, old, **TOLD) as world:
        await a_day(world)
        async with world.app.database.write() as connection:
            await connection.execute(meta.insert().values(key="bad", value="no\x00text"))
        settings = world.app.context.settings
    with postgres_server.database() as new:
        with pytest.raises(MoveError, match="a row of meta is not taken"):
            await move(settings, new, MONDAY)
        async with (
            open_world(tmp_path / "other", new, **TOLD) as world,
            world.app.database.read() as connection,
        ):
            assert not await connection.scalar(select(func.count()).select_from(paper))


@pytest.mark.parametrize("kind", ["backwards", "absent"])
async def test_another_direction_or_no_database_is_refused(
    tmp_path: Path, postgres_server: PostgresServer, kind: str
) -> None:
    async with open_world(tmp_path, sqlite_url(tmp_path / "digest.sqlite3"), **TOLD) as world:
        settings = world.app.context.settings
    if kind == "backwards":
        with pytest.raises(MoveError, match="from SQLite to PostgreSQL"):
            await move(settings, settings.database_url, MONDAY)
    else:
        (tmp_path / "digest.sqlite3").unlink()
        with pytest.raises(MoveError, match="there is no database"):
            await move(settings, postgres_server.url, MONDAY)
