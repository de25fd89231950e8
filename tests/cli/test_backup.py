"""`digest backup` and `digest restore`, as an operator or a timer says them."""

from pathlib import Path

import pytest

from digest.locking import sender_lock
from tests.cli.running import Cli


@pytest.fixture
def digest(tmp_path: Path) -> Cli:
    """Give an installation with a reader."""
    made = Cli(tmp_path)
    made("db", "upgrade")
    made("subscribers", "add", "ann@example.org")
    return made


def test_a_backup_is_made_put_back_and_taken_up(digest: Cli) -> None:
    assert "is whole" in digest("backup").out
    [copy] = (digest.folder / "data" / "backups").glob("digest-*Z.sqlite3")
    digest("subscribers", "add", "bob@example.org")
    told = digest("restore", str(copy), "--yes").out
    assert "digest resume" in told
    assert "before-restore" in told
    assert "bob" not in digest("subscribers", "list").out
    assert "must not send" in digest("send", code=1).err
    digest("resume")
    assert "Nothing was due" in digest("send").out
    kept = digest.database.with_name("digest.sqlite3.before-restore")
    digest("restore", str(kept), "--yes")
    assert "bob" in digest("subscribers", "list").out


def test_backups_have_json_and_bounds(digest: Cli) -> None:
    saved = digest("backup", "elsewhere", "--keep", "1", "--json").row
    assert saved["file"].startswith("elsewhere/digest-")
    assert saved["size"] > 100_000
    assert saved["removed"] == []
    digest("backup", "--keep", "0", code=2)
    done = digest("restore", saved["file"], "--yes", "--json").row
    assert done["before"].endswith(".before-restore")


def test_a_restore_is_asked_for_twice_and_waits_for_the_sender(digest: Cli) -> None:
    digest("backup", "b")
    [copy] = (digest.folder / "b").glob("digest-*")
    digest("restore", str(copy), stdin="n\n", code=1)
    assert "--yes" in digest("restore", str(copy), "--json", code=2).err
    with sender_lock(digest.folder / "data" / "sender.lock"):
        assert "another sender" in digest("restore", str(copy), "--yes", code=75).err
    assert "no file" in digest("restore", "nowhere", "--yes", code=1).err
    assert not digest.database.with_name("digest.sqlite3.before-restore").exists()


def test_without_a_database_there_is_nothing_to_copy(tmp_path: Path) -> None:
    said = Cli(tmp_path)("backup", code=1).err
    assert "there is no database" in said
    assert not list((tmp_path / "data" / "backups").glob("*"))
