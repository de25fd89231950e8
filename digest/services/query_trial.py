"""Trying a query: what it would have matched among the papers of the last days."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from digest.domain.matching import iter_bits
from digest.domain.papers import Paper
from digest.domain.pool import Pool, build_pool
from digest.domain.query import Query, parse_query
from digest.domain.trend import scale_from
from digest.services.context import Context
from digest.store import papers, signals


@dataclass(frozen=True, slots=True)
class Hit:
    """A paper that a query would have matched, with what matched and its trend now."""

    paper: Paper
    why: tuple[str, ...]
    trend: int


@dataclass(frozen=True, slots=True)
class QueryTest:
    """What a query would have matched: hits best first, counts per day of first sight."""

    canonical: str
    looked_at: int
    hits: tuple[Hit, ...]
    per_day: tuple[tuple[date, int], ...]


async def try_query(context: Context, text: str, days: int) -> QueryTest:
    """Return what a query matches among the papers of the last days; raise QuerySyntaxError."""
    query = parse_query(text)
    now = context.clock.now()
    pool = await _recent_pool(context, now, now - timedelta(days=days))
    hits = tuple(_hit(pool, query, bit) for bit in iter_bits(pool.index.match(query)))
    seen_on = Counter(hit.paper.first_seen_at.date() for hit in hits)
    span = [(now - timedelta(days=back)).date() for back in range(days)]
    per_day = tuple((day, seen_on[day]) for day in reversed(span))
    return QueryTest(query.canonical(), len(pool.candidates), hits, per_day)


def _hit(pool: Pool, query: Query, bit: int) -> Hit:
    candidate = pool.candidates[bit]
    return Hit(candidate.paper, pool.index.hits(query, bit).labels, candidate.trend.rounded)


async def _recent_pool(context: Context, now: datetime, since: datetime) -> Pool:
    async with context.database.read() as connection:
        recent = await papers.list_since(connection, since)
        mentions = await signals.list_mentions(connection, now)
        readings = await signals.list_signals(connection, now)
        history = await signals.list_history(connection, now - timedelta(days=30))
    rising = context.settings.digest.rising_trend
    scale = scale_from(history)
    return await asyncio.to_thread(build_pool, now, recent, mentions, readings, {}, scale, rising)
