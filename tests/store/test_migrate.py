"""Migrations: whole or not at all, once, and never backwards."""

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from digest.store.migrate import (
    MigrationError,
    current_revision,
    head_revision,
    known_revisions,
    upgrade,
)
from digest.store.tables import metadata
from tests.prepared import sqlite_url
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


_OLD = """
import sys
from alembic import command
from digest.store.migrate import _config, _engine

with _engine(sys.argv[1]).begin() as connection:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, sys.argv[2])
    connection.exec_driver_sql("INSERT INTO meta (key, value) VALUES ('mark', 'of an old one')")
"""


def mark_of(path: Path) -> tuple[str, str]:
    """Return the revision of a SQLite file and what `_OLD` left in it."""
    with closing(sqlite3.connect(path)) as connection:
        [(revision,)] = connection.execute("SELECT version_num FROM alembic_version")
        [(mark,)] = connection.execute("SELECT value FROM meta WHERE key = 'mark'")
    return revision, mark


@pytest.mark.parametrize("revision", sorted(known_revisions() - {head_revision()}))
async def test_a_database_of_every_earlier_revision_is_upgraded_and_kept_as_it_was(
    empty_database_url: str, tmp_path: Path, revision: str
) -> None:
    command = [sys.executable, "-c", _OLD, empty_database_url, revision]
    assert await errors_of(*command, copies=1) == [b""]
    assert await upgrade(empty_database_url) == (revision, head_revision())
    if empty_database_url.startswith("sqlite"):
        path = tmp_path / "digest.sqlite3"
        assert mark_of(path) == (head_revision(), "of an old one")
        kept = path.with_name(f"{path.name}.before-upgrade-from-{revision}")
        assert mark_of(kept) == (revision, "of an old one")
        assert not [one for one in tmp_path.iterdir() if one.name.endswith(".part")]


async def test_no_upgrade_begins_where_the_copy_before_it_cannot_be_kept(tmp_path: Path) -> None:
    url, old = sqlite_url(tmp_path / "digest.sqlite3"), min(known_revisions())
    assert await errors_of(sys.executable, "-c", _OLD, url, old, copies=1) == [b""]
    (tmp_path / f"digest.sqlite3.before-upgrade-from-{old}").mkdir()
    with pytest.raises(MigrationError, match="make room"):
        await upgrade(url)
    assert mark_of(tmp_path / "digest.sqlite3") == (old, "of an old one")


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
