"""Migrations: whole or not at all, once, and never backwards."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from digest.store import delivery_schema, reader_schema, schema
from digest.store.migrate import MigrationError, current_revision, head_revision, upgrade
from tests.store.ledger_rows import errors_of

_UPGRADE = """
import asyncio, sys
from digest.store.migrate import upgrade

asyncio.run(upgrade(sys.argv[1]))
"""
_KILLED = """
import asyncio, os, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
from digest.store.migrate import upgrade

@event.listens_for(Engine, "before_cursor_execute")
def kill(connection, cursor, statement, *rest):
    if "CREATE TABLE subscriber" in statement:
        os._exit(9)

asyncio.run(upgrade(sys.argv[1]))
"""


metadata = schema.subscriber.metadata
assert reader_schema.vote.metadata is delivery_schema.bounce.metadata is metadata


def outside_of_search(thing: object, name: str | None, *_: object) -> bool:
    """Leave out what no table describes: the full-text index (digest/store/search.py)."""
    return not (name or "").startswith(("paper_text", "ix_paper_text"))


def plain(url: str) -> str:
    return url.replace("sqlite+aiosqlite", "sqlite")


def tables(url: str) -> set[str]:
    engine = create_engine(plain(url))
    names = set(inspect(engine).get_table_names())
    engine.dispose()
    return names


async def test_the_migrations_build_what_the_tables_say(empty_database_url: str) -> None:
    assert await upgrade(empty_database_url) == (None, head_revision())
    engine = create_engine(plain(empty_database_url))
    with engine.connect() as connection:
        options = {"compare_server_default": False, "include_object": outside_of_search}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
    engine.dispose()
    built = {name for name in tables(empty_database_url) if outside_of_search(None, name)}
    assert built == {*metadata.tables, "alembic_version"}


async def test_an_upgrade_of_an_upgraded_database_changes_nothing(empty_database_url: str) -> None:
    assert await current_revision(empty_database_url) is None
    await upgrade(empty_database_url)
    assert await upgrade(empty_database_url) == (head_revision(), head_revision())
    assert await current_revision(empty_database_url) == head_revision()


async def test_two_processes_may_upgrade_at_once(empty_database_url: str) -> None:
    command = [sys.executable, "-c", _UPGRADE, empty_database_url]
    assert await errors_of(*command, copies=2) == [b""] * 2
    assert await current_revision(empty_database_url) == head_revision()


async def test_a_database_of_a_newer_release_is_refused(empty_database_url: str) -> None:
    await upgrade(empty_database_url)
    engine = create_engine(plain(empty_database_url))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(MigrationError, match=r"9999.*newer release"):
        await upgrade(empty_database_url)
    assert await current_revision(empty_database_url) == "9999"


async def test_a_migration_that_is_killed_leaves_nothing_and_can_be_run_again(
    empty_database_url: str,
) -> None:
    command = [sys.executable, "-c", _KILLED, empty_database_url]
    killed = await asyncio.to_thread(subprocess.run, command, check=False)
    assert killed.returncode == 9
    assert tables(empty_database_url) == set()
    await upgrade(empty_database_url)
    assert await current_revision(empty_database_url) == head_revision()


async def test_rows_without_their_parent_stop_a_migration_before_it_changed_anything(
    tmp_path: Path,
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    engine = create_engine(plain(url))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE a (id INTEGER PRIMARY KEY)"))
        connection.execute(text("CREATE TABLE b (a_id INTEGER REFERENCES a(id))"))
        connection.execute(text("INSERT INTO b VALUES (5)"))
    engine.dispose()
    with pytest.raises(MigrationError, match=r"1 rows without their parent .in b.; nothing"):
        await upgrade(url)
    assert tables(url) == {"a", "b"}
