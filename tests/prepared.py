"""Databases with their tables and ready topics laid down already: copies of one that is made once.

A start on an empty database comes to the same rows (tests/test_databases.py), and takes longer.
"""

import asyncio
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import delete

from digest.bootstrap import open_app
from digest.settings import Settings
from digest.store.schema import meta

SQLITE = "sqlite+aiosqlite:///"


def prepare(url: str) -> None:
    """Lay tables and ready topics down in an empty database, which stays without uuid and mark."""
    asyncio.run(_prepare(url))


def lay_down(url: str) -> None:
    """Write a prepared database where a SQLite URL leads to no file; leave the others alone."""
    if not url.startswith(SQLITE):
        return
    file = Path(url.removeprefix(SQLITE))
    if not file.exists():
        file.write_bytes(prepared_sqlite())


def sqlite_url(file: Path) -> str:
    """Return the URL of a SQLite file."""
    return f"{SQLITE}{file}"


@cache
def prepared_sqlite() -> bytes:
    """Return the file of a prepared SQLite database, which is made once in a process."""
    with TemporaryDirectory(prefix="digest-prepared-") as folder:
        file = Path(folder) / "digest.sqlite3"
        prepare(sqlite_url(file))
        assert [path.name for path in Path(folder).iterdir()] == [file.name], "rows lie elsewhere"
        return file.read_bytes()


async def _prepare(url: str) -> None:
    with TemporaryDirectory(prefix="digest-prepared-") as folder:
        settings = Settings.model_validate(
            {
                "data_dir": folder,
                "database_url": url,
                "secret_key": "k" * 40,
                "base_url": "http://localhost",
                "mail": {"from": "digest@localhost"},
            }
        )
        async with (
            open_app(settings, rehearsal=True) as app,
            app.database.write() as connection,
        ):
            await connection.execute(delete(meta))
