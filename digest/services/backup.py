"""Backups of an installation: made while it runs, the newest kept; and one put back, paused."""

import asyncio
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from digest import durable
from digest.domain.markers import Marker, marker_text, read_marker
from digest.services.guard import NAME as MARKER
from digest.settings import Settings
from digest.store import backups, positions
from digest.store.backups import BackupError
from digest.store.database import Database
from digest.store.migrate import upgrade

__all__ = ["BackupError", "Restored", "Saved", "back_up", "restore"]
_PREFIX, SECRET = "digest-", "secret.key"
FOLDER = "backups"  # in data_dir, unless told otherwise


@dataclass(frozen=True, slots=True)
class Saved:
    """A backup that was made and opened, its size in octets, and older ones that were removed."""

    file: Path
    size: int
    removed: tuple[Path, ...]
    secret: Path | None


@dataclass(frozen=True, slots=True)
class Restored:
    """A backup that was put back, where the database before is kept, and the ledger's sequence."""

    file: Path
    before: Path | None
    sequence: int


async def back_up(settings: Settings, folder: Path, *, keep: int, now: datetime) -> Saved:
    """Copy the database into ``folder`` and remove all but the ``keep`` newest copies there.

    The secret key is laid beside them: without it, every link in sent mails is dead. Raises
    BackupError; then no older copy was removed.
    """
    return await asyncio.to_thread(_back_up, settings, folder, keep, now)


def _back_up(settings: Settings, folder: Path, keep: int, now: datetime) -> Saved:
    url = settings.database_url
    suffix = backups.suffix_of(url)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise BackupError(f"{folder} cannot be made: {error.strerror}") from error
    file = folder / f"{_PREFIX}{now.astimezone(UTC):%Y%m%dT%H%M%SZ}{suffix}"
    backups.save(url, file)
    secret = _keep_secret(settings.data_dir / SECRET, folder / SECRET)
    copies = sorted(folder.glob(f"{_PREFIX}*{suffix}"))
    old = [one for one in copies[: max(0, len(copies) - keep)] if one != file]
    for one in old:
        one.unlink(missing_ok=True)
    return Saved(file, file.stat().st_size, tuple(old), secret)


def _keep_secret(source: Path, target: Path) -> Path | None:
    if not source.is_file():  # it stands in the settings, which the operator keeps
        return None
    if not target.exists() or target.read_bytes() != source.read_bytes():
        durable.replace_whole(target, source.read_text("ascii"))
    return target


async def restore(settings: Settings, file: Path) -> Restored:
    """Put a backup in the database's place; it sends nothing until `digest resume`.

    The caller holds the sender's lock. Raises BackupError where the file cannot be used, and then
    nothing was changed; MigrationError where it cannot be brought to this release.
    """
    suffix = backups.suffix_of(settings.database_url)
    await asyncio.to_thread(backups.verify, file, suffix)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    _lay_secret(file.with_name(SECRET), settings.data_dir / SECRET)
    before = await asyncio.to_thread(backups.put_back, settings.database_url, file)
    await upgrade(settings.database_url)
    return Restored(file, before, await _pause(settings))


def _lay_secret(source: Path, target: Path) -> None:
    """Bring the secret key to a new machine; one that is there stays."""
    if source.is_file() and not target.exists():
        shutil.copy2(source, target)


async def _pause(settings: Settings) -> int:
    """Let the marker be ahead of the database, whatever was sent since the backup."""
    database = Database(settings.database_url)
    try:
        async with database.read() as connection:
            held = (await positions.find_position(connection)).marker
    finally:
        await database.close()
    path = settings.data_dir / MARKER
    text = path.read_text("utf-8", errors="replace") if path.exists() else ""
    known = read_marker(text)
    if known is None or known.uuid == held.uuid:
        ahead = max(held.sequence, known.sequence if known else 0) + 1
        await asyncio.to_thread(durable.replace_whole, path, marker_text(Marker(held.uuid, ahead)))
    return held.sequence
