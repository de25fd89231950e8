"""Looks at a database without changing it or holding up whoever writes."""

import asyncio
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from sqlalchemy.ext.asyncio import AsyncConnection

_STEPS = 10_000  # of the database's machine between two looks at the time


@dataclass(frozen=True, slots=True)
class FileState:
    """What a SQLite file is: ``damage`` is "" where none was found.

    ``whole`` is false where the time was up before all of it was looked at.
    """

    revision: str | None
    journal_mode: str
    damage: str = ""
    whole: bool = True


async def examine_file(path: Path, limit_s: float) -> FileState:
    """Return the state of a SQLite file, opened for reading alone; raises sqlite3.Error."""
    return await asyncio.to_thread(_examine, path, limit_s)


async def read_revision(connection: AsyncConnection) -> str | None:
    """Return the revision of a database, None for one without tables."""
    return await connection.run_sync(
        lambda held: MigrationContext.configure(held).get_current_revision()
    )


def _examine(path: Path, limit_s: float) -> FileState:
    until = time.monotonic() + limit_s
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as held:
        held.execute("PRAGMA query_only = ON")
        (mode,) = held.execute("PRAGMA journal_mode").fetchone()
        table = "SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'"
        (there,) = held.execute(table).fetchone()
        row = held.execute("SELECT version_num FROM alembic_version").fetchone() if there else None
        revision = row[0] if row else None
        held.set_progress_handler(lambda: int(time.monotonic() > until), _STEPS)
        try:
            said = [str(line[0]) for line in held.execute("PRAGMA quick_check(3)")]
        except sqlite3.OperationalError as error:
            if "interrupted" not in str(error):
                raise
            return FileState(revision, mode, whole=False)
    damage = "" if said == ["ok"] else "; ".join(" ".join(line.split()) for line in said)
    return FileState(revision, mode, damage[:300])
