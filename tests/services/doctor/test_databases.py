"""The database: sound, missing, old, too new, damaged, away; and nothing changes by looking."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from digest.store.examining import examine_file
from tests.prepared import sqlite_url
from tests.services.doctor.clinic import clinic, level, line


def run(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file)) as held:
        for statement in statements:
            held.execute(statement)
        held.commit()


async def test_a_sound_database_is_green(tmp_path: Path, database_url: str) -> None:
    async with clinic(tmp_path, url=database_url) as one:
        found = await line(one, "database")
    assert (found.level, found.remedy) == ("green", "")
    assert "revision" in found.found


async def test_a_database_without_tables_is_red_and_stays_so(
    tmp_path: Path, empty_database_url: str
) -> None:
    async with clinic(tmp_path, url=empty_database_url, prepared=False) as one:
        for _ in range(2):
            found = await line(one, "database")
            assert (found.level, "digest db upgrade" in found.remedy) == ("red", True)
    assert not (tmp_path / "digest.sqlite3").exists()


async def test_a_database_of_another_release_is_red(tmp_path: Path) -> None:
    file = tmp_path / "digest.sqlite3"
    async with clinic(tmp_path) as one:
        first = "UPDATE alembic_version SET version_num = '{}'"
        run(file, first.format("0001"))
        old = await line(one, "database")
        run(file, first.format("9999"))
        newer = await line(one, "database")
        assert await level(one, "queue") == "skipped"
    assert (old.level, newer.level) == ("red", "red")
    assert "newer release" in newer.found


async def test_another_journal_is_yellow(tmp_path: Path) -> None:
    async with clinic(tmp_path) as one:
        run(tmp_path / "digest.sqlite3", "PRAGMA journal_mode = DELETE")
        assert await level(one, "database") == "yellow"


async def test_a_damaged_file_is_red(tmp_path: Path) -> None:
    file = tmp_path / "digest.sqlite3"
    async with clinic(tmp_path) as one:
        whole = bytearray(file.read_bytes())
        for at in range(5 * 4096, len(whole), 4096):
            whole[at : at + 400] = b"\xff" * 400
        file.write_bytes(whole)
        assert await level(one, "database") == "red"
        file.write_bytes(b"no database at all" * 100)
        assert await level(one, "database") == "red"


async def test_a_server_that_is_away_is_red(tmp_path: Path) -> None:
    url = "postgresql+psycopg://nobody@127.0.0.1:9/nothing"
    async with clinic(tmp_path, url=url, prepared=False) as one:
        found = await line(one, "database")
    assert (found.level, "does not answer" in found.found) == ("red", True)


async def test_a_writer_is_not_held_up_and_holds_nobody_up(tmp_path: Path) -> None:
    async with clinic(tmp_path) as one, one.context.database.write() as connection:
        await connection.exec_driver_sql("DELETE FROM worker")
        assert await level(one, "database") == "green"
        assert await level(one, "sender") == "red"


async def test_a_look_that_takes_too_long_says_so(tmp_path: Path) -> None:
    file = tmp_path / "digest.sqlite3"
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)"
    run(file, "CREATE TABLE big (x)", f"INSERT INTO big {numbers} SELECT hex(i) FROM n")
    state = await examine_file(file, 0.0)
    assert (state.whole, state.damage) == (False, "")
    assert (await examine_file(file, 60.0)).whole


@pytest.mark.parametrize("name", ["a #1.sqlite3", "a?b.sqlite3"])
async def test_any_name_of_a_file_will_do(tmp_path: Path, name: str) -> None:
    run(tmp_path / name, "CREATE TABLE one (x)")
    assert (await examine_file(tmp_path / name, 9)).revision is None
    assert sqlite_url(tmp_path / name)
