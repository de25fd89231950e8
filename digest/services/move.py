"""From SQLite to PostgreSQL: everything is carried over, and the old database sends no more."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

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
        return await _carry(source, target, settings.data_dir / MARKER, now)
    finally:
        await source.close()
        await target.close()


async def _carry(source: Database, target: Database, path: Path, now: datetime) -> Moving:
    """Carry the rows; the marker goes ahead before the commit, and back where that fails.

    Killed in between, the old database sends nothing until `digest resume`; the other order could
    leave two that send.
    """
    before = await asyncio.to_thread(_read, path)
    marker: Marker | None = None

    async def finish(connection: AsyncConnection) -> None:
        nonlocal marker
        marker = await positions.advance_position(connection, now)
        await asyncio.to_thread(durable.replace_whole, path, marker_text(marker))

    try:
        tables = await move_all(source, target, finish)
    except BaseException:
        if marker is not None:
            _put_back(path, before)
        raise
    assert marker is not None
    return Moving(tuple(tables), marker.sequence)


def _read(path: Path) -> str | None:
    return path.read_text("utf-8", errors="replace") if path.exists() else None


def _put_back(path: Path, before: str | None) -> None:
    if before is None:
        durable.remove(path)
    else:
        durable.replace_whole(path, before)
