"""Backups are whole while the database is written to, and one put back sends nothing by itself."""

import asyncio
import os
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from digest.domain.subscribers import SubscriberState
from digest.services import guard, subscriptions
from digest.services.backup import BackupError, back_up, restore
from digest.services.guard import RestoredError
from digest.services.resuming import resume
from digest.settings import Settings
from digest.store.schema import delivery, subscriber
from tests.postgres import postgres_programs
from tests.world import MONDAY, ToldTransport, World, hours, open_world


@pytest.fixture(autouse=True)
def _programs() -> Iterator[None]:
    """Put the programs of the PostgreSQL that the tests run before any other."""
    before = os.environ["PATH"]
    os.environ["PATH"] = f"{postgres_programs()}:{before}"
    yield
    os.environ["PATH"] = before


@asynccontextmanager
async def opened(folder: Path, url: str, relay: ToldTransport) -> AsyncIterator[World]:
    told = {"first_at_once": False}
    async with open_world(folder, url, MONDAY, relay, digest=told) as world:
        yield world


def settings_of(world: World) -> Settings:
    return world.app.context.settings


async def test_what_was_sent_after_the_backup_is_not_sent_again_and_who_left_stays_away(
    tmp_path: Path, database_url: str
) -> None:
    relay = ToldTransport()
    async with opened(tmp_path, database_url, relay) as world:
        for name in ("stays", "leaves"):
            await world.add_reader(f"{name}@example.org", "routing", hour=8)
        await world.list_papers("Routing one", "Routing two")
        saved = await back_up(settings_of(world), tmp_path / "b", keep=2, now=world.now)
        await world.at(MONDAY + hours(8))
        assert await subscriptions.unsubscribe(world.app.context, 2)
        settings = settings_of(world)
    assert len(relay.messages) == 2
    done = await restore(settings, saved.file)
    assert (done.before is not None) == database_url.startswith("sqlite")
    async with opened(tmp_path, database_url, relay) as world:
        assert (await world.reader(2)).state is SubscriberState.ACTIVE
        world.clock.set(MONDAY + hours(9))
        with pytest.raises(RestoredError):
            await world.send()
        await resume(world.app.context, since=None, repeat_ok=False)
        assert (await world.reader(2)).state is SubscriberState.UNSUBSCRIBED
        world.listed = 50
        await world.list_papers("Routing three")
        await world.at(MONDAY + timedelta(days=1, hours=8))
        [day] = [one for one in await world.days() if one.state == "sent"]
        assert await world.titles(day.paper_ids) == ["Routing three"]
    assert [m.envelope_to for m in relay.messages[2:]] == ["stays@example.org"]


async def test_a_backup_of_the_very_state_waits_for_resume_too(
    tmp_path: Path, database_url: str
) -> None:
    async with opened(tmp_path, database_url, ToldTransport()) as world:
        saved = await back_up(settings_of(world), tmp_path, keep=1, now=world.now)
        settings = settings_of(world)
    await restore(settings, saved.file)
    async with opened(tmp_path, database_url, ToldTransport()) as world:
        assert "older than its marker" in (await guard.find_trouble(world.app.context) or "")
        await resume(world.app.context, since=None, repeat_ok=False)
        assert await guard.find_trouble(world.app.context) is None


async def test_a_copy_made_while_much_is_written_is_one_state(
    tmp_path: Path, database_url: str
) -> None:
    """Each transaction adds a reader and cancels no other: copies never hold half of one."""
    async with opened(tmp_path, database_url, ToldTransport()) as world:
        stop, made = asyncio.Event(), []

        async def write() -> None:
            number = 0
            while not stop.is_set():
                number += 1
                await world.add_reader(f"r{number}@example.org", "routing")
                made.append(number)

        writing = asyncio.create_task(write())
        saved = []
        for second in range(4):
            await asyncio.sleep(0.05)
            now = world.now + timedelta(seconds=second)
            saved.append(await back_up(settings_of(world), tmp_path / "b", keep=4, now=now))
        between = len(made)
        stop.set()
        await writing
        settings = settings_of(world)
    assert between > 4
    await restore(settings, saved[-1].file)
    async with (
        opened(tmp_path, database_url, ToldTransport()) as world,
        world.app.database.read() as connection,
    ):
        readers = await connection.scalar(select(func.count()).select_from(subscriber))
        assert 0 < (readers or 0) <= between + 1
        assert not await connection.scalar(select(func.count()).select_from(delivery))


async def test_the_newest_stay_for_their_owner_with_the_secret(
    tmp_path: Path, database_url: str
) -> None:
    async with opened(tmp_path, database_url, ToldTransport()) as world:
        (tmp_path / "secret.key").write_text("s" * 60, "ascii")
        folder = tmp_path / "kept"
        runs = [
            await back_up(settings_of(world), folder, keep=2, now=MONDAY + timedelta(days=day))
            for day in range(4)
        ]
        (tmp_path / "other.txt").write_text("mine", "utf-8")
    left = sorted(path.name for path in folder.iterdir())
    assert left == sorted([runs[2].file.name, runs[3].file.name, "secret.key"])
    assert runs[3].removed == (runs[1].file,)
    assert (folder / "secret.key").read_text("ascii") == "s" * 60
    for path in (runs[3].file, folder / "secret.key"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("harm", ["cut", "other", "absent", "nonsense"])
async def test_a_file_that_is_no_whole_backup_changes_nothing(
    tmp_path: Path, database_url: str, harm: str
) -> None:
    async with opened(tmp_path, database_url, ToldTransport()) as world:
        await world.add_reader("ann@example.org", "routing")
        saved = await back_up(settings_of(world), tmp_path / "b", keep=1, now=world.now)
        settings = settings_of(world)
    whole = saved.file.read_bytes()
    match harm:
        case "cut":
            saved.file.write_bytes(whole[: len(whole) // 3])
        case "other":
            saved.file.write_bytes(b"SQLite format 3\x00" + bytes(4000))
        case "absent":
            saved.file.unlink()
        case _:
            saved.file.write_bytes(b"nonsense")
    with pytest.raises(BackupError, match=r"cannot be used|no file"):
        await restore(settings, saved.file)
    async with opened(tmp_path, database_url, ToldTransport()) as world:
        assert (await world.reader(1)).address == "ann@example.org"
        assert await guard.find_trouble(world.app.context) is None


async def test_a_disk_that_refuses_leaves_nothing_and_removes_nothing(
    tmp_path: Path, database_url: str
) -> None:
    async with opened(tmp_path, database_url, ToldTransport()) as world:
        (tmp_path / "b").write_text("a file, no folder", "utf-8")
        with pytest.raises(BackupError):
            await back_up(settings_of(world), tmp_path / "b", keep=1, now=world.now)
        assert (tmp_path / "b").read_text("utf-8") == "a file, no folder"
