"""The image: what is installed in it, who runs there, and that a linter finds nothing."""

import importlib.util
import re
import subprocess
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from digest.cli import app
from tests.deploy.closure import IMAGE, ROOTS, closure, listed
from tests.deploy.tools import tool
from tests.house.sources import ROOT

DOCKERFILE = ROOT / "deploy" / "Dockerfile"
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
TEST_TOOLS = {"pytest", "mypy", "ruff", "hypothesis", "playwright", "hatchling", "schemathesis"}


def load_pick() -> Callable[[str, str], str]:
    spec = importlib.util.spec_from_file_location("pick", IMAGE / "pick.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Callable[[str, str], str] = module.pick
    return found


pick = load_pick()


def instructions() -> list[tuple[str, str]]:
    """Return the Dockerfile's instructions, each with its words on one line."""
    text = re.sub(r"^#.*\n", "", DOCKERFILE.read_text("utf-8"), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    pairs = [line.split(maxsplit=1) for line in lines if line.strip()]
    return [(word, " ".join(rest.split())) for word, rest in pairs]


def last_stage() -> list[tuple[str, str]]:
    found = instructions()
    start = max(n for n, (word, _) in enumerate(found) if word == "FROM")
    return found[start:]


@pytest.mark.parametrize("kind", list(ROOTS))
def test_the_image_installs_what_the_packages_say_they_need(kind: str) -> None:
    assert listed(kind) == closure(ROOTS[kind]), "run `python -m tests.deploy.closure`"


def test_no_tool_of_the_tests_is_in_the_image() -> None:
    assert not TEST_TOOLS & set(listed("runtime"))
    assert {"sqlalchemy", "psycopg-binary", "opentelemetry-sdk"} <= set(listed("runtime"))


@pytest.mark.parametrize("kind", list(ROOTS))
def test_everything_is_picked_out_of_the_lock_with_its_hashes(kind: str) -> None:
    picked = pick((IMAGE / f"{kind}.txt").read_text("utf-8"), LOCK)
    entries = re.split(r"\n(?=\S)", picked.strip())
    assert [entry.partition("==")[0] for entry in entries] == listed(kind)
    for entry in entries:
        assert "--hash=sha256:" in entry, entry
        assert entry in LOCK


def test_a_name_that_the_lock_has_not_ends_the_build() -> None:
    with pytest.raises(SystemExit, match="not in the lock: nosuch"):
        pick("# of what\nhttpx\nnosuch\n", LOCK)


@given(st.sets(st.sampled_from(sorted(re.findall(r"^([\w.-]+)==", LOCK, re.MULTILINE)))))
def test_whatever_is_picked_is_that_and_no_more(names: set[str]) -> None:
    picked = pick("\n".join(names), LOCK)
    assert set(re.findall(r"^([\w.-]+)==", picked, re.MULTILINE)) == names


def test_the_last_stage_runs_as_nobody_and_is_asked_how_it_is() -> None:
    stage = dict(last_stage())
    assert re.fullmatch(r"\d{4,}:\d{4,}", stage["USER"])
    assert stage["VOLUME"] == '["/data"]'
    assert stage["STOPSIGNAL"] == "SIGTERM"
    assert stage["ENTRYPOINT"] == '["digest"]'
    assert stage["CMD"] == '["run"]'
    assert stage["HEALTHCHECK"].endswith('CMD ["digest", "healthcheck"]')
    copied = [rest for word, rest in last_stage() if word in {"COPY", "ADD"}]
    assert copied == ["--from=build /opt/paper-digest /opt/paper-digest"]
    assert CliRunner().invoke(app, ["healthcheck", "--help"]).exit_code == 0


def test_the_image_is_installed_by_hashes_alone() -> None:
    installs = [rest for word, rest in instructions() if word == "RUN" and "pip" in rest]
    steps = [step for rest in installs for step in rest.split(" && ") if " install " in step]
    assert len(steps) == 3
    for step in steps:
        assert "--require-hashes" in step or "--no-index" in step, step


def test_the_build_sees_what_it_copies_and_no_secret() -> None:
    rules = (DOCKERFILE.with_name("Dockerfile.dockerignore")).read_text("utf-8").splitlines()
    let_in = [rule[1:] for rule in rules if rule.startswith("!")]
    assert rules[1] == "*"
    for word, rest in instructions():
        if word == "COPY" and "--from" not in rest:
            for source in rest.split()[:-1]:
                assert (ROOT / source).exists(), source
                assert any(fnmatch(source.rstrip("/"), one) for one in let_in), source
    for kept_out in ("data", "digest.toml", ".git", "tests", ".venv"):
        assert not any(fnmatch(kept_out, one) for one in let_in), kept_out


def test_what_the_wheel_is_made_of_is_copied() -> None:
    copied = " ".join(rest for word, rest in instructions() if word == "COPY")
    for needed in ("pyproject.toml", "README.md", "LICENSE", "digest", "templates", "migrations"):
        assert needed in copied.split(), needed


def test_the_linter_finds_nothing() -> None:
    ran = subprocess.run(
        [tool("hadolint"), str(DOCKERFILE)], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout) == (0, "")


def test_the_linter_would_find_something(tmp_path: Path) -> None:
    file = tmp_path / "Dockerfile"
    file.write_text("FROM python\nRUN apt-get install curl\n", "utf-8")
    ran = subprocess.run([tool("hadolint"), str(file)], capture_output=True, check=False)
    assert ran.returncode != 0
