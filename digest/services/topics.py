"""Topics: the catalogue carried into the database, and what a query would have matched."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from digest.domain.catalogue import CatalogueTopic
from digest.domain.matching import iter_bits
from digest.domain.papers import Paper
from digest.domain.pool import Pool, build_pool
from digest.domain.query import Query, parse_query, query_hash
from digest.domain.trend import scale_from
from digest.services.context import Context
from digest.store import papers, signals, topics


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


async def sync_catalogue(context: Context, catalogue: Sequence[CatalogueTopic]) -> int:
    """Bring catalogue edits to their readers; return how many topics got a new version."""
    changed: dict[str, str] = {}
    async with context.database.write() as connection:
        current = await topics.list_current(connection)
        for item in catalogue:
            query = parse_query(item.query)
            held = current.get(item.slug)
            if held is None or held[1] != query_hash(query):
                version = held[0] + 1 if held else 1
                await topics.add_version(connection, item, version, query_hash(query))
                changed[item.slug] = query.canonical()
        edited = [slug for slug in changed if slug in current]
        for set_id, items in await topics.list_sets_naming(connection, edited):
            moved = [replace(i, query=changed[i.slug]) if i.slug in changed else i for i in items]
            await topics.move_readers(connection, set_id, moved)
    return len(changed)


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
    return build_pool(now, recent, mentions, readings, {}, scale_from(history), rising)
