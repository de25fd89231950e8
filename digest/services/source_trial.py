"""Trying a source: it is asked now, and nothing of its answer is kept."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from digest.domain.papers import Entry
from digest.feeds.sources.polls import Poll
from digest.ports import FetchFailed, FetchFailure, FetchResult, NotModified
from digest.services.context import Context
from digest.services.fetching import ask, parse_body, polls_of, remedy_of
from digest.settings import SourceSettings

MOST_FEEDS = 5  # of one source, whose requests wait for each other
TITLES = 5
PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class TriedFeed:
    """What one address answered. ``newest`` is the latest date told by an entry.

    ``dropped`` counts the items left out by reason, ``noted`` what is odd. ``failure`` says why
    nothing could be read, and ``remedy`` what to do; both are "" where entries, or none, were read.
    """

    feed: str
    url: str
    status: int | None
    content_type: str = ""
    entries: int = 0
    titles: tuple[str, ...] = ()
    newest: datetime | None = None
    dropped: Mapping[str, int] = field(default_factory=dict)
    noted: Mapping[str, int] = field(default_factory=dict)
    failure: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a source answered; ``left_out`` counts its further addresses, which were not asked."""

    source: str
    kind: str
    feeds: tuple[TriedFeed, ...]
    left_out: int = 0

    @property
    def works(self) -> bool:
        """Return whether every address that was asked could be read."""
        return not any(one.failure for one in self.feeds)


async def try_source(
    context: Context, source: SourceSettings, patience_s: float = PATIENCE_S
) -> Trial:
    """Ask a source for all that it lists now, and write nothing down.

    Each address is given ``patience_s``, pauses between requests among it.
    """
    polls = polls_of(source, context.clock.now())
    if source.kind == "huggingface":
        polls = polls[::-1]  # its days, today first
    tried = [await _try(context, source, poll, patience_s) for poll in polls[:MOST_FEEDS]]
    return Trial(source.name, source.kind, tuple(tried), max(len(polls) - MOST_FEEDS, 0))


async def _try(
    context: Context, source: SourceSettings, poll: Poll, patience_s: float
) -> TriedFeed:
    try:
        async with asyncio.timeout(patience_s):
            result: FetchResult = await ask(context, source, poll.url, poll.accept)
    except TimeoutError:
        told = f"no whole answer within {patience_s:g} s"
        result = FetchFailed(poll.url, FetchFailure.TIMEOUT, told)
    if isinstance(result, FetchFailed):
        return TriedFeed(
            poll.key,
            result.url,
            result.status,
            failure=result.reason,
            remedy=remedy_of(result.failure),
        )
    if isinstance(result, NotModified):  # to a question that named no earlier answer
        told = "answers 304 Not Modified where nothing was asked for before"
        return TriedFeed(poll.key, result.url, 304, failure=told, remedy=remedy_of(None))
    asked = Poll(poll.key, result.url, poll.accept)
    now = context.clock.now()
    # a large feed takes seconds, and the mails must not wait for it
    parsed = await asyncio.to_thread(
        parse_body, source, asked, result.body, result.content_type, now
    )
    return TriedFeed(
        feed=poll.key,
        url=result.url,
        status=200,
        content_type=result.content_type,
        entries=len(parsed.entries),
        titles=tuple(entry.title for entry in parsed.entries[:TITLES]),
        newest=max((at for one in parsed.entries if (at := _date(one))), default=None),
        dropped=dict(parsed.dropped),
        noted=dict(parsed.noted),
        failure=parsed.error or "",
        remedy="see whether the address leads to a feed, and not to a page" if parsed.error else "",
    )


def _date(entry: Entry) -> datetime | None:
    return entry.listed_at or entry.published_at
