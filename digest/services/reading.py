"""Reading papers on the web, of any age: one paper, the papers of a day, those that were found."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from digest.domain.catalogue import CatalogueTopic
from digest.domain.matching import build_index
from digest.domain.papers import Paper
from digest.domain.pool import Candidate, document_of
from digest.domain.search_order import in_order
from digest.domain.search_words import Search
from digest.domain.trend import trend_at
from digest.domain.trend_course import best_since, course_of
from digest.services.context import Context
from digest.store import listings, papers, search

Scale = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class DayListing:
    """The papers first listed on a UTC date, best first, each with the best trend since.

    ``earlier`` and ``later`` are the nearest dates with papers, or None.
    """

    best: tuple[tuple[int, float], ...]
    earlier: date | None
    later: date | None


@dataclass(frozen=True, slots=True)
class WholePaper:
    """A paper with all that was observed of it, and what was merged into it."""

    candidate: Candidate
    aliases: tuple[Paper, ...]
    also: tuple[str, ...]  # entries of other sources that were taken for it


async def load_candidates(
    context: Context, ids: Sequence[int], now: datetime, scale: Scale
) -> list[Candidate]:
    """Return papers in the given order, with their trends now; unknown ids are left out."""
    async with context.database.read() as connection:
        found = await papers.get_papers(connection, ids)
        mentions = await listings.list_mentions_of_each(connection, ids)
        signals = await listings.list_signals_of_each(connection, ids, now)
    made = []
    for paper_id in ids:
        if paper_id in found:
            listed = tuple(sorted(mentions[paper_id], key=lambda m: (m.listed_at, m.source)))
            readings = tuple(signals[paper_id])
            trend = trend_at(now, listed, readings, scale)
            made.append(Candidate(found[paper_id], listed, readings, trend))
    return made


async def list_day(context: Context, day: date, now: datetime, scale: Scale) -> DayListing:
    """Return the papers of a date in order of the best trend they had since its first hour."""
    start = datetime.combine(day, datetime.min.time(), UTC)
    end = start + timedelta(days=1)
    async with context.database.read() as connection:
        ids = await listings.list_first_listed(connection, start, end)
        mentions = await listings.list_mentions_of_each(connection, ids)
        signals = await listings.list_signals_of_each(connection, ids, now)
        before = await listings.find_listing_before(connection, start)
        after = await listings.find_listing_after(connection, end, now)

    def ranked() -> list[tuple[int, float]]:
        scored = []
        for paper_id in ids:
            listed = mentions[paper_id]
            course = course_of(listed, signals[paper_id], scale)
            newest = max(mention.listed_at for mention in listed).timestamp()
            best = best_since(course, start, now)
            scored.append(((-round(best), -newest, paper_id), (paper_id, best)))
        return [item for _, item in sorted(scored)]

    best = await asyncio.to_thread(ranked)
    return DayListing(tuple(best), _date(before), _date(after))


def _date(instant: datetime | None) -> date | None:
    return None if instant is None else instant.astimezone(UTC).date()


def with_best_trend(candidate: Candidate, score: float) -> Candidate:
    """Return a candidate whose trend is the best it had, its parts those of now."""
    return replace(candidate, trend=replace(candidate.trend, score=score))


async def search_papers(context: Context, wanted: Search, now: datetime) -> tuple[int, ...]:
    """Return the ids of the papers that a search finds, best first."""
    async with context.database.read() as connection:
        hits = await search.find_papers(connection, wanted)
    return in_order(hits, now)


async def find_survivor(context: Context, paper_id: int) -> int | None:
    """Return the id that a paper's id stands for now, or None where there never was one."""
    async with context.database.read() as connection:
        return await papers.find_survivor(connection, paper_id)


async def find_address(context: Context, paper_id: int, part: str) -> str | None:
    """Return where a surviving paper's "paper", "pdf" or "code" is; None where nowhere."""
    async with context.database.read() as connection:
        found = (await papers.get_papers(connection, [paper_id])).get(paper_id)
    if found is None:
        return None
    return {"paper": found.url, "pdf": found.pdf_url, "code": found.code_url}[part]


async def read_paper(
    context: Context, paper_id: int, now: datetime, scale: Scale
) -> WholePaper | None:
    """Return a surviving paper with all that is known of it."""
    candidates = await load_candidates(context, [paper_id], now, scale)
    if not candidates:
        return None
    async with context.database.read() as connection:
        aliases = await listings.list_aliases_of(connection, paper_id)
        merges = await papers.list_merges(connection, paper_id)
    entries = [str(row["other"]) for row in merges]
    also = tuple(dict.fromkeys(e for e in entries if not e.startswith("paper ")))
    return WholePaper(candidates[0], tuple(aliases), also)


def topics_matching(
    candidate: Candidate, catalogue: Mapping[str, CatalogueTopic]
) -> list[CatalogueTopic]:
    """Return the ready topics that a paper matches, in the order of the catalogue."""
    index = build_index([document_of(candidate)])
    return [topic for topic in catalogue.values() if index.match(topic.parsed)]
