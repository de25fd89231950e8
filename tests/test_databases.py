"""The databases that the suite runs on are real, empty and apart from each other."""

from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import create_async_engine

from digest.bootstrap import open_app
from digest.catalogue import read_catalogue
from digest.settings import load_settings
from digest.store.columns import metadata
from digest.store.database import Database
from digest.store.migrate import current_revision, head_revision
from tests.postgres import PostgresServer
from tests.prepared import lay_down, sqlite_url
from tests.world import make_settings


def run(url: str, statement: bytes) -> list[tuple[object, ...]]:
    plain = url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(plain, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_each_postgres_database_is_empty_and_its_own(postgres_server: PostgresServer) -> None:
    with postgres_server.database() as one, postgres_server.database() as two:
        run(one, b"CREATE TABLE paper (id int)")
        assert run(one, b"SELECT count(*) FROM paper") == [(0,)]
        assert run(two, b"SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == []


def test_a_database_copies_its_template_and_is_gone_at_the_end(
    postgres_server: PostgresServer,
) -> None:
    template = postgres_server.create_database()
    run(template, b"CREATE TABLE paper AS SELECT 7 AS id")
    copy = postgres_server.create_database(template)
    assert run(copy, b"SELECT id FROM paper") == [(7,)]
    for url in (copy, template):
        postgres_server.drop_database(url)
    names = {name for (name,) in run(postgres_server.url, b"SELECT datname FROM pg_database")}
    assert names.isdisjoint({urlsplit(copy).path[1:], urlsplit(template).path[1:]})


def test_the_server_stores_any_script(postgres_server: PostgresServer) -> None:
    assert run(postgres_server.url, "SELECT '論文 ünï'::text".encode()) == [("論文 ünï",)]


async def test_a_database_url_is_one_that_the_settings_and_sqlalchemy_take(
    database_url: str,
) -> None:
    assert load_settings({"DIGEST_DATABASE_URL": database_url}).database_url == database_url
    engine = create_async_engine(database_url)
    async with engine.connect() as connection:
        assert (await connection.execute(text("SELECT 1"))).scalar() == 1
    await engine.dispose()


async def rows_of(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of every table that has any."""
    database = Database(url)
    async with database.read() as connection:
        rows = {
            table.name: [tuple(row) for row in await connection.execute(select(table))]
            for table in metadata.sorted_tables
        }
    await database.close()
    return {name: held for name, held in rows.items() if held}


async def test_a_prepared_database_holds_the_ready_topics_and_nothing_else(
    database_url: str,
) -> None:
    assert await current_revision(database_url) == head_revision()
    rows = await rows_of(database_url)
    # the empty sets come with the tables
    assert set(rows) == {"topic", "topic_set", "seen_set"}
    assert len(rows["topic"]) == len(read_catalogue())


async def test_a_start_makes_of_an_empty_database_what_it_makes_of_a_prepared_one(
    tmp_path: Path, empty_database_url: str
) -> None:
    prepared_url = sqlite_url(tmp_path / "prepared.sqlite3")
    lay_down(prepared_url)
    left = []
    for url in (empty_database_url, prepared_url):
        async with open_app(make_settings(tmp_path, url), rehearsal=True):
            pass
        rows = await rows_of(url)
        left.append((await current_revision(url), rows["topic"], set(rows)))
        assert {key: value for key, value in rows["meta"] if key != "uuid"} == {"rehearsal": "yes"}
    assert left[0] == left[1]
