"""Copies of a SQLite database that is in use."""

import sqlite3
from contextlib import closing
from pathlib import Path


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy one consistent state; the copy is a single file. Raises sqlite3.Error.

    Everything is copied in one step, so that writers in between do not begin it anew
    (sqlite.org/c3ref/backup_finish.html); in WAL mode they are not kept waiting.
    """
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as held,
        closing(sqlite3.connect(target)) as copy,
    ):
        held.execute("PRAGMA busy_timeout = 15000")
        held.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")


def copy_for_rehearsal(source: Path, target: Path) -> None:
    """Copy a live database as it stands at one instant, and mark the copy as a rehearsal's."""
    copy_sqlite(source, target)
    with closing(sqlite3.connect(target)) as copy:
        copy.execute("UPDATE meta SET value = 'yes' WHERE key = 'rehearsal'")
        copy.execute("INSERT INTO meta (key, value) VALUES ('rehearsal_copy', 'yes')")
        copy.commit()
