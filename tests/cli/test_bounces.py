"""`digest bounces parse`: one line a mail, and errors that say what to do."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from digest.cli.main import app
from tests.cli.running import Cli
from tests.mail.bounces.building import LOST
from tests.mail.bounces.samples import SAMPLES

RUNNER = CliRunner()


@pytest.fixture
def mails(tmp_path: Path) -> list[str]:
    (tmp_path / "lost.eml").write_bytes(SAMPLES[0].raw)
    (tmp_path / "answer.eml").write_text("From: a@b.example\nSubject: Re: x\n\nThanks.\n")
    return [str(tmp_path / "lost.eml"), str(tmp_path / "answer.eml")]


<<<<<<< HEAD
def test_json_has_a_line_for_each_mail(tmp_path: Path, mails: list[str]) -> None:
    rows = Cli(tmp_path)("bounces", "parse", *mails, "--json").rows
    who = {"address": LOST, "status": "5.1.1", "hard": True, "reason": "user unknown"}
    assert rows == [
        {"file": mails[0], "kind": "bounce", "recipients": [who]},
        {"file": mails[1], "kind": "none", "recipients": []},
    ]
=======
def test_a_pipe_takes_mail_in_and_lists_and_lifts(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    to = sent_to(tmp_path)
    settings: Any = {"DIGEST_SECRET_KEY": "k" * 40, "DIGEST_MAIL__BOUNCES": "verp",
                "DIGEST_MAIL__RETURN_PATH_DOMAIN": "bounces.papers.example"}  # fmt: skip
    now = ("--now", "2026-05-04T09:00Z")
    digest = Cli(tmp_path)
    (tmp_path / "away.eml").write_bytes(vacation(to))
    ran = digest("bounces", "take", "-", *now, stdin=dsn(to).decode(), **settings)
    assert ran.out == "-: bounce, suppressed, user unknown\n"
    assert digest("bounces", "take", "away.eml", *now, **settings).out == "away.eml: automatic\n"
    [row] = digest("bounces", "list", "--address", "ada@example.org", "--json", **settings).rows
    assert (row["kind"], row["hard"], row["origin"]) == ("bounce", True, "pipe")
    assert "ada@example.org" in digest("bounces", "list", **settings).out
    lifted = digest("bounces", "lift", "ada@example.org", *now, **settings)
    assert lifted.out == "ada@example.org is active again.\n"
    assert "nothing bars" in digest("bounces", "lift", "ada@example.org", code=1, **settings).err
>>>>>>> intake


def test_a_table_is_for_people(mails: list[str]) -> None:
    ran = RUNNER.invoke(app, ["bounces", "parse", *mails])
    assert ran.exit_code == 0
    shown = "".join(ran.output.split())
    assert "5.1.1" in shown
    assert "yes" in shown
    assert "none" in shown


def test_standard_input_is_read() -> None:
    ran = RUNNER.invoke(app, ["bounces", "parse", "-", "--json"], input=SAMPLES[0].raw)
    assert '"kind": "bounce"' in ran.output


@pytest.mark.parametrize(("what", "says"), [("", "is a folder"), ("absent.eml", "No such file")])
def test_a_folder_or_a_missing_file_is_a_clear_error(tmp_path: Path, what: str, says: str) -> None:
    ran = Cli(tmp_path)("bounces", "parse", str(tmp_path / what), code=2)
    assert says in ran.err
    assert ran.out == ""
