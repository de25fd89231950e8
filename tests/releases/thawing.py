"""A frozen database brought back, on either kind of database, at its own revision."""

import asyncio
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, Table, create_engine, insert, select, text

from digest.services.guard import NAME as MARKER

RELEASES = sorted(Path(__file__).parent.glob("*.sql"))
_REVISION = """
import sys
from alembic import command
from digest.store.migrate import _config, _engine

with _engine(sys.argv[1]).begin() as connection:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, sys.argv[2])
"""


@dataclass(frozen=True, slots=True)
class Thawed:
    """What a frozen database tells beside its rows: its revision, and a link that it sent."""

    revision: str
    token: str


async def thaw(release: Path, folder: Path, url: str) -> Thawed:
    """Fill an empty database with a release's, and lay what belongs beside it into ``folder``."""
    return await asyncio.to_thread(_thaw, release, folder, url)


def _thaw(release: Path, folder: Path, url: str) -> Thawed:
    words = release.read_text("utf-8")
    beside = json.loads(words.splitlines()[0].removeprefix("-- "))
    revision = release.stem.rpartition("-")[2]
    is_sqlite = url.startswith("sqlite")
    file = Path(url.partition(":///")[2]) if is_sqlite else folder / "frozen.sqlite3"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(f"BEGIN;\n{words}\nCOMMIT;")
    if not is_sqlite:
        subprocess.run([sys.executable, "-c", _REVISION, url, revision], check=True)
        _carry(file, url)
    (folder / MARKER).write_text(beside["marker"], "utf-8")
    return Thawed(revision, beside["token"])


def _carry(file: Path, url: str) -> None:
    """Copy every row into PostgreSQL's tables of the same revision."""
    source, target = create_engine(f"sqlite:///{file}"), create_engine(url)
    known = MetaData()
    known.reflect(target)
    with source.connect() as held, target.begin() as fresh:
        fresh.execute(text("SET LOCAL session_replication_role = replica"))  # rows in any order
        for table in known.sorted_tables:
            fresh.execute(table.delete())
            rows = [_aware(row._mapping) for row in held.execute(select(table))]
            if rows:
                fresh.execute(insert(table), rows)
            _count_on(fresh, table)
    source.dispose()
    target.dispose()


def _aware(row: Any) -> dict[str, Any]:
    """Give instants their zone, which SQLite does not keep."""
    return {
        name: value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
        for name, value in row.items()
    }


def _count_on(fresh: Any, table: Table) -> None:
    if "id" in table.c and table.c.id.primary_key and table.c.id.type.python_type is int:
        name = fresh.scalar(
            text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": table.name}
        )
        last = fresh.scalar(text(f'SELECT max(id) FROM "{table.name}"'))
        if name and last:
            fresh.execute(text("SELECT setval(:name, :last)"), {"name": name, "last": last})
