"""`digest run` as processes of their own, to be killed, stopped, continued and drained."""

import json
import os
import signal
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, STDOUT, Popen, run
from typing import Any, Self

from tests.faults.installation import Installation

ROOT = Path(__file__).parents[2]


@dataclass
class Program:
    """A running `digest run`; ``log`` is what it wrote."""

    process: Popen[bytes]
    log: Path

    @classmethod
    def start(
        cls, installation: Installation, name: str = "one", words: Sequence[str] = ("run",)
    ) -> Self:
        """Start one; several beside each other on PostgreSQL need names of their own.

        Each has a data directory, as on a machine of its own. ``words`` are the command.
        """
        folder = installation.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        tables = installation.tables() | {
            "data_dir": str(folder),
            "http": {"host": "127.0.0.1", "port": _free_port()},
            "log": {"format": "json", "level": "info"},
        }
        (folder / "digest.toml").write_text(_toml(tables))
        log = folder / "log"
        with log.open("ab") as output:
            process = Popen(
                [sys.executable, "-m", "digest", *words],
                cwd=folder,
                env=environment(),
                stdin=DEVNULL,
                stdout=output,
                stderr=STDOUT,
            )
        return cls(process, log)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """Freeze it."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let a frozen one go on."""
        self.process.send_signal(signal.SIGCONT)

    def drain(self, timeout_s: float = 60) -> int:
        """Ask it to leave; return its exit code."""
        self.process.terminate()
        return self.process.wait(timeout_s)

    def lives(self, part: str) -> bool:
        """Return what `digest healthcheck` says of a part of it."""
        words = [sys.executable, "-m", "digest", "healthcheck", "--only", part]
        return run(words, cwd=self.log.parent, env=environment(), check=False).returncode == 0

    def said(self) -> str:
        """Return its log so far."""
        return self.log.read_text(errors="replace")


def environment() -> dict[str, str]:
    """Return what a program's process gets to know of the machine."""
    return os.environ | {"PYTHONPATH": str(ROOT)}


def _toml(tables: dict[str, Any]) -> str:
    return "".join(f"{name} = {_value(value)}\n" for name, value in tables.items())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {_value(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value)  # of plain values TOML has JSON's syntax


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
