"""The database: there, at this program's revision, sound. Nothing is upgraded by looking."""

import asyncio
import sqlite3

from digest.domain.checkups import Checkup, Level, green, red, yellow
from digest.services.doctor.instruments import Round
from digest.store.database import DatabaseBroken, is_away
from digest.store.examining import FileState, examine_file, read_revision
from digest.store.migrate import head_revision, known_revisions

_LOOK_S = 7.0  # of the ten that a checkup has
_UPGRADE = "`digest db upgrade`, after a backup"


async def is_ready(round_: Round) -> bool:
    """Return whether the database can be read by this program."""
    (line,) = await round_.once("database", lambda: _look(round_))
    return line.level is not Level.RED


async def look_at_database(round_: Round) -> list[Checkup]:
    """Tell whether the database is there, at the right revision, and sound."""
    return await round_.once("database", lambda: _look(round_))


async def _look(round_: Round) -> list[Checkup]:
    database = round_.context.database
    head = await asyncio.to_thread(head_revision)
    if database.path is None:
        return [await _look_at_server(round_, head)]
    if not database.path.exists():
        return [_red(f"there is no {database.path}", "`digest db upgrade` creates it")]
    try:
        state = await examine_file(database.path, min(_LOOK_S, round_.instruments.patience_s))
    except sqlite3.Error as error:
        found = f"{database.path} cannot be read: {error}"
        return [_red(found, "restore a backup, if it is not just another user's file")]
    return [await _judge_file(state, head)]


async def _look_at_server(round_: Round, head: str) -> Checkup:
    try:
        revision = await round_.read(read_revision)
    except (DatabaseBroken, OSError) as error:
        told = " ".join(str(getattr(error, "orig", error)).split())[:200]
        remedy = "start the server, or correct database_url"
        return _red(f"the database does not answer: {told}", remedy if is_away(error) else _UPGRADE)
    wrong = await _judge_revision(revision, head)
    return wrong or green("database", f"revision {head}, PostgreSQL answers")


async def _judge_file(state: FileState, head: str) -> Checkup:
    wrong = await _judge_revision(state.revision, head)
    if wrong is not None:
        return wrong
    if state.damage:
        return _red(f"the file is damaged: {state.damage}", "stop digest and restore a backup")
    told = f"revision {head}, journal {state.journal_mode.upper()}"
    if state.journal_mode.lower() != "wal":
        how = "start digest once: it sets WAL, without which readers hold up the sender"
        return yellow("database", told, how)
    return green("database", f"{told}, {'sound' if state.whole else 'too large to look at it all'}")


async def _judge_revision(revision: str | None, head: str) -> Checkup | None:
    if revision == head:
        return None
    if revision is None:
        return _red("the database has no tables", _UPGRADE)
    if revision not in await asyncio.to_thread(known_revisions):
        newer = f"the database is at {revision}, which a newer release made"
        return _red(newer, "install that release, or restore a backup")
    return _red(f"the database is at {revision}, this release at {head}", _UPGRADE)


def _red(found: str, remedy: str) -> Checkup:
    return red("database", found, remedy)
