"""The commands as a shell sees them: help everywhere, and `run` from its start to SIGTERM."""

import re
import smtplib
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
from typer.main import get_command
from typer.testing import CliRunner

from digest import __version__
from digest.cli import app
from tests.cli.running import Cli


def commands(group: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return the path of every command that does something."""
    found: list[tuple[str, ...]] = []
    for name in group.list_commands(None):
        command = group.get_command(None, name)
        inner = (*path, name)
        found += commands(command, inner) if hasattr(command, "commands") else [inner]
    return found


def test_every_command_has_help_and_all_that_end_speak_json() -> None:
    every = commands(get_command(app))
    assert len(every) >= 40
    for path in every:
        shown = CliRunner().invoke(app, [*path, "--help"], env={"COLUMNS": "160"})
        assert shown.exit_code == 0, path
        assert "Usage:" in shown.output
        assert ("--json" in shown.output) is (path not in {("run",), ("worker",)}), path


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def test_run_serves_until_sigterm_and_ends_well(tmp_path: Path) -> None:
    port, mail = free_port(), free_port()
    digest = Cli(tmp_path, extra=f"[http]\nport = {port}\n[bounces.listener]\nport = {mail}\n")
    command = [sys.executable, "-m", "digest", "run"]
    with subprocess.Popen(
        command, env=digest.environment, cwd=tmp_path, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            answer = first_answer(f"http://127.0.0.1:{port}/digest/healthz", process)
            assert answer.json() == {"status": "ok", "version": __version__}
            assert "Trending now" in httpx.get(f"http://127.0.0.1:{port}/").text
            assert "another sender" in digest("send", code=75).err
            with smtplib.SMTP("127.0.0.1", mail, timeout=20) as client:
                assert client.noop()[0] == 250
            [way] = digest("status", "--json").row["intake"]
            assert (way["name"], way["state"]) == ("listener", "ok")
            assert digest("doctor", "--only", "sender", "--json").row["level"] == "green"
            assert digest("doctor", "--only", "scheduler", "--json").row["level"] == "green"
            seen = digest("healthcheck", "--json").rows
            assert [(one["part"], one["lives"]) for one in seen] == [
                ("web", True),
                ("scheduler", True),
                ("sender", True),
            ]
        finally:
            process.terminate()
        _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert re.search(r'"event": "stopped"', err), err
    assert "Traceback" not in err
    assert digest("send").out == "Nothing was due.\n"


def first_answer(url: str, process: "subprocess.Popen[str]") -> httpx.Response:
    """Return the first answer of a server that is about to start."""
    while True:
        try:
            return httpx.get(url)
        except httpx.TransportError:
            assert process.poll() is None, "the process ended early"
            time.sleep(0.05)


def test_a_taken_port_is_told_in_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        digest = Cli(tmp_path, extra=f"[http]\nport = {taken.getsockname()[1]}\n")
        ran = digest("run", code=1)
    assert "in use" in ran.err


def test_parts_apart_need_one_key_for_all_links(tmp_path: Path) -> None:
    digest = Cli(tmp_path)
    for words in (("run", "--only", "web"), ("worker",)):
        ran = digest(*words, code=2, DIGEST_DATABASE_URL="postgresql://nobody@127.0.0.1:9/none")
        assert "secret_key" in ran.err
    # with one, it gets as far as the database, which is not there
    ran = digest(
        "worker",
        code=75,
        DIGEST_DATABASE_URL="postgresql://nobody@127.0.0.1:9/none",
        DIGEST_SECRET_KEY="k" * 40,
    )
    assert "the database does not answer" in ran.err


def test_a_part_that_there_is_not_is_refused(tmp_path: Path) -> None:
    assert "scheduler" in Cli(tmp_path)("run", "--only", "planner", code=2).err
