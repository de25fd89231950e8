"""Freezing: an invented installation that lives for an hour, written down as a text."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from digest import __version__
from digest.domain.votes import Verdict as Said
from digest.ports import Outcome, Verdict
from digest.services.erasure import erase
from digest.services.feedback import record_vote
from digest.services.guard import NAME as MARKER
from digest.services.subscriptions import pause, unsubscribe
from digest.store.migrate import head_revision
from tests.services.sign_ups import ask, put
from tests.world import ACCEPTED, MONDAY, World, hours, open_world

OLD = ("Routing of sparse experts", "Owned routing tables")
SEARCH = "paper_text"  # its tables beside it are SQLite's own: they are built anew


async def live(world: World) -> None:
    """Let people of every state be there, a mail be put off, and one be rewarded with a vote."""
    for name in ("ada", "ben", "cleo", "dan", "finn"):
        await world.add_reader(f"{name}@example.org", "routing", hour=8)
    await world.list_papers(*OLD)
    world.relay.answers = [ACCEPTED, Outcome(Verdict.DEFERRED, 451, "451 4.7.1 later")]
    await world.at(MONDAY + hours(8))
    await record_vote(world.app.context, 1, 1, Said.MORE, delivery_id=1)
    await pause(world.app.context, 3, date(2026, 5, 20))
    await unsubscribe(world.app.context, 4)
    await erase(world.app.context, 5)
    await put(world, "bounced", "gus@example.org")
    await put(world, "complained", "hal@example.org")
    await ask(world, "eve@example.org", "routing")


async def freeze(folder: Path) -> Path:
    """Write the text of the present program's database; return its file."""
    with TemporaryDirectory(prefix="digest-frozen-") as name:
        data = Path(name)
        file = data / "digest.sqlite3"
        digest = {"first_at_once": False}
        async with open_world(data, f"sqlite+aiosqlite:///{file}", digest=digest) as world:
            await live(world)
            token = re.findall(r"/unsubscribe/([\w-]+)", world.html_to("ada@example.org")[0])[0]
        beside = {"token": token, "marker": (data / MARKER).read_text("utf-8")}
        with closing(sqlite3.connect(file)) as connection:
            lines = list(_dump(connection))
    target = folder / f"{__version__}-{head_revision()}.sql"
    head = [f"-- {json.dumps(beside)}", f"-- paper-digest {__version__}, {head_revision()}"]
    target.write_text("\n".join([*head, *lines, ""]), "utf-8")
    return target


def _dump(connection: sqlite3.Connection) -> Iterator[str]:
    made = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL "
        "AND name NOT LIKE 'sqlite_%' ORDER BY type != 'table', rowid"
    ).fetchall()
    tables = [(name, sql) for kind, name, sql in made if kind == "table" and not _is_built(name)]
    for _, sql in tables:
        yield f"{sql};"
    for name, _ in tables:
        if name != SEARCH:
            yield from _rows(connection, name)
    yield f"INSERT INTO {SEARCH}({SEARCH}) VALUES ('rebuild');"
    for kind, _, sql in made:
        if kind != "table":
            yield f"{sql};"


def _is_built(name: str) -> bool:
    return name.startswith(f"{SEARCH}_")


def _rows(connection: sqlite3.Connection, table: str) -> Iterator[str]:
    names = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
    quoted = " || ', ' || ".join(f'quote("{name}")' for name in names)
    columns = ", ".join(f'"{name}"' for name in names)
    for (values,) in connection.execute(f'SELECT {quoted} FROM "{table}" ORDER BY rowid'):
        # a line of the text is a statement or a part of one: line ends within values stay
        yield f'INSERT INTO "{table}" ({columns}) VALUES ({values});'
