"""The sources in effect: those of the settings, and those that an operator added to the database.

They are read anew at each use, so that web and scheduler, often of different processes, agree.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncConnection

from digest.services.context import Context
from digest.settings import Settings, SourceSettings
from digest.settings.added import read_source
from digest.store import feeds, operator_sources
from digest.store.feeds import FeedState, SourceState
from digest.store.operator_sources import OperatorSource

PAUSED, OFF, UNASKED, BROKEN = "paused", "off", "not asked yet", "broken"


class Origin(StrEnum):
    """Where a source stands."""

    SETTINGS = "settings"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class SourceInUse:
    """A source in effect. ``settings`` is None where what was added cannot be read any more.

    ``trouble`` then says why.
    """

    name: str
    origin: Origin
    settings: SourceSettings | None
    paused_since: datetime | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source as a list shows it.

    ``state`` is fresh, quiet, stale, broken, paused, off or "not asked yet", ``since`` its begin.
    """

    name: str
    origin: Origin
    kind: str
    asks: str
    state: str
    reason: str
    since: datetime | None
    last_ok_at: datetime | None
    last_entry_at: datetime | None
    next_poll_at: datetime | None


async def read_sources(context: Context, connection: AsyncConnection) -> list[SourceInUse]:
    """Return the sources in effect: those of the settings in their order, then the added ones."""
    rows = await operator_sources.list_operator_sources(connection)
    return sources_in_use(context.settings, rows)


async def list_sources_in_use(context: Context) -> list[SourceInUse]:
    """Return the sources in effect, read in a transaction of its own."""
    async with context.database.read() as connection:
        return await read_sources(context, connection)


def sources_in_use(settings: Settings, rows: Sequence[OperatorSource]) -> list[SourceInUse]:
    """Return the sources in effect. A name in the settings wins; a pause holds for either."""
    paused = {row.name: row.updated_at for row in rows if row.paused}
    found = [
        SourceInUse(source.name, Origin.SETTINGS, source, paused.get(source.name))
        for source in settings.sources
    ]
    taken = {source.name for source in settings.sources}
    found += [
        replace(_added(row), paused_since=paused.get(row.name))
        for row in rows
        if row.settings is not None and row.name not in taken
    ]
    return found


def _added(row: OperatorSource) -> SourceInUse:
    try:
        # a database may be anybody's work: it is held to what may be added, each time
        source = read_source({**(row.settings or {}), "name": row.name})
    except ValueError as error:
        return SourceInUse(row.name, Origin.ADDED, None, trouble=str(error))
    return SourceInUse(row.name, Origin.ADDED, source)


def configured(sources: Iterable[SourceInUse]) -> tuple[SourceSettings, ...]:
    """Return the settings of all sources in effect, whether they are asked or not."""
    return tuple(one.settings for one in sources if one.settings is not None)


def asked(sources: Iterable[SourceInUse]) -> tuple[SourceSettings, ...]:
    """Return the settings of the sources that are to be asked: turned on, and not paused."""
    kept = [one for one in sources if one.paused_since is None]
    return tuple(source for source in configured(kept) if source.enabled)


async def read_states(context: Context, connection: AsyncConnection) -> list[SourceState]:
    """Return the state of each source in effect that was looked at, paused or off ones as such."""
    states = await feeds.list_sources(connection)
    found = []
    for one in await read_sources(context, connection):
        held = states.get(one.name)
        told = _state(one, held)
        if held is not None or told.state != UNASKED:
            since = told.since if told.since is not None else context.clock.now()
            found.append(SourceState(one.name, told.state, told.reason, since))
    return found


async def list_source_lines(context: Context) -> list[SourceLine]:
    """Return every source in effect with how it does."""
    async with context.database.read() as connection:
        states = await feeds.list_sources(connection)
        polled = list((await feeds.list_feeds(connection)).values())
        sources = await read_sources(context, connection)
    return [
        _line(one, states.get(one.name), [feed for feed in polled if feed.source == one.name])
        for one in sources
    ]


def _line(one: SourceInUse, held: SourceState | None, polled: Sequence[FeedState]) -> SourceLine:
    told = _state(one, held)
    waits = [feed.next_poll_at for feed in polled if not feed.gone]
    is_asked = bool(asked([one]))
    return SourceLine(
        name=one.name,
        origin=one.origin,
        kind=one.settings.kind if one.settings else "",
        asks=asks_of(one.settings) if one.settings else "",
        state=told.state,
        reason=told.reason,
        since=told.since,
        last_ok_at=max((f.last_ok_at for f in polled if f.last_ok_at), default=None),
        last_entry_at=max((f.last_entry_at for f in polled if f.last_entry_at), default=None),
        next_poll_at=min(waits, default=None) if is_asked else None,
    )


def asks_of(source: SourceSettings) -> str:
    """Return what a source is asked for, in few words: its address, or its categories."""
    match source.kind:
        case "feed":
            return source.url
        case "arxiv":
            return " ".join(source.categories)
        case _:
            return source.base_url


@dataclass(frozen=True, slots=True)
class _Told:
    state: str
    reason: str
    since: datetime | None


def _state(one: SourceInUse, held: SourceState | None) -> _Told:
    if one.settings is None:
        reason = f"it cannot be used: {one.trouble}; remove it and add it anew"
        return _Told(BROKEN, reason, held.since if held else None)
    if one.paused_since is not None:
        return _Told(PAUSED, "paused by the operator", one.paused_since)
    if not one.settings.enabled:
        return _Told(OFF, "turned off in the settings", held.since if held else None)
    if held is None:
        return _Told(UNASKED, "", None)
    return _Told(held.state, held.reason, held.since)
