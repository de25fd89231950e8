"""Adding, removing, pausing and resuming sources while the program runs; each is in the audit log.

The next collect run of any process goes by it.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from digest.services import audit
from digest.services.context import Context
from digest.services.sources import Origin, SourceInUse, read_sources
from digest.settings import SourceSettings
from digest.settings.added import read_source, table_of
from digest.store import feeds, operator_sources
from digest.store.operator_sources import OperatorSource

MOST_ADDED = 500


class SourceError(Exception):
    """A source that cannot be added, changed or found, with what to do."""


async def add_source(context: Context, actor: str, table: Mapping[str, Any]) -> SourceSettings:
    """Add a source of its table, as under ``[[sources]]``; raise SourceError for one that is wrong.

    A name counts once, in whatever case. What was remembered of an earlier source of the name is
    forgotten.
    """
    try:
        source = read_source(table)
    except ValueError as error:
        raise SourceError(str(error)) from error
    now = context.clock.now()
    kept = table_of(source)
    async with context.database.write() as connection:
        known = await read_sources(context, connection)
        same = next((one for one in known if _same(one.name, source.name)), None)
        if same is not None:
            where = "in the settings" if same.origin is Origin.SETTINGS else "added already"
            raise SourceError(f"a source {same.name!r} is {where}; choose another name")
        if sum(one.origin is Origin.ADDED for one in known) >= MOST_ADDED:
            raise SourceError(f"at most {MOST_ADDED} sources are added; remove one first")
        row = OperatorSource(source.name, kept, paused=False, updated_at=now)
        await operator_sources.save_operator_source(connection, row)
        await feeds.forget_source(connection, source.name)
        await audit.note(connection, now, actor, "source.add", f"source/{source.name}", kept)
    return source


async def remove_source(context: Context, actor: str, name: str) -> None:
    """Take out a source that was added; what it listed stays. Raises SourceError for any other."""
    now = context.clock.now()
    async with context.database.write() as connection:
        row = await operator_sources.find_operator_source(connection, name)
        in_settings = name in {source.name for source in context.settings.sources}
        if row is None or row.settings is None:
            if in_settings:
                raise SourceError(
                    f"{name!r} is in the settings: take it out there, or pause it here"
                )
            raise SourceError(_unknown(name))
        if in_settings:  # hidden by the settings' own, whose pause stays
            bare = replace(row, settings=None, updated_at=now)
            await operator_sources.save_operator_source(connection, bare)
        else:
            await operator_sources.delete_operator_source(connection, name)
            await feeds.forget_source(connection, name)
        detail = dict(row.settings)
        await audit.note(connection, now, actor, "source.remove", f"source/{name}", detail)


async def pause_source(context: Context, actor: str, name: str) -> bool:
    """Ask a source no more until it is resumed; return False where it is paused already.

    Raises SourceError for an unknown one.
    """
    return await _set_paused(context, actor, name, paused=True)


async def resume_source(context: Context, actor: str, name: str) -> bool:
    """Ask a paused source again, at the next run; return False where it is not paused.

    Raises SourceError for an unknown one.
    """
    return await _set_paused(context, actor, name, paused=False)


async def _set_paused(context: Context, actor: str, name: str, *, paused: bool) -> bool:
    now = context.clock.now()
    async with context.database.write() as connection:
        one = await _get(context, connection, name)
        if (one.paused_since is not None) is paused:
            return False
        row = await operator_sources.find_operator_source(connection, name)
        held = row or OperatorSource(name, None, paused=False, updated_at=now)
        changed = replace(held, paused=paused, updated_at=now)
        if changed.settings is None and not paused:
            await operator_sources.delete_operator_source(connection, name)
        else:
            await operator_sources.save_operator_source(connection, changed)
        action = "source.pause" if paused else "source.resume"
        await audit.note(connection, now, actor, action, f"source/{name}")
    return True


async def get_source(context: Context, name: str) -> SourceInUse:
    """Return a source in effect by name; raise SourceError where there is none."""
    async with context.database.read() as connection:
        return await _get(context, connection, name)


async def _get(context: Context, connection: AsyncConnection, name: str) -> SourceInUse:
    for one in await read_sources(context, connection):
        if one.name == name:
            return one
    raise SourceError(_unknown(name))


def _unknown(name: str) -> str:
    return f"there is no source {name!r}; `digest sources list` shows those there are"


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
