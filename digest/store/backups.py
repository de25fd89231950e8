"""Copies of a whole database: consistent while it is written to, and opened before they count.

SQLite by its own backup API, which reads one state while writers go on (sqlite.org/backup.html);
PostgreSQL by the server's own pg_dump, pg_restore and psql.
"""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryFile

from sqlalchemy.engine.url import URL, make_url

from digest.durable import sync
from digest.store.copying import copy_sqlite
from digest.store.migrate import known_revisions
from digest.store.tables import metadata

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
        _replace_rows(url, source)
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


def _replace_rows(url: str, source: Path) -> None:
    """Put a dump in the place of PostgreSQL's tables, in one transaction.

    All of ours go first: those that a later release added hold on to tables of the dump, which
    pg_restore alone knows to drop. Whoever of the two programs fails, no COMMIT is ever written.
    """
    name, secret = _named(url)
    words = ["--dbname", name, "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"]
    tables = ", ".join(f'"{table}"' for table in metadata.tables)
    begin = f"BEGIN;\nSET client_min_messages = warning;\nDROP TABLE IF EXISTS {tables} CASCADE;\n"
    dump = ["--clean", "--if-exists", "--no-owner", "--file", "-", str(source)]
    with TemporaryFile("w+") as said:
        psql = subprocess.Popen(  # noqa: S603  our own words, and no shell
            [_find("psql"), *words],
            env=os.environ | secret,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=said,
            text=True,
        )
        trouble = _feed(psql, begin, [_find("pg_restore"), *dump])
        if psql.wait():
            said.seek(0)
            trouble = f"psql: {said.read().strip() or psql.returncode}"
    if trouble:
        raise BackupError(f"{source} was not put back, and nothing was changed: {trouble}")


def _feed(psql: "subprocess.Popen[str]", begin: str, dump: list[str]) -> str:
    """Give psql the whole script; return what went wrong with the dump, "" where nothing did."""
    assert psql.stdin is not None
    try:
        with psql.stdin as script:
            script.write(begin)
            script.flush()
            done = subprocess.run(  # noqa: S603
                dump, stdout=script, stderr=subprocess.PIPE, text=True, check=False
            )
            if done.returncode == 0:
                script.write("COMMIT;\n")
    except BrokenPipeError:
        return "psql ended early"
    return f"pg_restore: {done.stderr.strip() or done.returncode}" if done.returncode else ""


def _postgres(program: str, url: str, *words: str) -> None:
    """Run a program of PostgreSQL on a database."""
    name, secret = _named(url)
    _run(program, ["--dbname", name, *words], secret)


def _named(url: str) -> tuple[str, dict[str, str]]:
    """Return how a database is named on a command line, and its password for the environment."""
    told = make_url(url)
    bare = URL.create(
        "postgresql", told.username, None, told.host, told.port, told.database, told.query
    )
    return bare.render_as_string(), {"PGPASSWORD": str(told.password)} if told.password else {}


def _run(program: str, words: list[str], secret: dict[str, str]) -> str:
    done = subprocess.run(  # noqa: S603  our own words, and no shell
        [_find(program), *words],
        env=os.environ | secret,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupError(f"{program} failed: {done.stderr.strip() or done.returncode}")
    return done.stdout


def _find(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        raise BackupError(f"there is no {program}: install PostgreSQL's client programs")
    return found
