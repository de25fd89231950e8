"""Brings a database to the newest revision, whole or not at all."""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.engine.url import make_url
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from digest.durable import sync
from digest.resources import migrations_dir
from digest.store.copying import copy_sqlite

BEFORE_UPGRADE = ".before-upgrade-from-"  # between a database's name and its revision
_ADVISORY_LOCK = 0x70_61_70_65_72  # "paper": one migration at a time on PostgreSQL


class MigrationError(Exception):
    """A database that cannot be brought to this program's revision, with what to do."""


def head_revision() -> str:
    """Return the revision that this program works with."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


def known_revisions() -> frozenset[str]:
    """Return every revision that this program can bring up to its own."""
    scripts = ScriptDirectory.from_config(_config())
    return frozenset(script.revision for script in scripts.walk_revisions())


async def current_revision(url: str) -> str | None:
    """Return the revision a database is at, or None for one without tables."""
    return await asyncio.to_thread(_current, url)


async def upgrade(
    url: str, keep: Callable[[str, str], None] | None = None
) -> tuple[str | None, str]:
    """Upgrade to the newest revision; return the revisions before and after.

    Before anything is changed, ``keep`` is given the URL and the revision of a database that has
    tables, under the lock; what it raises stops the upgrade. By default it is `keep_copy`.

    SQLite needs foreign keys off while batch migrations copy tables (a copy drops the original,
    and with it every child row that cascades), so they are checked as a whole before the commit.
    """
    return await asyncio.to_thread(_upgrade, url, keep or keep_copy)


def _current(url: str) -> str | None:
    engine = _engine(url)
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _upgrade(url: str, keep: Callable[[str, str], None]) -> tuple[str | None, str]:
    config = _config()
    scripts = ScriptDirectory.from_config(config)
    head = scripts.get_current_head()
    assert head is not None
    engine = _engine(url)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
        before = MigrationContext.configure(connection).get_current_revision()
        _refuse_newer(before, scripts)
        if before != head:
            if before is not None:
                keep(url, before)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            if engine.dialect.name == "sqlite":
                _check_foreign_keys(connection)
    return before, head


def keep_copy(url: str, revision: str) -> None:
    """Copy a SQLite database that is to be changed; one before, of this revision, is replaced.

    Raises MigrationError where it cannot. Of PostgreSQL nothing is kept here.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return
    path = Path(parsed.database or "")
    kept = path.with_name(f"{path.name}{BEFORE_UPGRADE}{revision}")
    draft = kept.with_name(f".{kept.name}.part")
    draft.unlink(missing_ok=True)
    try:
        copy_sqlite(path, draft)
        sync(draft)
        draft.replace(kept)
        sync(path.parent)
    except (sqlite3.Error, OSError) as error:
        draft.unlink(missing_ok=True)
        raise MigrationError(
            f"the database is to be upgraded, but {kept} cannot be written before: {error}; "
            "make room, and start again"
        ) from error


def _refuse_newer(revision: str | None, scripts: ScriptDirectory) -> None:
    if revision not in {None, *(script.revision for script in scripts.walk_revisions())}:
        raise MigrationError(
            f"the database is at revision {revision}, which this program does not know: "
            "it was upgraded by a newer release; install that release or restore a backup"
        )


def _check_foreign_keys(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        tables = sorted({str(row[0]) for row in broken})
        raise MigrationError(
            f"the migration would leave {len(broken)} rows without their parent "
            f"(in {', '.join(tables)}); nothing was changed"
        )


def _engine(url: str) -> Engine:
    sync_url = make_url(url.replace("sqlite+aiosqlite", "sqlite"))
    engine = create_engine(sync_url, poolclass=NullPool)
    if engine.dialect.name != "sqlite":
        return engine

    @event.listens_for(engine, "connect")
    def _on_connect(dbapi: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        dbapi.isolation_level = None
        dbapi.cursor().execute("PRAGMA foreign_keys = OFF").close()
        dbapi.cursor().execute("PRAGMA busy_timeout = 15000").close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _config() -> Config:
    config = Config()
    # a path with a percent sign is read by configparser as an interpolation
    config.set_main_option("script_location", str(migrations_dir()).replace("%", "%%"))
    return config
