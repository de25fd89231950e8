"""`digest db vacuum`: the file shrinks, its rows stay, and nobody may be sending."""

import sqlite3
from contextlib import closing
from pathlib import Path

from digest.locking import sender_lock
from tests.cli.running import Cli


def test_the_room_of_rows_that_are_gone_is_given_back(tmp_path: Path) -> None:
    digest = Cli(tmp_path)
    assert "there is no database" in digest("db", "vacuum", code=2).err
    digest("db", "upgrade")
    digest("subscribers", "add", "ann@example.org")
    with closing(sqlite3.connect(digest.database)) as connection, connection:
        row = ("2026-05-04", "o", "a", "x" * 4000, "{}")
        connection.executemany(
            'INSERT INTO audit ("at", actor, "action", object, detail) VALUES (?, ?, ?, ?, ?)',
            [row] * 1000,
        )
        connection.execute("DELETE FROM audit")
    assert digest.database.stat().st_size > 4_000_000
    with sender_lock(tmp_path / "data" / "sender.lock"):
        assert "another sender" in digest("db", "vacuum", code=75).err
    told = digest("db", "vacuum", "--json").row
    assert told["before_bytes"] > 4_000_000 > told["after_bytes"] == digest.database.stat().st_size
    assert "ann@example.org" in digest("subscribers", "list").out
    url = {"DIGEST_DATABASE_URL": "postgresql://localhost/none"}
    assert "autovacuum" in digest("db", "vacuum", code=2, **url).err
