"""Asking a source: politely, with what was remembered, and keeping what the answer taught."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from digest.feeds.health import FeedHistory, Health, assess, next_poll_at
from digest.feeds.parse import Parsed
from digest.feeds.sources import arxiv, feed, huggingface
from digest.feeds.sources.polls import Poll
from digest.ports import FetchFailed, FetchFailure, FetchRequest, FetchResult, NotModified
from digest.services.context import Context
from digest.settings import ArxivSource, HuggingFaceSource, SourceSettings
from digest.store.feeds import FeedState

_KEPT_DAYS = 30
_REMEDIES = {
    FetchFailure.ADDRESS_REFUSED: "a private address needs allow_private = true of its source",
    FetchFailure.DNS: "correct its address, or see whether this machine resolves names",
    FetchFailure.TLS: "see whether a proxy stands in between, and this machine's certificates",
    FetchFailure.GONE: "the source has ended: give its new address, or set enabled = false",
    FetchFailure.THROTTLED: "ask it less often: raise its poll_minutes",
}
_OTHERWISE = (
    "correct its address under [[sources]], or remove and add it anew where it was added; or wait: "
    "the source itself may be down"
)


@dataclass(frozen=True, slots=True)
class FeedReport:
    """What one poll came to, for the command line and the log."""

    source: str
    feed: str
    result: str
    new: int = 0
    known: int = 0
    archived: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)
    failed: bool = False


def polls_of(source: SourceSettings, now: datetime) -> tuple[Poll, ...]:
    """Return what a source is to be asked for now."""
    if isinstance(source, HuggingFaceSource):
        return huggingface.polls(source.base_url, now)
    if isinstance(source, ArxivSource):
        return arxiv.polls(source.rss_base_url, source.categories)
    return feed.polls(source.url)


def parse_body(
    source: SourceSettings, poll: Poll, body: bytes, content_type: str, now: datetime
) -> Parsed:
    """Return the entries of a body as its kind of source writes them."""
    if isinstance(source, HuggingFaceSource):
        return huggingface.parse(body, source.name, poll, now)
    if isinstance(source, ArxivSource):
        return arxiv.parse_announcements(body, source.name, poll, now)
    return feed.parse(body, source.name, poll.url, content_type, now)


async def ask(
    context: Context, source: SourceSettings, url: str, accept: str, state: FeedState | None = None
) -> FetchResult:
    """Fetch one address, no sooner after the last request to its source than it wants."""
    last = context.last_request_at.get(source.name)
    if last is not None:
        passed = (context.clock.now() - last).total_seconds()
        if 0 <= passed < source.request_interval_s:
            await context.clock.sleep(source.request_interval_s - passed)
    context.last_request_at[source.name] = context.clock.now()
    return await context.fetcher.fetch(
        FetchRequest(
            url=url,
            etag=state.etag if state else None,
            last_modified=state.last_modified if state else None,
            accept=accept,
            allow_private=source.allow_private,
        )
    )


def after_answer(
    state: FeedState,
    source: SourceSettings,
    result: FetchResult,
    listed: int,
    dropped: Mapping[str, int],
    now: datetime,
    jitter: float,
) -> FeedState:
    """Return a feed's state after a readable answer; ``listed`` counts its new entries."""
    assert not isinstance(result, FetchFailed)
    today = now.date()
    first = today - timedelta(days=_KEPT_DAYS)
    days = {day: n for day, n in state.days.items() if day >= first.isoformat()}
    days[today.isoformat()] = days.get(today.isoformat(), 0) + listed
    known = replace(
        state,
        failures=0,
        last_failure=None,
        failing_since=None,
        first_ok_at=state.first_ok_at or now,
        last_ok_at=now,
        last_entry_at=now if listed else state.last_entry_at,
        days=days,
        next_poll_at=next_poll_at(
            now, source.poll_minutes, fresh_for_s=result.fresh_for_s, jitter=jitter
        ),
    )
    if isinstance(result, NotModified):
        return known
    return replace(
        known,
        url=result.permanent_url or state.url,
        etag=result.etag,
        last_modified=result.last_modified,
        last_dropped=dict(dropped),
    )


def after_failure(
    state: FeedState,
    source: SourceSettings,
    reason: str,
    failed: FetchFailed | None,
    now: datetime,
    jitter: float,
) -> FeedState:
    """Return a feed's state after a failure; a 410 (gone) switches it off for good."""
    failures = state.failures + 1
    wish = failed.retry_after_s if failed else None
    return replace(
        state,
        failures=failures,
        last_failure=reason,
        failing_since=state.failing_since or now,
        gone=bool(failed and failed.failure is FetchFailure.GONE),
        next_poll_at=next_poll_at(
            now, source.poll_minutes, failures, retry_after_s=wish, jitter=jitter
        ),
    )


def remedy_of(failure: FetchFailure | None) -> str:
    """Return what an operator can do about a failure."""
    return _REMEDIES.get(failure, _OTHERWISE) if failure else _OTHERWISE


def health_of(
    states: Sequence[FeedState], current: Sequence[str], *, whole: bool, now: datetime
) -> tuple[Health, str]:
    """Return a source's state from its feeds': the worst of them, or of them ``whole``.

    A source whose feeds are the days of one listing is judged as a whole; ``current`` are the
    keys that are still asked for.
    """
    asked = [state for state in states if state.key in current]
    if not asked:
        return Health.QUIET, "not asked yet"
    if any(state.gone for state in asked):
        return Health.BROKEN, "the feed is gone (410) and is not asked any more"
    if whole:
        return assess(_history(states, asked), now)
    judged = [(assess(_history([state], [state]), now), state.key) for state in asked]
    order = [Health.FRESH, Health.QUIET, Health.STALE, Health.BROKEN]
    (worst, reason), key = max(judged, key=lambda item: order.index(item[0][0]))
    return worst, reason if len(asked) == 1 else f"{key}: {reason}"


def _history(states: Sequence[FeedState], asked: Sequence[FeedState]) -> FeedHistory:
    counts: dict[str, int] = {}
    for state in states:
        for day, count in state.days.items():
            counts[day] = counts.get(day, 0) + count
    newest = max(asked, key=lambda state: state.key)
    entries = [state.last_entry_at for state in states if state.last_entry_at]
    answers = [state.last_ok_at for state in states if state.last_ok_at]
    return FeedHistory(
        last_ok_at=max(answers, default=None),
        last_entry_at=max(entries, default=None),
        failures=min(state.failures for state in asked) or newest.failures,
        last_failure=newest.last_failure,
        since=newest.failing_since,
        weekday_counts={datetime.fromisoformat(day).date(): n for day, n in counts.items()},
    )
