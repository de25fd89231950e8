"""What it takes to run at all: the start until a page is served, idle memory, and the disk.

`digest run` beside the bare frameworks in one process, started in turns. The disk is that of the
wheel installed by itself, beside what its dependencies take.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from tests.house.sources import ROOT
from tests.prepared import prepared_sqlite
from tests.test_wheel import runtime_names

ROUNDS = 5
SETTLE_S = 5.0  # until the first ticks are over
PATIENCE_S = 60.0
BARE = Path(__file__).with_name("bare_process.py")
SETTINGS = """
data_dir = "data"
base_url = "http://localhost:{port}"
secret_key = "a key of a benchmark, thirty-two long"
[http]
port = {port}
[mail]
from = "Paper Digest <digest@localhost>"
[[sources]]
name = "Hugging Face"
kind = "huggingface"
enabled = false
"""


def rows() -> list[dict[str, Any]]:
    """Return rows of the start, of idle memory, and of the disk."""
    ours: list[tuple[float, float]] = []
    bare: list[tuple[float, float]] = []
    with TemporaryDirectory(prefix="digest-bench-") as name:
        folder = Path(name)
        database = folder / "data" / "digest.sqlite3"
        database.parent.mkdir()
        database.write_bytes(prepared_sqlite())
        _round(_digest(folder))  # writes the bytecode, and what a first start leaves
        for _ in range(ROUNDS):  # interleaved, so that a busy machine slows both alike
            ours.append(_round(_digest(folder)))
            bare.append(_round(_bare(folder / "bare.sqlite3")))
        wheel, installed, needed = _disk(folder)
    against = "bare FastAPI, SQLAlchemy, APScheduler"
    start, start_bare = (median(one[0] for one in many) for many in (ours, bare))
    memory, memory_bare = (median(one[1] for one in many) for many in (ours, bare))
    return [
        _row("start of digest run until /healthz answers", start, "s", against, start_bare),
        _row("idle memory of digest run (PSS)", memory, "MB", against, memory_bare),
        _row("the wheel", wheel, "MB", "installed, without dependencies", installed),
        _row("the wheel's dependencies, installed", needed, "MB", "paper-digest itself", installed),
    ]


def _row(name: str, value: float, unit: str, against: str, other: float) -> dict[str, Any]:
    return {
        "name": name,
        "value": round(value, 2),
        "unit": unit,
        "against": against,
        "against_value": round(other, 2),
        "ratio": round(value / other, 2),
    }


@contextmanager
def _digest(folder: Path) -> Iterator[tuple[Sequence[str | Path], int, Path]]:
    port = _free_port()
    (folder / "digest.toml").write_text(SETTINGS.format(port=port), "utf-8")
    yield (sys.executable, "-m", "digest", "run"), port, folder


@contextmanager
def _bare(database: Path) -> Iterator[tuple[Sequence[str | Path], int, Path]]:
    port = _free_port()
    yield (sys.executable, BARE, database, str(port)), port, database.parent


def _round(told: Any) -> tuple[float, float]:
    """Return the seconds until a process serves, and its idle memory in megabytes."""
    held = {name: value for name, value in os.environ.items() if not name.startswith("DIGEST_")}
    with told as (command, port, folder):
        begun = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env=held | {"PYTHONPATH": str(ROOT)}, stderr=subprocess.DEVNULL
        )
        try:
            _wait(port, process)
            started = time.perf_counter() - begun
            time.sleep(SETTLE_S)
            return started, _pss(process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE_S)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                answer.read()
                return
        except OSError:
            time.sleep(0.01)
    raise RuntimeError(f"the process does not serve: {process.args!r}")


def _pss(pid: int) -> float:
    """Return a process's memory in megabytes, its share of what it shares (proc(5), smaps)."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    [line] = [line for line in text.splitlines() if line.startswith("Pss:")]
    return int(line.split()[1]) / 1024


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _disk(folder: Path) -> tuple[float, float, float]:
    """Return the megabytes of the wheel, of it installed, and of what it depends on installed.

    The dependencies are measured where they are, by their own lists of files.
    """
    build = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    target = folder / "installed"
    pip = (sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--no-compile")
    subprocess.run((*pip, "--target", target, wheel), check=True, capture_output=True)
    found: set[tuple[str, frozenset[str]]] = set()
    runtime_names("paper-digest", frozenset(), found)
    names = {name for name, _ in found} - {"paper-digest"}
    needed = sum(_installed(name) for name in names)
    return wheel.stat().st_size / 1e6, _below(target) / 1e6, needed / 1e6


def _below(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _installed(name: str) -> int:
    """Return the octets of an installed distribution, without its bytecode; 0 where it is not."""
    try:
        files = distribution(name).files or []
    except PackageNotFoundError:
        return 0
    paths = (Path(str(file.locate())) for file in files if file.suffix != ".pyc")
    return sum(path.stat().st_size for path in paths if path.is_file())
