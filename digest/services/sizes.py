"""What an installation takes: its database, large tables, backups, and the room that is left."""

import asyncio
import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from digest.services.backup import FOLDER
from digest.services.context import Context
from digest.services.upgrading import list_copies
from digest.store import sizes


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes in octets, and rows of the large tables (on PostgreSQL about).

    ``reusable_bytes`` of SQLite's file hold nothing by now. ``backups_bytes`` are those of the
    folder in data_dir and of copies made before upgrades; ``free_bytes`` is the room left there.
    """

    database_bytes: int
    reusable_bytes: int
    rows: dict[str, int]
    backups: int
    backups_bytes: int
    free_bytes: int


async def read_sizes(context: Context, connection: AsyncConnection) -> Sizes:
    """Measure the database and the data folder."""
    database, reusable = await sizes.measure(connection, context.database.path)
    rows = await sizes.count_rows(connection)
    folder = context.settings.data_dir
    count, octets = await asyncio.to_thread(_backups, folder, context.database.path)
    free = (await asyncio.to_thread(shutil.disk_usage, folder)).free
    return Sizes(database, reusable, rows, count, octets, free)


def _backups(folder: Path, database: Path | None) -> tuple[int, int]:
    """Return how many copies there are, and their octets; one may go while they are counted."""
    files = [*(folder / FOLDER).glob("digest-*"), *list_copies(folder, database)]
    found = []
    for file in files:
        try:
            found.append(file.stat().st_size)
        except FileNotFoundError:
            continue
    return len(found), sum(found)
