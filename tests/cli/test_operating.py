"""What an operator does in trouble, by command: books, held mails, alarms, a restored backup."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.running import Cli
from tests.cli.test_days import EIGHT, relay

EARLY = ("--now", "2026-05-03T22:00Z")


@pytest.fixture
def digest(tmp_path: Path) -> Cli:
    """Give a rehearsal installation with a reader and a digest that waits."""
    made = Cli(tmp_path, extra=relay(9))
    made("db", "upgrade", "--rehearsal")
    made("subscribers", "add", "ada@example.org", *EARLY)
    made("plan", "--now", EIGHT)
    return made


def write(digest: Cli, statement: str) -> None:
    with closing(sqlite3.connect(digest.database)) as connection, connection:
        connection.execute(statement)


def test_books_that_do_not_balance_are_red_and_say_where(digest: Cli) -> None:
    told = digest("books", "2026-05-04", "--now", EIGHT).out
    assert "balanced" in told
    assert "total" in told
    assert "1 empty" in told
    assert "No edition" in digest("books", "2026-05-05", "--now", EIGHT).out
    write(digest, "UPDATE edition SET planned = 2")
    assert "do not balance" in digest("books", "2026-05-04", "--now", EIGHT, code=1).out
    assert digest("books", "--now", EIGHT, "--json", code=1).row["balanced"] is False
    assert "do not balance" in digest("status", "--now", EIGHT, code=1).out
    digest("books", "May", code=2)


def test_held_mails_are_listed_and_released_by_what_the_relays_log_says(digest: Cli) -> None:
    assert digest("held", "list").out == "No mail is held.\n"
    write(digest, "UPDATE delivery SET state = 'held'")
    assert "ada@example.org" in digest("held", "list").out
    assert "held mails: 1" in digest("status", "--now", EIGHT).out
    assert "--all" in digest("held", "release", "--delivered", code=2).err
    assert "relay's log" in digest("held", "release", "1", code=2).err
    assert "not held: 7" in digest("held", "release", "7", "--delivered", code=1).err
    assert "1 pending" in digest("held", "release", "1", "--not-delivered", "--now", EIGHT).out
    assert digest("held", "release", "--all", "--delivered").out == "No mail is held.\n"


def test_an_open_alarm_makes_status_red_until_it_is_cleared(digest: Cli) -> None:
    assert digest("alarms").out == "There was no alarm.\n"
    write(
        digest,
        "INSERT INTO alarm (key, text, raised_at, last_at, count) VALUES "
        "('relay/main', 'no [key]', '2026-05-04 08:00:00', '2026-05-04 08:00:00', 1)",
    )
    assert "no [key]" in digest("alarms", code=1).out
    assert digest("alarms", "list", code=1).out == digest("alarms", code=1).out
    assert "alarm relay/main: no [key]" in digest("status", "--now", EIGHT, code=1).out
    assert digest("alarms", "clear", "relay/main").out == "Cleared.\n"
    assert "is open" in digest("alarms", "clear", "relay/main", code=1).out
    assert digest("status", "--now", EIGHT).code == 0


def test_a_restored_backup_refuses_to_send_until_it_is_resumed(digest: Cli) -> None:
    digest("send", "--now", EIGHT)
    assert "no need" in digest("resume", "--now", EIGHT, code=1).err
    write(digest, "UPDATE delivery SET state = 'pending', expires_at = '2026-05-05 08:00:00'")
    shutil.copy(digest.database, digest.folder / "backup")
    digest("send", "--now", EIGHT, code=75)  # no relay answers: a hand-over began all the same
    digest("subscribers", "erase", "ada@example.org", "--now", EIGHT)
    shutil.copy(digest.folder / "backup", digest.database)
    for left in digest.database.parent.glob("digest.sqlite3-*"):
        left.unlink()
    assert "digest resume" in digest("send", "--now", EIGHT, code=1).err
    shown = digest("status", "--now", EIGHT, code=1).out
    assert "must not send" in shown
    assert "alarm restore" in shown
    assert "--join" in digest("resume", "--join", "--repeat-ok", code=2).err
    assert "may send again" in digest("resume", "--now", EIGHT).out
    assert digest("send", "--now", EIGHT).out == "Nothing was due.\n"
    assert "ada@example.org" not in digest("subscribers", "list").out
    assert digest("status", "--now", EIGHT).code == 0
