"""Copies of a SQLite database that is in use."""

import sqlite3
from pathlib import Path


def copy_for_rehearsal(source: Path, target: Path) -> None:
    """Copy a live database as it stands at one instant, and mark the copy as a rehearsal's."""
    held = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
    copy = sqlite3.connect(target)
    try:
        held.backup(copy)
        copy.execute("UPDATE meta SET value = 'yes' WHERE key = 'rehearsal'")
        copy.execute("INSERT INTO meta (key, value) VALUES ('rehearsal_copy', 'yes')")
        copy.commit()
    finally:
        copy.close()
        held.close()
