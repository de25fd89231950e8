"""Failures: one clear sentence on standard error, nothing on standard output, and an exit code."""

import fcntl
import sqlite3
from pathlib import Path

from tests.cli.running import Cli, Ran

DONE, FAILED, USAGE, PARTLY, LATER = 0, 1, 2, 3, 75


def sentence(ran: Ran, *words: str) -> None:
    """Assert that a command failed in one short sentence with these words."""
    assert ran.out == ""
    for word in words:
        assert word in ran.err, ran.err
    assert len(ran.err.splitlines()) <= 3, ran.err


def test_settings_that_cannot_be_read_name_the_key(tmp_path: Path) -> None:
    digest = Cli(tmp_path)
    sentence(digest("status", code=USAGE, DIGEST_CONFIG="missing.toml"), "no file 'missing.toml'")
    sentence(digest("status", code=USAGE, DIGEST_BASE_URL="ftp://x"), "DIGEST_BASE_URL", "http")
    digest.config.write_text("data_dir = [", "utf-8")
    sentence(digest("settings", code=USAGE), "digest.toml")
    digest.config.write_text('colour = "red"', "utf-8")
    sentence(digest("settings", code=USAGE), "colour")
    digest.config.write_bytes(b"\xff\xfe")
    sentence(digest("settings", code=USAGE), "digest.toml")


def test_a_bad_query_is_shown_with_a_caret_under_the_place(tmp_path: Path) -> None:
    digest = Cli(tmp_path)
    ran = digest("topics", "test", "sparse AND (moe", code=USAGE)
    sentence(ran, "parenthesis")
    shown, caret = ran.err.splitlines()[1:]
    assert shown == "sparse AND (moe"
    assert caret.strip() == "^"
    assert 0 < caret.index("^") <= len(shown)
    ran = digest("subscribers", "add", "a@example.org", "--query", "moe OR", code=USAGE)
    sentence(ran, "needs something on its right", "^")
    ran = digest("subscribers", "add", "a@example.org", "--topic", "mixture", code=USAGE)
    sentence(ran, "there is no topic 'mixture'", "mixture-of-experts")


def test_what_was_asked_wrongly_is_told(tmp_path: Path) -> None:
    digest = Cli(tmp_path)
    digest("db", "upgrade")
    for args, code, words in (
        (("nonsense",), USAGE, "No such command"),
        (("why", "a@example.org", "yesterday"), USAGE, "no date such as 2026-05-04"),
        (("why", "a@example.org"), FAILED, "nobody is subscribed as a@example.org"),
        (("preview", "a@example.org"), FAILED, "nobody is subscribed"),
        (("papers", "show", "7"), USAGE, "there is no paper 7"),
        (("papers", "split", "7"), USAGE, "there is no paper 7"),
        (("papers", "dedupe", "missing.jsonl"), USAGE, "missing.jsonl"),
        (("subscribers", "import", "missing.csv"), USAGE, "missing.csv"),
        (("subscribers", "export", "no/such/folder.csv"), FAILED, "no/such/folder.csv"),
        (("subscribers", "add", "nobody"), FAILED, "not an e-mail address"),
        (("subscribers", "add", "a@b.org", "--zone", "Mars/Base"), FAILED, "no IANA time zone"),
        (("subscribers", "add", "a@b.org", "--weekly", "someday"), USAGE, "unknown weekday"),
        (
            ("subscribers", "add", "a@b.org", "--weekly", "mon", "--weekdays", "tue"),
            USAGE,
            "exclude each other",
        ),
    ):
        ran = digest(*args, code=code)
        assert ran.out == ""
        assert words in ran.err, (args, ran.err)


def test_a_live_database_knows_no_made_up_clock(tmp_path: Path) -> None:
    digest = Cli(tmp_path)
    digest("db", "upgrade")
    for name in ("collect", "plan", "send", "status"):
        ran = digest(name, "--now", "2026-05-04T08:00Z", code=USAGE)
        sentence(ran, "--now works on a rehearsal database only")
    ran = digest("db", "upgrade", "--rehearsal", code=USAGE)
    sentence(ran, "this is a live database")
    ran = digest("plan", "--now", "2026-05-04T08:00", code=USAGE)
    sentence(ran, "needs a zone")
    ran = digest("plan", "--now", "eight", code=USAGE)
    sentence(ran, "no instant such as")


def test_a_rehearsal_database_refuses_to_run_in_earnest(tmp_path: Path) -> None:
    digest = Cli(tmp_path)
    digest("db", "upgrade", "--rehearsal")
    sentence(digest("run", code=USAGE), "this is a rehearsal database, which `run` refuses")


def test_a_second_sender_is_asked_to_come_later(tmp_path: Path) -> None:
    digest = Cli(tmp_path)
    digest("db", "upgrade")
    with (tmp_path / "data" / "sender.lock").open("w") as held:
        held.write("4711\n")
        held.flush()
        fcntl.flock(held, fcntl.LOCK_EX)
        for name in ("send", "run"):
            sentence(digest(name, code=LATER), "another sender", "process 4711")
    assert digest("send").out == "Nothing was due.\n"


def test_a_database_that_cannot_be_used_is_told_in_a_sentence(tmp_path: Path) -> None:
    digest = Cli(tmp_path)
    assert digest("db", "current", "--json", code=FAILED).row["current"] is None
    assert not digest.database.exists()
    sentence(digest("db", "upgrade", code=FAILED, DIGEST_DATA_DIR="digest.toml/x"), "digest.toml")
    away = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    ran = digest("status", code=LATER, DIGEST_DATABASE_URL=away)
    assert "the database does not answer" in ran.err
    digest("db", "upgrade")
    with sqlite3.connect(digest.database) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    sentence(digest("status", code=FAILED), "upgraded by a newer release")
    digest.database.write_bytes(b"not a database, but a text of some length\n" * 100)
    sentence(digest("status", code=FAILED), "the database cannot be used")


def test_mail_is_rehearsed_to_this_machine_only(tmp_path: Path) -> None:
    relay = '[[relays]]\nname = "far"\nhost = "smtp.example.org"\n'
    digest = Cli(tmp_path, extra=relay)
    days = ("--from", "2026-05-04", "--to", "2026-05-05", "--out", "mails")
    sentence(digest("rehearse", *days, code=USAGE), "there is no database yet")
    ran = digest("rehearse", *days, "--send", code=USAGE)
    sentence(ran, "smtp.example.org", "--to-real-relay")
    digest("db", "upgrade")
    wrong = ("--from", "2026-05-05", "--to", "2026-05-04", "--out", "mails")
    sentence(digest("rehearse", *wrong, code=USAGE), "is before")
    sentence(digest("rehearse", *days[:-1], "digest.toml", code=FAILED), "digest.toml")
