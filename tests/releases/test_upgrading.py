"""An upgrade: a copy before it, nothing changed where that fails, and a kill in its midst."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from digest.services.upgrading import bring_up_to_date, list_copies
from digest.settings import Settings
from digest.store import backups
from digest.store.database import Database
from digest.store.migrate import MigrationError, current_revision, head_revision
from tests.releases.thawing import RELEASES, thaw
from tests.world import MONDAY, hours, make_settings, open_world

FIRST = RELEASES[0]
_KILLED = """
import asyncio, os, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
from digest.store.migrate import upgrade

@event.listens_for(Engine, "before_cursor_execute")
def kill(connection, cursor, statement, *rest):
    if sys.argv[2] in statement:
        os._exit(9)

asyncio.run(upgrade(sys.argv[1]))
"""


async def old(folder: Path, url: str, **tables: object) -> tuple[Settings, str]:
    """Give the settings and the revision of an installation of the first release."""
    thawed = await thaw(FIRST, folder, url)
    return make_settings(folder, url, **tables), thawed.revision


def copies(settings: Settings) -> list[Path]:
    database = settings.data_dir / "digest.sqlite3"
    held = settings.database_url.startswith("sqlite")
    return list_copies(settings.data_dir, database if held else None)


def stand_in_the_way(settings: Settings, revision: str) -> None:
    """Let the copy before an upgrade be impossible."""
    if settings.database_url.startswith("sqlite"):
        (settings.data_dir / f"digest.sqlite3.before-upgrade-from-{revision}").mkdir()
    else:
        (settings.data_dir / "backups").write_text("no folder")


async def readers(url: str) -> int:
    """Return how many readers there are, by the revision that the database is at."""
    database = Database(url)
    async with database.read() as connection:
        count = (await connection.exec_driver_sql("SELECT count(*) FROM subscriber")).scalar_one()
    await database.close()
    return int(count)


async def test_a_copy_of_before_can_be_put_back(tmp_path: Path, empty_database_url: str) -> None:
    settings, revision = await old(tmp_path, empty_database_url)
    people = await readers(empty_database_url)
    assert await bring_up_to_date(settings) == (revision, head_revision())
    [copy] = copies(settings)
    backups.verify(copy, backups.suffix_of(empty_database_url))
    await asyncio.to_thread(backups.put_back, empty_database_url, copy)
    assert await current_revision(empty_database_url) == revision
    assert await readers(empty_database_url) == people > 0
    assert await bring_up_to_date(settings) == (revision, head_revision())
    assert await bring_up_to_date(settings) == (head_revision(), head_revision())
    assert copies(settings) == [copy]
    assert copy.stat().st_mode & 0o077 == 0 or empty_database_url.startswith("sqlite")


@pytest.mark.parametrize("backup", ["required", "try", "off"])
async def test_what_happens_where_no_copy_can_be_made(
    tmp_path: Path, empty_database_url: str, backup: str
) -> None:
    settings, revision = await old(tmp_path, empty_database_url, upgrade={"backup": backup})
    stand_in_the_way(settings, revision)
    if backup == "required":
        with pytest.raises(MigrationError, match="could not be copied before"):
            await bring_up_to_date(settings)
        assert await current_revision(empty_database_url) == revision
        return
    assert await bring_up_to_date(settings) == (revision, head_revision())
    assert not [file for file in copies(settings) if file.is_file()]


async def test_the_newest_copies_stay(tmp_path: Path, empty_database_url: str) -> None:
    settings, revision = await old(tmp_path, empty_database_url)
    await bring_up_to_date(settings)
    [first] = copies(settings)
    for n, word in enumerate(("aaaa", "bbbb")):
        older = first.with_name(first.name.replace(revision, word))
        older.write_bytes(b"old")
        os.utime(older, (n, n))
    await asyncio.to_thread(backups.put_back, empty_database_url, first)
    await bring_up_to_date(settings)
    assert {copy.name for copy in copies(settings)} == {
        first.name,
        first.name.replace(revision, "bbbb"),
    }


@pytest.mark.parametrize(
    "statement", ["CREATE TABLE audit", "ADD COLUMN mailed_at", "edition_total", "ix_vote_delivery"]
)
async def test_a_kill_in_the_midst_leaves_a_database_that_starts(
    tmp_path: Path, empty_database_url: str, statement: str
) -> None:
    _, revision = await old(tmp_path, empty_database_url)
    people = await readers(empty_database_url)
    command = [sys.executable, "-c", _KILLED, empty_database_url, statement]
    killed = await asyncio.to_thread(subprocess.run, command, check=False)
    assert killed.returncode == 9
    assert await current_revision(empty_database_url) == revision
    digest = {"first_at_once": False}
    async with open_world(tmp_path, empty_database_url, MONDAY + hours(9), digest=digest) as world:
        await world.send()
        assert len(world.html_to("ben@example.org")) == 1
    assert await current_revision(empty_database_url) == head_revision()
    assert await readers(empty_database_url) == people
