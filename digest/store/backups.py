"""Copies of a whole database: consistent while it is written to, and opened before they count.

SQLite by its own backup API, which reads one state while writers go on (sqlite.org/backup.html);
PostgreSQL by the server's own pg_dump and pg_restore.
"""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine.url import URL, make_url

from digest.durable import sync
from digest.store.copying import copy_sqlite
from digest.store.migrate import known_revisions

_TABLES = ("subscriber", "delivery", "paper", "meta")  # no copy of ours is without them
_SQLITE, _POSTGRES = ".sqlite3", ".pgdump"


class BackupError(Exception):
    """A copy that cannot be made, used or trusted, with what to do."""


def suffix_of(url: str) -> str:
    """Return how the name of a database's backups ends."""
    return _SQLITE if make_url(url).get_backend_name() == "sqlite" else _POSTGRES


def save(url: str, target: Path) -> None:
    """Copy a database to a file that appears whole, verified, for its owner's eyes only.

    Raises BackupError where that fails, and leaves nothing behind then.
    """
    draft = target.with_name(f".{target.name}.part")
    try:
        draft.unlink(missing_ok=True)
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        if suffix_of(url) == _SQLITE:
            _copy(Path(make_url(url).database or ""), draft)
        else:
            _postgres("pg_dump", url, "--format=custom", "--file", str(draft))
        verify(draft, suffix_of(url))
        sync(draft)
        draft.replace(target)
        sync(target.parent)
    except OSError as error:
        raise BackupError(f"{target} cannot be written: {error.strerror or error}") from error
    finally:
        draft.unlink(missing_ok=True)


def verify(path: Path, suffix: str) -> None:
    """Open a copy and look whether it is whole and ours; raise BackupError where it is not."""
    if not path.is_file():
        raise BackupError(f"there is no file {path}")
    problem = _trouble_in_sqlite(path) if suffix == _SQLITE else _trouble_in_dump(path)
    if problem:
        raise BackupError(f"{path} cannot be used: {problem}; take an older backup")


def put_back(url: str, source: Path) -> Path | None:
    """Put a verified copy in the place of the database; return where the one before is kept.

    Nobody may be connected. PostgreSQL replaces what is in the database, and keeps nothing.
    """
    if suffix_of(url) == _POSTGRES:
        _postgres("pg_restore", url, "--clean", "--if-exists", "--no-owner", "--single-transaction",
                  str(source))  # fmt: skip
        return None
    path = Path(make_url(url).database or "")
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.restored")
    draft.unlink(missing_ok=True)
    _copy(source, draft)
    sync(draft)
    kept = _keep(path) if path.exists() else None
    draft.replace(path)
    sync(path.parent)
    return kept


def _keep(path: Path) -> Path:
    """Give a database a second name, with what its journal holds; its own stays until the end."""
    kept = path.with_name(f"{path.name}.before-restore")
    try:
        with closing(sqlite3.connect(path, timeout=15)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error:
        pass  # a damaged one is kept as it is: it is what a backup is put back for
    for ending in ("", "-wal", "-shm"):
        kept.with_name(f"{kept.name}{ending}").unlink(missing_ok=True)
    for ending in ("-wal", "-shm"):
        beside = path.with_name(f"{path.name}{ending}")
        if beside.exists():
            beside.replace(kept.with_name(f"{kept.name}{ending}"))
    os.link(path, kept)
    return kept


def _copy(source: Path, target: Path) -> None:
    if not source.is_file():
        raise BackupError(f"there is no database {source}; `digest init` or `db upgrade` makes one")
    try:
        copy_sqlite(source, target)
    except sqlite3.Error as error:
        raise BackupError(f"{source} cannot be copied: {error}") from error


def _trouble_in_sqlite(path: Path) -> str | None:
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as opened:
            [(said,)] = opened.execute("PRAGMA quick_check(1)").fetchall()
            if said != "ok":
                return str(said)
            query = "SELECT name FROM sqlite_master WHERE type = 'table'"
            tables = {name for (name,) in opened.execute(query)}
            if not tables.issuperset(_TABLES):
                return "it is no database of this program"
            [(revision,)] = opened.execute("SELECT version_num FROM alembic_version").fetchall()
    except (sqlite3.Error, ValueError) as error:
        return str(error)
    return None if revision in known_revisions() else f"a newer release made it ({revision})"


def _trouble_in_dump(path: Path) -> str | None:
    try:
        listed = _run("pg_restore", ["--list", str(path)], {})
    except BackupError as error:
        return str(error)
    missing = [name for name in _TABLES if f"TABLE DATA public {name} " not in listed]
    return f"it holds no table {missing[0]}" if missing else None


def _postgres(program: str, url: str, *words: str) -> None:
    """Run a program of PostgreSQL on a database; the password is not on the command line."""
    told = make_url(url)
    bare = URL.create(
        "postgresql", told.username, None, told.host, told.port, told.database, told.query
    )
    secret = {"PGPASSWORD": str(told.password)} if told.password else {}
    _run(program, ["--dbname", bare.render_as_string(), *words], secret)


def _run(program: str, words: list[str], secret: dict[str, str]) -> str:
    found = shutil.which(program)
    if found is None:
        raise BackupError(f"there is no {program}: install PostgreSQL's client programs")
    done = subprocess.run(  # noqa: S603  our own words, and no shell
        [found, *words], env=os.environ | secret, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupError(f"{program} failed: {done.stderr.strip() or done.returncode}")
    return done.stdout
