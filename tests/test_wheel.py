"""The wheel, installed in an empty environment far from the checkout, runs as a host wants it."""

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from digest.mail.catcher import MailCatcher
from digest.mail.reading import html_of
from tests.cli.test_days import feed
from tests.clients import plain_client
from tests.house.sources import ROOT
from tests.web.signing_up import EVE, FIELDS, SENT, stamp_in

TIMEOUT_S = 600
PATIENCE_S = 90.0


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel with the tools of the lock, without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    (built,) = folder.glob("*.whl")
    return built


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    """Run a command without our own settings and paths; return its output or fail with it."""
    done = subprocess.run(
        command, cwd=cwd, env=bare_environment(), capture_output=True, text=True, check=False,
        timeout=TIMEOUT_S,
    )  # fmt: skip
    assert done.returncode == 0, f"{command}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def bare_environment() -> dict[str, str]:
    """Return the environment without our own settings and paths."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("DIGEST_")}
    for name in ("PYTHONPATH", "VIRTUAL_ENV", "PYTHONWARNINGS"):
        env.pop(name, None)
    return env


def free_port() -> int:
    """Return a port that nothing listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


@contextmanager
def running(digest: Path, folder: Path) -> Iterator[Path]:
    """Run `digest run` in a folder, and end it as a service manager does; give its log."""
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [digest, "run"], cwd=folder, env=bare_environment(), stdin=subprocess.DEVNULL,
            stdout=output, stderr=output,
        )  # fmt: skip
    try:
        yield log
    finally:
        process.terminate()
        assert process.wait(PATIENCE_S) == 0


async def comes(true: Callable[[], Awaitable[bool]], log: Path) -> None:
    """Wait until something is true."""
    until = time.monotonic() + PATIENCE_S
    while not await true():
        assert time.monotonic() < until, log.read_text("utf-8")[-4000:]
        await asyncio.sleep(0.2)


async def is_ready(web: httpx.AsyncClient) -> bool:
    """Return whether the site answers."""
    try:
        return (await web.get("/readyz")).status_code == 200
    except httpx.TransportError:
        return False


async def has_papers(web: httpx.AsyncClient) -> bool:
    """Return whether the front page shows a paper of the source."""
    return "lab.example" in (await web.get("/")).text


async def got(catcher: MailCatcher, address: str, count: int) -> bool:
    """Return whether somebody has so many mails."""
    return sum(address in mail.rcpt_to for mail in catcher.mails) >= count


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


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel in an environment with nothing else; return its ``digest``."""
    folder = tmp_path_factory.mktemp("installed")
    found: set[tuple[str, frozenset[str]]] = set()
    runtime_names("paper-digest", frozenset(), found)
    needed = folder / "runtime.lock"
    needed.write_text("\n".join(locked({name for name, _ in found})) + "\n", encoding="utf-8")
    run(sys.executable, "-m", "venv", "--without-pip", folder / "venv")
    python = folder / "venv" / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-compile")
    run(*pip, "--disable-pip-version-check", "--require-hashes", "-r", needed)
    run(*pip, "--disable-pip-version-check", "--no-deps", "--no-index", wheel)
    return python.with_name("digest")


@pytest.mark.long
def test_the_wheel_runs_the_demonstration_in_an_empty_environment(
    installed: Path, tmp_path: Path
) -> None:
    output = run(installed, "demo", "--once", cwd=tmp_path)
    assert "Matched" in output
    assert len(re.findall(r"^2026-\S+ +\S+@\S+ ", output, re.MULTILINE)) == 9  # 3 days, 3 readers
    python = installed.with_name("python")
    where = run(python, "-c", "import digest; print(digest.__file__)", cwd=tmp_path).strip()
    assert Path(where).is_relative_to(installed.parents[2])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
async def test_the_wheel_takes_a_host_from_nothing_to_a_readers_digest(
    installed: Path, tmp_path: Path
) -> None:
    port = free_port()
    async with feed(datetime.now(UTC) - timedelta(hours=1)) as url, MailCatcher() as catcher:
        flags = (
            "--non-interactive", "--base-url", f"http://127.0.0.1:{port}", "--port", str(port),
            "--from", "Papers <digest@papers.example>", "--relay", f"127.0.0.1:{catcher.port}",
            "--source", url, "--test-mail", "ann@papers.example",
        )  # fmt: skip
        told = await asyncio.to_thread(run, installed, "init", *flags, cwd=tmp_path)
        assert "The relay took a test mail." in told
        config = tmp_path / "digest.toml"
        here = 'kind = "feed"\nallow_private = true'  # the source is on this machine
        config.write_text(config.read_text("utf-8").replace('kind = "feed"', here), "utf-8")
        checks = ("database", "disk", "secret", "relay", "source")
        only = [word for check in checks for word in ("--only", check)]
        checked = await asyncio.to_thread(run, installed, "doctor", "--json", *only, cwd=tmp_path)
        levels = {line["level"] for line in map(json.loads, checked.splitlines())}
        assert levels <= {"green", "yellow"}, checked
        with running(installed, tmp_path) as log:
            async with plain_client(f"http://127.0.0.1:{port}") as web:
                await become_a_reader(web, catcher, log)
        assert "Sparse experts" in html_of(catcher.mails[-1].data)


async def become_a_reader(web: httpx.AsyncClient, catcher: MailCatcher, log: Path) -> None:
    """Subscribe on the site, confirm by the mail that comes, and wait for the first digest."""
    await comes(lambda: is_ready(web), log)
    await comes(lambda: has_papers(web), log)
    page = await web.get("/subscribe")
    await asyncio.sleep(2.1)  # no hand is faster
    form = FIELDS | {"address": EVE, "queries": "", "stamp": stamp_in(page.text)}
    assert SENT in (await web.post("/subscribe", data=form)).text
    await comes(lambda: got(catcher, EVE, 1), log)
    [link] = set(re.findall(r"/confirm/[\w-]+", html_of(catcher.mails[-1].data)))
    assert (await web.post(link)).status_code == 200
    await comes(lambda: got(catcher, EVE, 2), log)
