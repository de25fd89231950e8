"""SQLite's file made as small as what it holds."""

import sqlite3
from contextlib import closing
from pathlib import Path


def vacuum(path: Path) -> tuple[int, int]:
    """Write a database anew without free pages; return its octets before and after.

    Nobody may use it meanwhile; it needs as much room again. Raises OSError, and then nothing was
    changed (sqlite.org/lang_vacuum.html).
    """
    before = path.stat().st_size
    try:
        with closing(sqlite3.connect(path, timeout=15, isolation_level=None)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise OSError(
            f"{path} stays as it is: {error}; make room, stop who uses it, and try again"
        ) from error
    return before, path.stat().st_size
