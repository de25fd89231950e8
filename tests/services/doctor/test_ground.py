"""Settings, secret, clock and disk: each green, and each as it goes wrong."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from digest.clocks import SimulatedClock
from digest.domain.checkups import Checkup
from digest.services.doctor.examine import examine
from digest.services.doctor.instruments import Instruments
from digest.settings import load_settings
from tests.feeds.web_server import answer, web_server
from tests.services.doctor.clinic import at, clinic, level, line, with_settings

FEED: dict[str, Any] = {"name": "Blog", "kind": "feed", "allow_private": True}


async def test_settings_that_were_given_are_green_and_defaults_are_told(tmp_path: Path) -> None:
    given = {"DIGEST_BASE_URL": "https://papers.example", "DIGEST_MAIL__FROM": "a@papers.example"}
    async with clinic(tmp_path) as plain:
        assert await level(with_settings(plain, load_settings(given)), "configuration") == "green"
        bare = await line(with_settings(plain, load_settings({})), "configuration")
    assert (bare.level, "mail.from and base_url" in bare.found) == ("yellow", True)


async def test_a_secret_of_the_settings_is_green(tmp_path: Path) -> None:
    async with clinic(tmp_path) as one:
        assert await level(one, "secret") == "green"


async def test_a_secret_file_is_green_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "secret.key"
    file.write_text("k" * 64)
    async with clinic(tmp_path, secret_key=None) as one:
        file.chmod(0o600)
        assert await level(one, "secret") == "green"
        file.chmod(0o644)
        assert (await line(one, "secret")).remedy.startswith("chmod 600")
        file.write_text("short")
        assert await level(one, "secret") == "red"
        file.unlink()
        lost = await line(one, "secret")
    assert (lost.level, "backup" in lost.remedy) == ("red", True)
    assert not file.exists()


async def test_a_new_installation_has_no_secret_and_looking_makes_none(tmp_path: Path) -> None:
    async with clinic(tmp_path, secret_key=None, prepared=False) as one:
        assert await level(one, "secret") == "yellow"
        assert await level(one, "database") == "red"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("seconds", "wanted"), [(0, "green"), (20, "yellow"), (-3600, "red")])
async def test_the_clock_is_compared_with_the_sources(
    tmp_path: Path, seconds: int, wanted: str
) -> None:
    told = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
    async with web_server() as site:
        site.pages["/feed"] = answer(b"<rss/>", Date=told)
        source = FEED | {"url": site.url("/feed")}
        async with clinic(tmp_path, sources=[source]) as one:
            assert await level(one, "clock") == wanted


async def test_without_sources_the_own_web_server_tells_the_time(tmp_path: Path) -> None:
    told = format_datetime(datetime.now(UTC), usegmt=True)
    async with web_server() as site:
        site.pages["/healthz"] = answer(b'{"status": "ok"}', Date=told)
        async with clinic(tmp_path, base_url=site.url("")) as one:
            clock = await line(one, "clock")
            assert (clock.level, "base URL" in clock.found) == ("green", True)
    async with clinic(tmp_path, base_url="http://127.0.0.1:9") as one:
        assert await level(one, "clock") == "skipped"


@pytest.mark.parametrize(("hours", "wanted"), [(0, "green"), (2, "red")])
async def test_the_clock_is_compared_with_the_database_server(
    tmp_path: Path, database_url: str, hours: int, wanted: str
) -> None:
    async with clinic(tmp_path, url=database_url, base_url="http://127.0.0.1:9") as one:
        clock = SimulatedClock(datetime.now(UTC) + timedelta(hours=hours))
        # SQLite has this machine's own clock: nothing is left to compare with
        expected = "skipped" if one.context.database.is_sqlite else wanted
        assert await level(at(one, clock), "clock") == expected


async def test_a_disk_is_written_to_and_left_clean(tmp_path: Path) -> None:
    async with clinic(tmp_path) as one:
        found = await line(one, "disk")
        assert "a write came through" in found.found
        assert [path.name for path in tmp_path.iterdir() if "doctor" in path.name] == []


async def test_a_disk_that_takes_no_write_is_red_and_the_databases_is_looked_at_too(
    tmp_path: Path,
) -> None:
    taken = tmp_path / "data"
    taken.write_text("a file where the folder should be")
    async with clinic(tmp_path) as one:
        data, database = await disks(one, taken)
    assert (data.level, "cannot be written" in data.found) == ("red", True)
    assert (database.name, database.level == "red") == ("disk/database", False)


async def disks(one: Instruments, folder: Path) -> list[Checkup]:
    """Return the lines of the disks where the data is in another folder than the database."""
    settings = one.context.settings.model_copy(update={"data_dir": folder})
    return await examine(with_settings(one, settings), ["disk"])


async def test_a_folder_that_is_not_there_yet_is_yellow(tmp_path: Path) -> None:
    async with clinic(tmp_path) as one:
        assert (await disks(one, tmp_path / "later"))[0].level == "yellow"
    assert not (tmp_path / "later").exists()
