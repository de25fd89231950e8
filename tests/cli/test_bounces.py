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


def test_json_has_a_line_for_each_mail(tmp_path: Path, mails: list[str]) -> None:
    rows = Cli(tmp_path)("bounces", "parse", *mails, "--json").rows
    who = {"address": LOST, "status": "5.1.1", "hard": True, "reason": "user unknown"}
    assert rows == [
        {"file": mails[0], "kind": "bounce", "recipients": [who]},
        {"file": mails[1], "kind": "none", "recipients": []},
    ]


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
