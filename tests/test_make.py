"""The search for a Python that `make` sets its environment up with."""

import os
import subprocess
import sys
from pathlib import Path

from tests.house.sources import ROOT


def find_python(folder: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    path = str(folder) if folder else os.environ["PATH"]
    return subprocess.run(
        ["/bin/sh", ROOT / "deploy" / "find-python.sh"],
        env={"PATH": path, **env},
        capture_output=True,
        text=True,
        check=False,
    )


def program(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    (folder / name).chmod(0o755)


def test_a_python_that_is_named_is_taken() -> None:
    assert find_python(PYTHON=sys.executable).stdout.strip() == sys.executable


def test_a_named_python_that_does_not_fit_is_refused_by_name() -> None:
    done = find_python(PYTHON="/nowhere/python3")
    assert done.returncode == 1
    assert "PYTHON=/nowhere/python3 is not Python 3.11" in done.stderr


def test_an_old_python3_is_passed_over_for_a_newer_one_of_another_name(tmp_path: Path) -> None:
    program(tmp_path, "python3", "exit 1")
    program(tmp_path, "python3.12", f'exec "{sys.executable}" "$@"')
    assert find_python(tmp_path).stdout.strip() == "python3.12"


def test_without_any_python_the_versions_are_named(tmp_path: Path) -> None:
    done = find_python(tmp_path)
    assert done.returncode == 1
    assert "Python 3.11, 3.12 or 3.13 is needed" in done.stderr


def test_a_missing_venv_module_is_told_with_debians_remedy(tmp_path: Path) -> None:
    program(tmp_path, "python3", 'case "$2" in *ensurepip*) exit 1;; esac')
    done = find_python(tmp_path)
    assert done.returncode == 1
    assert "apt install python3-venv" in done.stderr
