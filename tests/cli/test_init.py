"""`digest init`: from an empty folder to an installation, by flags and by questions."""

import os
import pty
import select
import socket
import stat
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from digest.mail.reading import parse
from tests.cli.running import Cli
from tests.faults.program import environment

BASE = ("--non-interactive", "--base-url", "https://papers.example.org")


class Inbox:
    """A relay's handler that keeps what it is given, or refuses all of it."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.refusal = ""

    async def handle_DATA(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep a mail."""
        del server, session
        if not self.refusal:
            self.mails.append(envelope.original_content or b"")
        return self.refusal or "250 2.0.0 kept"


@contextmanager
def relay() -> Iterator[tuple[Inbox, str]]:
    """Run a relay of this machine; give its inbox and HOST:PORT."""
    inbox = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield inbox, f"127.0.0.1:{port}"
    finally:
        controller.stop()


@pytest.fixture
def digest(tmp_path: Path) -> Cli:
    """Give an empty folder."""
    made = Cli(tmp_path)
    made.config.unlink()
    return made


def written(digest: Cli) -> dict[str, Any]:
    return tomllib.loads(digest.config.read_text("utf-8"))


def test_one_command_makes_an_installation_that_runs(digest: Cli) -> None:
    with relay() as (inbox, where):
        told = digest(
            "init", *BASE, "--site-name", "Papers of Müller's \"lab\"", "--relay", where,
            "--test-mail", "ann@example.org", "--contact", "mailto:ann@example.org",
        ).out  # fmt: skip
    assert "The relay took a test mail." in told
    assert "digest run" in told
    [mail] = inbox.mails
    message = parse(mail)
    assert message["To"] == "ann@example.org"
    assert message["Subject"] == 'Test mail from Papers of Müller\'s "lab"'
    assert message["From"] == '"Papers of Müller\'s \\"lab\\"" <digest@papers.example.org>'
    assert "List-Unsubscribe" not in message
    held = written(digest)
    assert held["mail"]["from"] == "digest@papers.example.org"
    assert [source["kind"] for source in held["sources"]] == ["huggingface", "arxiv"]
    secret = digest.database.with_name("secret.key")
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert "is reader 1" in digest("subscribers", "add", "ann@example.org").out
    assert held["http"]["contact"] == "mailto:ann@example.org"


def test_sources_and_groups_of_topics_are_chosen(digest: Cli) -> None:
    feeds = ("https://lab.example/feed", "https://lab.example/other", "http://www.b.example/c")
    given = [word for url in feeds for word in ("--source", url)]
    told = digest(
        "init", *BASE, *given, "--source", "arxiv:math.CO, cs.DS", "--topics", "language MODELS",
        "--json",
    ).row  # fmt: skip
    names = [source["name"] for source in written(digest)["sources"]]
    assert names == ["arXiv", "lab.example", "lab.example 2", "b.example"]
    assert written(digest)["sources"][0]["categories"] == ["math.CO", "cs.DS"]
    offered = digest("topics", "list", "--json").rows
    assert {topic["group"] for topic in offered} == {"Language models"}
    assert told["topics"] == len(offered)
    assert told["test_mail"] is None


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--non-interactive",), "--base-url is missing"),
        (("--base-url", "https://a.example"), "say --non-interactive"),
        (("--relay", "ftp://mail.example"), "is no relay"),
        ((*BASE, "--relay", "smtp://u:secret@mail.example"), "into a file"),
        ((*BASE, "--relay", "ftp://mail.example"), "is no relay"),
        ((*BASE, "--relay", "smtps://u@mail.example"), "--relay-password-file is missing"),
        ((*BASE, "--relay-password-file", "nowhere"), "there is no file nowhere"),
        ((*BASE, "--source", "gopher://a"), "is no source"),
        ((*BASE, "--source", "arxiv:nonsense!"), "must be an arXiv category"),
        ((*BASE, "--topics", "Cooking"), "there is no group 'Cooking'"),
        ((*BASE, "--test-mail", "ann"), "--test-mail"),
        ((*BASE, "--from", "nobody"), "your answers"),
        ((*BASE, "--database-url", "mysql://a"), "sqlite:///PATH"),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_is_written(
    digest: Cli, flags: tuple[str, ...], said: str
) -> None:
    assert said in digest("init", *flags, code=2).err
    assert not [path.name for path in digest.folder.iterdir() if path.name != "streams"]


def test_a_file_that_is_there_is_replaced_by_force_alone_and_kept(digest: Cli) -> None:
    digest.config.write_text("# mine\n", "utf-8")
    assert "--force" in digest("init", *BASE, code=2).err
    assert digest.config.read_text("utf-8") == "# mine\n"
    assert "digest.toml.before" in digest("init", *BASE, "--force").out
    assert digest.config.with_name("digest.toml.before").read_text("utf-8") == "# mine\n"
    assert written(digest)["base_url"] == "https://papers.example.org"


def test_a_test_mail_that_is_refused_is_told_and_the_rest_stands(digest: Cli) -> None:
    with relay() as (inbox, where):
        inbox.refusal = "554 5.7.1 not from you"
        ran = digest("init", *BASE, "--relay", where, "--test-mail", "ann@example.org", code=3)
    assert "554 5.7.1 not from you" in ran.out
    assert "digest relays check" in ran.out
    assert digest.database.exists()


def test_the_relays_password_is_read_from_its_file(digest: Cli) -> None:
    (digest.folder / "pw").write_text("right\n", "utf-8")
    flags = ("--relay", "submission://me%40x.example@mail.example", "--relay-password-file", "pw")
    digest("init", *BASE, *flags)
    [found] = written(digest)["relays"]
    assert found["username"] == "me@x.example"
    assert (found["port"], found["tls"]) == (587, "starttls")
    assert found["password_file"] == str(digest.folder / "pw")
    assert "right" not in digest("settings").out


def test_a_person_is_asked_in_their_terminal(digest: Cli) -> None:
    with relay() as (inbox, where):
        answers = [
            ("Name of the site", "Lab papers"),
            ("Where readers will reach it", "papers"),
            ("Where readers will reach it", "http://localhost:8000"),
            ("Who writes the mails", "me and you"),
            ("Who writes the mails", ""),
            ("Mail relay", "nonsense://x"),
            ("Mail relay", where),
            ("User name there", ""),
            ("Hugging Face", "n"),
            ("arXiv categories", "-"),
            ("A further RSS", ""),
            ("Hugging Face", "n"),
            ("arXiv categories", "-"),
            ("A further RSS", "https://lab.example/feed"),
            ("A further RSS", ""),
            ("Which topics", "99"),
            ("Which topics", "1, 2"),
            ("Send a test mail", "ann"),
            ("Send a test mail", "ann@example.org"),
        ]
        told = converse(digest, answers)
    assert "The relay took a test mail." in told
    assert len(inbox.mails) == 1
    held = written(digest)
    assert held["site"]["name"] == "Lab papers"
    assert held["mail"]["from"] == "digest@localhost"
    assert [source["url"] for source in held["sources"]] == ["https://lab.example/feed"]
    assert held["http"]["contact"] == "mailto:ann@example.org"
    groups = {topic["group"] for topic in digest("topics", "list", "--json").rows}
    assert groups == {"Language models", "Vision, sound and media"}


def test_a_password_is_asked_for_unseen_and_kept_for_its_owner(digest: Cli) -> None:
    answers = [
        ("Name of the site", ""),
        ("Where readers will reach it", ""),
        ("Who writes the mails", ""),
        ("Mail relay", "mail.example:465"),
        ("User name there", "me@x.example"),
        ("Password there", "hünter2"),
        ("Hugging Face", ""),
        ("arXiv categories", ""),
        ("A further RSS", ""),
        ("Which topics", ""),
        ("Send a test mail", ""),
    ]
    kept = digest.folder / "relay-password"
    kept.write_text("older\n", "utf-8")
    assert "hünter2" not in converse(digest, answers)
    assert kept.read_text("utf-8") == "hünter2\n"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    [found] = written(digest)["relays"]
    assert found["tls"] == "implicit"
    assert found["password_file"] == "relay-password"
    assert "hünter2" not in digest("settings").out


def converse(digest: Cli, answers: list[tuple[str, str]]) -> str:
    """Answer the questions of `digest init` in a pseudo-terminal; return all that was shown."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "digest", "init"],
        stdin=theirs, stdout=theirs, stderr=theirs, cwd=digest.folder,
        env=digest.environment | {"PYTHONPATH": environment()["PYTHONPATH"]},
    )  # fmt: skip
    os.close(theirs)
    shown = ""
    try:
        for question, answer in answers:
            shown += _read_until(ours, question)
            os.write(ours, f"{answer}\n".encode())
        shown += _read_until(ours, None)
        assert process.wait(60) == 0, shown
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    return shown


def _read_until(terminal: int, words: str | None) -> str:
    """Read until the words stand before a colon at the end; None reads to the end."""
    shown, deadline = b"", time.monotonic() + 60
    while time.monotonic() < deadline:
        ready, _, _ = select.select([terminal], [], [], 1)
        try:
            piece = os.read(terminal, 65536) if ready else b""
        except OSError:  # Linux says EIO when the other side has left
            return shown.decode()
        shown += piece
        text = shown.decode(errors="replace")
        if words is not None and words in text and text.endswith(": "):
            return text
    raise AssertionError(f"{words!r} was not asked: {shown.decode(errors='replace')}")
