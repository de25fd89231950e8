"""Files kept sealed between two steps: for one account, for a while, taken once."""

from datetime import timedelta
from pathlib import Path

import pytest

from digest.services.housekeeping import keep_house
from digest.services.kept_files import (
    LIFE,
    FileGoneError,
    keep_file,
    read_file,
    sweep_files,
    take_file,
)
from tests.world import open_world


async def test_a_file_is_read_by_its_account_alone_and_taken_once(tmp_path: Path) -> None:
    async with open_world(tmp_path, f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3") as world:
        context = world.app.context
        token = keep_file(context, 1, b"\x00data\xff")
        other = keep_file(context, 1, b"")
        assert read_file(context, 1, token) == read_file(context, 1, token) == b"\x00data\xff"
        assert read_file(context, 1, other) == b""
        for account, wrong in (
            (2, token),
            (1, f"{token[:10]}-{other[11:]}x"),
            (1, "../x"),
            (1, ""),
        ):
            with pytest.raises(FileGoneError):
                read_file(context, account, wrong)
        # a later end than that of the file is no file
        with pytest.raises(FileGoneError):
            read_file(context, 1, f"{int(token[:10]) + 1:010d}{token[10:]}")
        assert take_file(context, 1, token) == b"\x00data\xff"
        with pytest.raises(FileGoneError):
            take_file(context, 1, token)


async def test_a_file_that_was_changed_or_is_old_is_gone(tmp_path: Path) -> None:
    async with open_world(tmp_path, f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3") as world:
        context, folder = world.app.context, tmp_path / "tmp"
        assert sweep_files(context) == 0
        token = keep_file(context, 1, b"data")
        [path] = folder.iterdir()
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        with pytest.raises(FileGoneError):
            read_file(context, 1, token)
        path.write_bytes(whole)
        (folder / "notes.txt").write_text("an operator's own")
        world.clock.set(world.now + LIFE - timedelta(seconds=1))
        await keep_house(context)
        assert read_file(context, 1, token) == b"data"
        world.clock.set(world.now + timedelta(seconds=1))
        with pytest.raises(FileGoneError):
            read_file(context, 1, token)
        await keep_house(context)
        assert [path.name for path in folder.iterdir()] == ["notes.txt"]
