"""Sources: each is asked now, and judged by what came of it lately."""

import asyncio
from datetime import timedelta

from digest.domain.checkups import Checkup, green, judge_source, red, skipped, yellow
from digest.ports import FetchFailed, FetchFailure, FetchRequest, FetchResult
from digest.services.context import Context
from digest.services.doctor.databases import is_ready
from digest.services.doctor.instruments import Round
from digest.services.fetching import polls_of, remedy_of
from digest.services.sources import SourceInUse, asked, list_sources_in_use, sources_in_use
from digest.settings import SourceSettings
from digest.store import feeds
from digest.store.database import DatabaseBroken
from digest.store.feeds import FeedState, SourceState

_READ_S = 3.0  # of the database, before any check begins


async def look_at_source(one: SourceInUse, round_: Round) -> list[Checkup]:
    """Tell whether a source answers now, and whether something new came of late."""
    name, source = f"source/{one.name}", one.settings
    if source is None:
        again = "remove it (`digest sources remove`) and add it anew"
        return [red(name, f"what was added cannot be read: {one.trouble}", again)]
    if not source.enabled:
        return [skipped(name, "it is turned off")]
    if one.paused_since is not None:
        how = "`digest sources resume` asks it again"
        return [green(name, f"paused by the operator since {one.paused_since:%Y-%m-%d}; {how}")]
    result = await _ask(source, round_)
    if isinstance(result, FetchFailed):
        remedy = remedy_of(result.failure)
        if result.failure is FetchFailure.THROTTLED:
            return [yellow(name, result.reason, remedy)]
        return [red(name, result.reason, remedy)]
    held = (await _states(round_)).get(source.name)
    if held is None:
        return [green(name, "answers; nothing was collected yet")]
    return [judge_source(name, held.state, held.reason)]


async def sources_of(round_: Round) -> list[SourceInUse]:
    """Return the sources in effect; those of the settings alone where the database is not ready."""
    return await round_.once("sources", lambda: _sources(round_))


async def _sources(round_: Round) -> list[SourceInUse]:
    context = round_.context
    there = context.database.path is None or context.database.path.exists()  # a look makes no file
    try:
        async with asyncio.timeout(min(_READ_S, round_.instruments.patience_s)):
            return await list_sources_in_use(context) if there else _of_settings(context)
    except (DatabaseBroken, OSError, TimeoutError):
        return _of_settings(context)  # what is wrong with it is a line of its own


def _of_settings(context: Context) -> list[SourceInUse]:
    return sources_in_use(context.settings, ())


async def ask_all(round_: Round) -> None:
    """Ask every source that is turned on, so that the clocks of their servers are known."""
    in_use = await sources_of(round_)
    await asyncio.gather(*(_ask(source, round_) for source in asked(in_use)))


async def _ask(source: SourceSettings, round_: Round) -> FetchResult:
    return await round_.once(f"source {source.name}", lambda: _fetch(source, round_))


async def _fetch(source: SourceSettings, round_: Round) -> FetchResult:
    """Ask for the first of a source's addresses, and for nothing that is known already."""
    context = round_.context
    poll = polls_of(source, context.clock.now())[0]
    held = (await _feeds(round_)).get((source.name, poll.key))
    request = FetchRequest(
        url=poll.url,
        etag=held.etag if held else None,
        last_modified=held.last_modified if held else None,
        accept=poll.accept,
        allow_private=source.allow_private,
    )
    try:
        async with asyncio.timeout(round_.instruments.patience_s * 0.8):
            result = await context.fetcher.fetch(request)
    except TimeoutError:
        return FetchFailed(poll.url, FetchFailure.TIMEOUT, "no answer in the time of a checkup")
    if result.answered_at is not None:
        offset: timedelta = result.answered_at - context.clock.now()
        round_.offsets[source.name] = offset
    return result


async def _feeds(round_: Round) -> dict[tuple[str, str], FeedState]:
    return await round_.read(feeds.list_feeds) if await is_ready(round_) else {}


async def _states(round_: Round) -> dict[str, SourceState]:
    return await round_.read(feeds.list_sources) if await is_ready(round_) else {}
