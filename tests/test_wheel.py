"""The wheel, installed in an empty environment far from the checkout, runs the demonstration."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.sources import ROOT

TIMEOUT_S = 600


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel with the tools of the lock, without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    (built,) = folder.glob("*.whl")
    return built


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    """Run a command without our own settings and paths; return its output or fail with it."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("DIGEST_")}
    for name in ("PYTHONPATH", "VIRTUAL_ENV", "PYTHONWARNINGS"):
        env.pop(name, None)
    done = subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=TIMEOUT_S
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def runtime_names(
    name: str, extras: frozenset[str], found: set[tuple[str, frozenset[str]]]
) -> None:
    """Add a distribution and all that it needs to run here to ``found``."""
    key = (canonicalize_name(name), extras)
    if key in found:
        return
    found.add(key)
    try:
        needed = requires(name) or []
    except PackageNotFoundError:
        return
    for requirement in map(Requirement, needed):
        wanted = (requirement.marker is None) or any(
            requirement.marker.evaluate({"extra": extra}) for extra in (extras or {""})
        )
        if wanted:
            runtime_names(requirement.name, frozenset(requirement.extras), found)


def locked(names: set[str]) -> Iterator[str]:
    """Yield the lock's blocks of some distributions, hashes included."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for block in re.split(r"\n(?=\S)", lock.strip()):
        if canonicalize_name(re.split(r"[=\[ ]", block, maxsplit=1)[0]) in names:
            yield block


def test_the_wheel_carries_templates_migrations_and_no_tests(wheel: Path) -> None:
    names = ZipFile(wheel).namelist()
    for folder, kept in (("templates", "digest/_templates"), ("migrations", "digest/_migrations")):
        expected = {
            f"{kept}/{path.relative_to(ROOT / folder).as_posix()}"
            for path in (ROOT / folder).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        assert expected
        assert expected <= set(names)
    assert "digest/py.typed" in names
    assert [n for n in names if n.endswith(".pyc") or n.startswith(("tests/", "deploy/"))] == []


@pytest.mark.long
def test_the_wheel_runs_the_demonstration_in_an_empty_environment(
    wheel: Path, tmp_path: Path
) -> None:
    found: set[tuple[str, frozenset[str]]] = set()
    runtime_names("paper-digest", frozenset(), found)
    needed = tmp_path / "runtime.lock"
    needed.write_text("\n".join(locked({name for name, _ in found})) + "\n", encoding="utf-8")
    run(sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv")
    python = tmp_path / "venv" / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-compile")
    run(*pip, "--disable-pip-version-check", "--require-hashes", "-r", needed)
    run(*pip, "--disable-pip-version-check", "--no-deps", "--no-index", wheel)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    output = run(python.with_name("digest"), "demo", "--once", cwd=elsewhere)
    assert "Matched" in output
    assert len(re.findall(r"^2026-\S+ +\S+@\S+ ", output, re.MULTILINE)) == 9  # 3 days, 3 readers
    where = run(python, "-c", "import digest; print(digest.__file__)", cwd=elsewhere).strip()
    assert Path(where).is_relative_to(tmp_path)
    assert list(elsewhere.iterdir()) == []
