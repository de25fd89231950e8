"""Sources: each is asked now, and judged by what came of it lately."""

import asyncio
from datetime import timedelta

from digest.domain.checkups import Checkup, green, judge_source, red, skipped, yellow
from digest.ports import FetchFailed, FetchFailure, FetchResult
from digest.services.doctor.databases import is_ready
from digest.services.doctor.instruments import Round
from digest.services.fetching import fetch_of, polls_of
from digest.settings import SourceSettings
from digest.store import feeds
from digest.store.feeds import FeedState, SourceState

_REMEDIES = {
    FetchFailure.ADDRESS_REFUSED: "a private address needs allow_private = true of its source",
    FetchFailure.DNS: "correct its address, or see whether this machine resolves names",
    FetchFailure.TLS: "see whether a proxy stands in between, and this machine's certificates",
    FetchFailure.GONE: "the source has ended: give its new address, or set enabled = false",
    FetchFailure.THROTTLED: "ask it less often: raise its poll_minutes",
}
_OTHERWISE = "correct its address under [[sources]], or wait: the source itself may be down"


async def look_at_source(source: SourceSettings, round_: Round) -> list[Checkup]:
    """Tell whether a source answers now, and whether something new came of late."""
    name = f"source/{source.name}"
    if not source.enabled:
        return [skipped(name, "it is turned off")]
    result = await _ask(source, round_)
    if isinstance(result, FetchFailed):
        remedy = _REMEDIES.get(result.failure, _OTHERWISE)
        if result.status in (401, 403) and result.detail:
            remedy = f"renew the token of {source.name} under [[sources]], or take it away"
        if result.failure is FetchFailure.THROTTLED:
            return [yellow(name, result.reason, remedy)]
        return [red(name, result.reason, remedy)]
    held = (await _states(round_)).get(source.name)
    if held is None:
        return [green(name, "answers; nothing was collected yet")]
    return [judge_source(name, held.state, held.reason)]


async def ask_all(round_: Round) -> None:
    """Ask every source that is turned on, so that the clocks of their servers are known."""
    enabled = [source for source in round_.context.settings.sources if source.enabled]
    await asyncio.gather(*(_ask(source, round_) for source in enabled))


async def _ask(source: SourceSettings, round_: Round) -> FetchResult:
    return await round_.once(f"source {source.name}", lambda: _fetch(source, round_))


async def _fetch(source: SourceSettings, round_: Round) -> FetchResult:
    """Ask for the first of a source's addresses, and for nothing that is known already."""
    context = round_.context
    poll = polls_of(source, context.clock.now())[0]
    held = (await _feeds(round_)).get((source.name, poll.key))
    try:
        async with asyncio.timeout(round_.instruments.patience_s * 0.8):
            result = await fetch_of(context.fetcher, source, poll.url, poll.accept, held)
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
