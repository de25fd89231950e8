"""The units of deploy/systemd: understood by systemd, shut in, and in step with the program."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from digest.cli import app
from digest.scheduler import LONGEST_FINISH_S
from tests.house.sources import ROOT
from tests.needs import missing

UNITS = ROOT / "deploy" / "systemd"
SERVICES = sorted(UNITS.glob("*.service"))
MOST_EXPOSED = 20  # of 100, by systemd's own count: "OK" is below 40


def analyze(*words: str | Path) -> subprocess.CompletedProcess[str]:
    found = shutil.which("systemd-analyze")
    if found is None:
        missing("no systemd-analyze: install systemd")
    return subprocess.run([found, *words], capture_output=True, text=True, check=False)


def value_of(unit: Path, key: str) -> str:
    [value] = re.findall(rf"^{key}=(.*)$", unit.read_text("utf-8"), re.MULTILINE)
    return str(value)


def test_systemd_understands_every_unit(tmp_path: Path) -> None:
    for unit in UNITS.iterdir():
        # the program and its user are not installed where the tests run
        text = unit.read_text("utf-8").replace("/opt/paper-digest/.venv/bin/digest", "/bin/true")
        text = re.sub(r"^(User|Group)=.*$", r"\1=root", text, flags=re.MULTILINE)
        (tmp_path / unit.name).write_text(text, "utf-8")
    done = analyze("verify", "--man=no", *sorted(tmp_path.iterdir()))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_every_service_is_shut_in(unit: Path) -> None:
    done = analyze("security", "--offline=true", f"--threshold={MOST_EXPOSED}", unit)
    assert done.returncode == 0, done.stdout[-300:]


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_every_service_says_a_command_that_there_is(unit: Path) -> None:
    program, *words = value_of(unit, "ExecStart").split()
    assert program == "/opt/paper-digest/.venv/bin/digest"
    assert CliRunner().invoke(app, [*words, "--help"]).exit_code == 0
    assert value_of(unit, "User") == "paper-digest"


def test_a_stop_leaves_time_for_what_is_under_way() -> None:
    assert int(value_of(UNITS / "paper-digest.service", "TimeoutStopSec")) > LONGEST_FINISH_S + 8
