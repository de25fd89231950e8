"""Copies of a database, as an operator makes and restores them, for both kinds."""

import sqlite3
from pathlib import Path

from tests.postgres import PostgresServer


class Copies:
    """Saves one copy of a database to which nobody is connected, and puts it back in its place."""

    def __init__(self, folder: Path, server: PostgresServer | None) -> None:
        self._file = folder / "backup.sqlite3"
        self._server = server
        self._copy = ""

    def save(self, url: str) -> None:
        """Copy the database."""
        if self._server is not None:
            self._copy = self._server.create_database(template=url)
            return
        with sqlite3.connect(_path(url)) as held, sqlite3.connect(self._file) as copy:
            held.backup(copy)
        held.close()
        copy.close()

    def restore(self, url: str) -> None:
        """Put the copy in the place of the database."""
        if self._server is not None:
            self._server.replace_database(url, self._copy)
            return
        path = _path(url)
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink()
        with sqlite3.connect(self._file) as copy, sqlite3.connect(path) as fresh:
            copy.backup(fresh)
        copy.close()
        fresh.close()


def _path(url: str) -> Path:
    return Path(url.partition(":///")[2])
