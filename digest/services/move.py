"""From SQLite to PostgreSQL: everything is carried over, and the old database sends no more."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from digest import durable
from digest.domain.markers import Marker, marker_text
from digest.services.guard import NAME as MARKER
from digest.settings import Settings
from digest.store import positions
from digest.store.database import Database
from digest.store.migrate import upgrade
from digest.store.moving import Moved, MoveError, move_all

__all__ = ["MoveError", "Moving", "move"]


@dataclass(frozen=True, slots=True)
class Moving:
    """What was carried over, table by table, and the ledger's sequence after it."""

    tables: tuple[Moved, ...]
    sequence: int


async def move(settings: Settings, target_url: str, now: datetime) -> Moving:
    """Carry the installation's SQLite database to an empty PostgreSQL one.

    The ledger is counted on by one there and in the marker, so that the old file, started by
    mistake, takes itself for a backup and sends nothing. The caller holds the sender's lock.
    Raises MoveError where it cannot be done; then both databases are as before.
    """
    source, target = Database(settings.database_url), Database(target_url)
    try:
        if not source.is_sqlite or target.is_sqlite:
            raise MoveError("from SQLite to PostgreSQL alone: give --to postgresql://...")
        if source.path is None or not source.path.is_file():
            raise MoveError(f"there is no database {source.path}")
        await upgrade(settings.database_url)
        await upgrade(target_url)
        marker = Marker("", 0)

        async def finish(connection: AsyncConnection) -> None:
            nonlocal marker
            marker = await positions.advance_position(connection, now)

        tables = await move_all(source, target, finish)
    finally:
        await source.close()
        await target.close()
    path = settings.data_dir / MARKER
    await asyncio.to_thread(durable.replace_whole, path, marker_text(marker))
    return Moving(tuple(tables), marker.sequence)
