"""The restore guard: a database that is older than its marker sends nothing until `digest resume`.

The marker is a file in data_dir, written after the commit that it speaks of, and so never ahead of
the database. The ledger's sequence is counted on by the first commit of every sending, before the
first mail of it, and then once a second: no backup older than that goes unnoticed.
"""

import asyncio
from pathlib import Path

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from digest import durable
from digest.domain.markers import Marker, marker_text, read_marker, trouble_with
from digest.services import opt_outs
from digest.services.alarms import clear_alarm, raise_alarm
from digest.services.context import Context
from digest.store import positions
from digest.store.positions import Position

log = structlog.get_logger()
NAME = "ledger.marker"
ALARM, MARKER_ALARM = "restore", "marker"
_EVERY_S = 1.0
_TELL = "nothing is sent until `digest resume` has taken it up (`--join` on a further machine)"


class RestoredError(Exception):
    """The database is not the one that this installation sent from last; what to do."""


def path_of(context: Context) -> Path:
    """Return where the marker is."""
    return context.settings.data_dir / NAME


async def find_trouble(context: Context) -> str | None:
    """Return why nothing may be sent from this database; None where all is well."""
    trouble, _ = await _look(context)
    return trouble


def read_text(context: Context) -> str | None:
    """Return what the marker's file says; None without one."""
    return _read(path_of(context))


async def take_marker(context: Context, marker: Marker) -> None:
    """Write the marker of a database that was taken up; raises OSError where it cannot be."""
    await asyncio.to_thread(_write, path_of(context), marker)
    context.lease.marker, context.lease.tripped = marker, False


async def check(context: Context) -> None:
    """Let nothing be sent from a restored database: raise RestoredError, and tell the operator.

    Whoever has left since the backup leaves again at once. Without trouble the marker is brought
    up to the database, which other workers may have moved on.
    """
    trouble, held = await _look(context)
    if trouble is None:
        if not held.is_copy:
            await keep_marker(context, held.marker)
        return
    if not context.lease.tripped:
        await opt_outs.replay(context)
        await raise_alarm(context, ALARM, trouble)
        context.lease.tripped = True
    raise RestoredError(trouble)


async def _look(context: Context) -> tuple[str | None, Position]:
    text = await asyncio.to_thread(_read, path_of(context))
    async with context.database.read() as connection:
        held = await positions.find_position(connection)
    trouble = None if held.is_copy else trouble_with(text, held.marker)
    return f"this database must not send: {trouble}; {_TELL}" if trouble else None, held


async def advance(context: Context, connection: AsyncConnection) -> Marker | None:
    """Count the ledger on, at most once a second; return the marker to keep after the commit."""
    now, before = asyncio.get_running_loop().time(), context.lease.marked_at
    if before is not None and now - before < _EVERY_S:
        return None
    context.lease.marked_at = now
    return await positions.advance_position(connection, context.clock.now())


async def advance_now(context: Context) -> None:
    """Count the ledger on at the end of a sending, whenever that was done last."""
    context.lease.marked_at = None
    async with context.database.write() as connection:
        marker = await advance(context, connection)
    assert marker is not None
    await keep_marker(context, marker)


async def keep_marker(context: Context, marker: Marker) -> None:
    """Write the marker, unless the file says so already. A disk that refuses raises an alarm.

    An older marker beside a newer database is no danger: it notices older backups alone.
    """
    if context.lease.marker == marker and path_of(context).exists():
        return
    try:
        await asyncio.to_thread(_write, path_of(context), marker)
    except OSError as error:
        log.exception("the marker cannot be written")
        text = f"{path_of(context)} cannot be written: {error}; a restored backup may go unnoticed"
        await raise_alarm(context, MARKER_ALARM, text)
        return
    if context.lease.marker is None:
        await clear_alarm(context, MARKER_ALARM)
    context.lease.marker = marker


def _read(path: Path) -> str | None:
    try:
        return path.read_text("utf-8", errors="replace")
    except FileNotFoundError:
        return None


def _write(path: Path, marker: Marker) -> None:
    text = _read(path)
    if text is None or read_marker(text) != marker:
        durable.replace_whole(path, marker_text(marker))
