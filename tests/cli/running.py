"""Runs `digest` in processes of its own: forked from one that has its modules loaded already.

Loading them takes seconds; a fork takes none, and is a process with its own exit code all the same.
"""

import json
import multiprocessing
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from digest.cli import main

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.cli.running", "tests.cli.warm"])
PATIENCE_S = 120


@dataclass(frozen=True)
class Ran:
    """What one command left."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[Any]:
        """The JSON values of standard output, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def row(self) -> Any:
        """The one JSON value of standard output."""
        (row,) = self.rows
        return row


class Cli:
    """`digest` in a folder, with the settings file that lies there."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.config = folder / "digest.toml"
        self.config.write_text(TOML.format(**{"extra": "", "sources": "[]"} | settings), "utf-8")

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.folder / "data" / "digest.sqlite3"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a command: none of the developer's own settings."""
        held = {name: v for name, v in os.environ.items() if not name.startswith("DIGEST_")}
        return held | {"DIGEST_CONFIG": str(self.config), "COLUMNS": "160", "NO_COLOR": "1"}

    def __call__(self, *args: str, code: int = 0, stdin: str = "", **variables: str) -> Ran:
        """Run a command to its end; its exit code must be ``code``, a traceback never comes."""
        where = self.folder / "streams"
        where.mkdir(exist_ok=True)
        (where / "in").write_text(stdin, "utf-8")
        process = _FORKS.Process(
            target=_child, args=(args, self.environment | variables, self.folder, where)
        )
        process.start()
        process.join(PATIENCE_S)
        assert process.exitcode is not None, f"{args} did not end"
        ran = Ran(
            process.exitcode,
            (where / "out").read_text("utf-8"),
            (where / "err").read_text("utf-8"),
        )
        assert "Traceback" not in ran.err, ran.err
        assert ran.code == code, (args, ran)
        return ran


def _child(args: tuple[str, ...], env: Mapping[str, str], cwd: Path, streams: Path) -> None:
    for number, name in ((0, "in"), (1, "out"), (2, "err")):
        flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        os.dup2(os.open(streams / name, flags), number)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  lives as we do
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    sys.argv = ["digest", *args]
    main()


TOML = """
data_dir = "data"
base_url = "http://papers.example/digest"
sources = {sources}
{extra}
[mail]
from = "Paper Digest <digest@papers.example>"
"""
