"""Bringing a database to this release, after a copy of it as it was."""

import asyncio
from pathlib import Path

import structlog
from sqlalchemy.engine.url import make_url

from digest.services.backup import FOLDER
from digest.settings import Settings
from digest.store import backups
from digest.store.backups import BackupError
from digest.store.migrate import BEFORE_UPGRADE, MigrationError, keep_copy, upgrade

log = structlog.get_logger()
_NAME = BEFORE_UPGRADE.lstrip(".")


async def bring_up_to_date(settings: Settings) -> tuple[str | None, str]:
    """Upgrade the database to the newest revision; return the revisions before and after.

    One that has tables is copied before, as ``upgrade.backup`` says. Raises MigrationError, and
    then nothing was changed.
    """

    def keep(url: str, revision: str) -> None:
        if settings.upgrade.backup != "off":
            _keep(settings, url, revision)

    before, after = await upgrade(settings.database_url, keep)
    if before not in (None, after):
        log.info("upgraded the database", before=before, after=after)
        await asyncio.to_thread(_remove_older, settings)
    return before, after


def list_copies(data_dir: Path, database: Path | None) -> list[Path]:
    """Return the copies made before upgrades; ``database`` is SQLite's file."""
    if database is None:
        return list((data_dir / FOLDER).glob(f"{_NAME}*"))
    return list(database.parent.glob(f"{database.name}{BEFORE_UPGRADE}*"))


def _keep(settings: Settings, url: str, revision: str) -> None:
    try:
        if _file_of(url) is not None:
            keep_copy(url, revision)
            return
        folder = settings.data_dir / FOLDER
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        backups.save(url, folder / f"{_NAME}{revision}{backups.suffix_of(url)}")
    except (BackupError, MigrationError, OSError) as error:
        if settings.upgrade.backup == "try":
            log.warning("upgrading without a copy of before", reason=str(error))
            return
        raise MigrationError(
            f"the database is to be upgraded, and could not be copied before: {error}. Mend that "
            'and start again; or make a copy of your own, and set upgrade.backup = "off"'
        ) from error


def _remove_older(settings: Settings) -> None:
    copies = list_copies(settings.data_dir, _file_of(settings.database_url))
    copies.sort(key=lambda file: file.stat().st_mtime)
    for old in copies[: -settings.retention.upgrade_copies]:
        old.unlink(missing_ok=True)


def _file_of(url: str) -> Path | None:
    told = make_url(url)
    return Path(told.database or "") if told.get_backend_name() == "sqlite" else None
