"""The rules of the house, for whatever no tool checks: sizes, names, tests, what must be there."""

import ast
import re
from fnmatch import fnmatch
from pathlib import Path
from statistics import median

import pytest

from tests.house.sources import (
    ROOT,
    functions,
    imports,
    length,
    name_of,
    python_files,
    tree,
    undocumented,
)

TOP_LEVEL = {
    *("pyproject.toml", "requirements.lock", "alembic.ini", "Makefile"),
    *("README.md", "LICENSE", "CHANGELOG.md"),
    *("digest", "templates", "migrations", "tests", "deploy", "docs"),
    *(".ci", ".git", ".gitignore", ".gitattributes"),
}
VAGUE = {"utils", "util", "helpers", "helper", "manager", "handler", "processor", "misc"}
DOMAIN_MAY_IMPORT = {
    *("abc", "array", "base64", "binascii", "bisect", "collections", "dataclasses", "datetime"),
    *("decimal", "email", "enum", "fractions", "functools", "hashlib", "heapq", "hmac", "html"),
    *("ipaddress", "itertools", "json", "math", "operator", "re", "statistics", "string"),
    *("textwrap", "tomllib", "types", "typing", "unicodedata", "urllib", "zoneinfo", "__future__"),
    *("lark", "rapidfuzz"),  # a parser and a measure of likeness: functions over values
    "digest",
}


def written_files() -> list[Path]:
    """Return the code without migrations: one is a frozen list of tables and is never edited."""
    return [path for path in python_files() if path.parent.name != "versions"]


def test_no_file_is_longer_than_300_lines() -> None:
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in written_files()}
    assert {name_of(path): lines for path, lines in lengths.items() if lines > 300} == {}


def test_no_function_is_longer_than_50_lines_and_half_of_them_are_short() -> None:
    found = {(name_of(p), f.name): length(f) for p in written_files() for f in functions(p)}
    assert {name: lines for name, lines in found.items() if lines > 50} == {}
    assert median(found.values()) <= 10


def test_modules_are_named_for_what_is_in_them() -> None:
    assert [name_of(path) for path in python_files() if path.stem in VAGUE] == []


def test_the_domain_imports_nothing_but_pure_modules() -> None:
    strangers = {
        name_of(path): {name.partition(".")[0] for name in imports(path)} - DOMAIN_MAY_IMPORT
        for path in python_files("digest/domain")
    }
    assert {path: names for path, names in strangers.items() if names} == {}


def test_no_test_replaces_parts_of_the_program_behind_its_back() -> None:
    forbidden = {"mock", "unittest.mock", "pytest_mock"}
    found = [
        name_of(path)
        for path in python_files("tests")
        if imports(path) & forbidden or _uses_setattr(path)
    ]
    assert found == []


def _uses_setattr(path: Path) -> bool:
    return any(
        isinstance(node, ast.Attribute)
        and node.attr in {"setattr", "setitem"}
        and isinstance(node.value, ast.Name)
        and node.value.id in {"monkeypatch", "mocker"}
        for node in ast.walk(tree(path))
    )


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|NotImplemented" + r"Error)\b")
    texts = [
        *python_files(),
        *(path for path in (ROOT / "templates").rglob("*") if path.is_file()),
        *(path for path in (ROOT / "deploy").rglob("*") if path.is_file()),
        ROOT / "Makefile",
        ROOT / "pyproject.toml",
    ]
    found = [name_of(p) for p in texts if later.search(p.read_text("utf-8", errors="replace"))]
    assert found == []


def test_everything_public_says_what_it_does() -> None:
    silent = {name_of(path): list(undocumented(path)) for path in python_files("digest")}
    assert {path: names for path, names in silent.items() if names} == {}


def test_every_test_file_is_found_by_pytest() -> None:
    folders = {path.parent for path in python_files("tests")}
    assert [name_of(folder) for folder in folders if not (folder / "__init__.py").is_file()] == []


def test_the_root_holds_what_belongs_there_and_nothing_else() -> None:
    ignored = [
        line.strip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    ]
    strangers = [
        path.name
        for path in sorted(ROOT.iterdir())
        if path.name not in TOP_LEVEL and not any(fnmatch(path.name, name) for name in ignored)
    ]
    assert strangers == []


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("LICENSE", "MIT License"),
        ("README.md", "digest demo"),
        ("CHANGELOG.md", "## [Unreleased]"),
        (".ci/run", "make check"),
    ],
)
def test_a_file_that_everybody_looks_for_is_there(name: str, says: str) -> None:
    assert says in (ROOT / name).read_text(encoding="utf-8")


def test_ci_can_be_started() -> None:
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o100


def test_the_lock_pins_by_hash_and_names_no_server() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    assert not re.search(r"^\s*(--(extra-)?index.url|-i|-f|--find-links)\b", lock, re.MULTILINE)
    pinned = re.split(r"\n(?=\S)", lock.strip())
    assert len(pinned) > 30
    for requirement in pinned:
        assert re.match(r"[A-Za-z0-9._-]+(\[[a-z,]+\])?==\S+", requirement), requirement
        assert "--hash=sha256:" in requirement, requirement
