"""The databases that the suite runs on are real, empty and apart from each other."""

from urllib.parse import urlsplit

import psycopg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from digest.settings import load_settings
from tests.postgres import PostgresServer


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
