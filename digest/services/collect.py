"""Collect: ask the sources that are due, and take in what they list.

    due feeds -> fetch -> parse -> ingest -> feed state; then gaps and missing categories of arXiv

Sources run side by side: one that fails or hangs holds up no other.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from digest.domain.papers import Entry
from digest.feeds.parse import Parsed
from digest.feeds.sources import arxiv
from digest.feeds.sources.polls import Poll
from digest.ports import Fetched, FetchFailed
from digest.services.context import Context
from digest.services.fetching import (
    FeedReport,
    after_answer,
    after_failure,
    ask,
    health_of,
    parse_body,
    polls_of,
)
from digest.services.ingest import Ingestor, Sighting
from digest.services.sources import asked, configured, read_sources
from digest.settings import ArxivSource, HuggingFaceSource, SourceSettings
from digest.store import feeds, papers
from digest.store.feeds import FeedState, SourceState

log = structlog.get_logger()
_GAP_AFTER = timedelta(hours=30)  # an announcement feed shows one day: longer away, days are lost
_API_PAGE, _API_MOST = 500, 2000
_ACCEPT_ATOM = "application/atom+xml"


async def collect_due(
    context: Context, ingestor: Ingestor, now: datetime, *, force: bool = False
) -> list[FeedReport]:
    """Ask every enabled source whose feeds are due; return a report a feed."""
    async with context.database.read() as connection:
        states = await feeds.list_feeds(connection)
        in_use = await read_sources(context, connection)
    enabled, kinds = asked(in_use), {one.name: one.kind for one in configured(in_use)}
    runs = [_Run(context, ingestor, source, states, kinds, now, force=force) for source in enabled]
    done = await asyncio.gather(*(run.collect() for run in runs), return_exceptions=True)
    reports: list[FeedReport] = []
    for source, result in zip(enabled, done, strict=True):
        if isinstance(result, BaseException):
            if not isinstance(result, Exception):
                raise result
            log.error("source failed", source=source.name, exc_info=result)
            reports.append(FeedReport(source.name, "", f"failed: {result!r}", failed=True))
        else:
            reports += result
    if any(report.new for report in reports):
        await _join_categories(context, ingestor, enabled, kinds, now)
    return reports


class _Run:
    """One source's turn."""

    def __init__(
        self,
        context: Context,
        ingestor: Ingestor,
        source: SourceSettings,
        states: Mapping[tuple[str, str], FeedState],
        kinds: Mapping[str, str],
        now: datetime,
        *,
        force: bool,
    ) -> None:
        self._context = context
        self._ingestor = ingestor
        self._source = source
        self._states = {key: state for (name, key), state in states.items() if name == source.name}
        self._kinds = kinds
        self._now = now
        self._force = force

    async def collect(self) -> list[FeedReport]:
        polls = polls_of(self._source, self._now)
        reports = []
        for poll in polls:
            state = self._states.get(poll.key)
            if state is None:
                state = FeedState(self._source.name, poll.key, poll.url, self._now)
            if state.gone or (state.next_poll_at > self._now and not self._force):
                continue
            try:
                reports.append(await self._poll(poll, state))
            except Exception as error:  # one feed holds up no other, and backs off as others do
                reason = f"failed here: {type(error).__name__}: {error}"
                log.exception("poll failed", source=self._source.name, feed=poll.key)
                reports.append(await self._failed(state, reason[:500], None))
        if reports:
            await self._save_health([poll.key for poll in polls])
        return reports

    async def _poll(self, poll: Poll, state: FeedState) -> FeedReport:
        # a configured address that changed starts afresh; one moved for good is kept
        if state.first_ok_at is None:
            state = replace(state, url=poll.url)
        result = await ask(self._context, self._source, state.url, poll.accept, state)
        if isinstance(result, FetchFailed):
            return await self._failed(state, result.reason, result)
        parsed = Parsed()
        if isinstance(result, Fetched):
            fetched = replace(poll, url=result.url)
            parsed = parse_body(self._source, fetched, result.body, result.content_type, self._now)
        if parsed.error is not None:
            return await self._failed(state, parsed.error, None)
        entries, whole = list(parsed.entries), True
        if isinstance(self._source, ArxivSource):
            missed, whole = await self._fill_gap(self._source, state)
            entries += missed
        window = timedelta(days=self._context.settings.digest.window_days)
        first = state.first_ok_at is None and not isinstance(self._source, HuggingFaceSource)
        counts = await self._ingestor.ingest(
            entries,
            sighting_at(
                self._context,
                self._now,
                archive=self._now - window if first else None,
                kinds=self._kinds,
            ),
        )
        after = after_answer(
            state,
            self._source,
            result,
            counts["listed"],
            parsed.dropped,
            self._now,
            self._context.rng.random(),
        )
        # an unfilled gap stays one until the next poll
        await self._save(after if whole else replace(after, last_ok_at=state.last_ok_at))
        words = "read" if isinstance(result, Fetched) else "not modified"
        return FeedReport(
            self._source.name,
            state.key,
            words,
            counts["new"],
            counts["known"] + counts["merged"],
            counts["archived"],
            dict(parsed.dropped),
        )

    async def _failed(
        self, state: FeedState, reason: str, failed: FetchFailed | None
    ) -> FeedReport:
        jitter = self._context.rng.random()
        await self._save(after_failure(state, self._source, reason, failed, self._now, jitter))
        log.warning("feed failed", source=self._source.name, feed=state.key, reason=reason)
        return FeedReport(self._source.name, state.key, reason, failed=True)

    async def _save(self, state: FeedState) -> None:
        self._states[state.key] = state
        async with self._context.database.write() as connection:
            await feeds.save_feed(connection, state)

    async def _save_health(self, keys: Sequence[str]) -> None:
        whole = isinstance(self._source, HuggingFaceSource)
        states = list(self._states.values())
        health, reason = health_of(states, keys, whole=whole, now=self._now)
        async with self._context.database.write() as connection:
            await feeds.save_source(
                connection, SourceState(self._source.name, health.value, reason, self._now)
            )
            await feeds.forget_feeds(connection, self._now - timedelta(days=31))

    async def _fill_gap(self, source: ArxivSource, state: FeedState) -> tuple[list[Entry], bool]:
        """Return what was submitted to a category while nobody asked, and whether that is all."""
        if state.last_ok_at is None or self._now - state.last_ok_at <= _GAP_AFTER:
            return [], True
        first = state.last_ok_at.date() - timedelta(days=1)
        last = self._now.date()
        found: list[Entry] = []
        for start in range(0, _API_MOST, _API_PAGE):
            url = arxiv.category_url(source.api_base_url, state.key, first, last, start, _API_PAGE)
            result = await ask(self._context, source, url, _ACCEPT_ATOM)
            if not isinstance(result, Fetched):
                log.warning("gap not filled", source=source.name, category=state.key)
                return found, False
            page = arxiv.parse_api(result.body, source.name, self._now)
            if page.parsed.error is not None:
                why = page.parsed.error
                log.warning("gap not filled", source=source.name, category=state.key, why=why)
                return found, False
            found += page.parsed.entries
            if not page.parsed.entries or (page.total or 0) <= start + _API_PAGE:
                break
        log.info("gap filled", source=source.name, category=state.key, entries=len(found))
        return found, True


def sighting_at(
    context: Context,
    now: datetime,
    *,
    news: bool = True,
    archive: datetime | None = None,
    kinds: Mapping[str, str] | None = None,
) -> Sighting:
    """Return how entries of this installation are to be taken in.

    ``kinds`` are those of the sources in effect, of the settings alone where they are not told.
    """
    told = kinds if kinds is not None else {one.name: one.kind for one in context.settings.sources}
    return Sighting(
        now=now,
        window=timedelta(days=context.settings.digest.window_days),
        kinds=told,
        news=news,
        archive_before=archive,
    )


async def _join_categories(
    context: Context,
    ingestor: Ingestor,
    enabled: Sequence[SourceSettings],
    kinds: Mapping[str, str],
    now: datetime,
) -> None:
    """Ask arXiv for the categories of papers that only lists without them have named."""
    sources = [source for source in enabled if isinstance(source, ArxivSource)]
    if not sources:
        return
    async with context.database.read() as connection:
        missing = await papers.list_without_categories(connection, now)
    wanted = [arxiv_id for arxiv_id in missing if context.may_ask_again(arxiv_id, now)]
    for batch in arxiv.id_batches(wanted):
        url = arxiv.id_list_url(sources[0].api_base_url, batch)
        result = await ask(context, sources[0], url, _ACCEPT_ATOM)
        context.asked_at.update(dict.fromkeys(batch, now))
        if isinstance(result, Fetched):
            page = arxiv.parse_api(result.body, sources[0].name, now)
            sighting = sighting_at(context, now, news=False, kinds=kinds)
            await ingestor.ingest(page.parsed.entries, sighting)
        else:
            log.warning("categories not joined", source=sources[0].name, ids=len(batch))
            return
