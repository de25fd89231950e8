"""Topics: the catalogue in force, edited by the operator, and what a query would have matched."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.catalogue import read_catalogue
from digest.domain.catalogue import CatalogueTopic, Origin, TopicError, checked_topic
from digest.domain.matching import iter_bits
from digest.domain.papers import Paper
from digest.domain.pool import Pool, build_pool
from digest.domain.query import Query, parse_query
from digest.domain.subscribers import TopicItem
from digest.domain.trend import scale_from
from digest.services.context import Context
from digest.store import papers, signals, topics
from digest.store.topics import StoredTopic

log = structlog.get_logger()
_SETS_AT_ONCE = 50  # topic sets whose readers move in one transaction


class UnknownTopicError(TopicError):
    """No topic of that slug is in force."""


class TopicConflictError(TopicError):
    """Another topic, or another change of this one, is in the way."""


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
    """Bring the shipped catalogue's edits to their readers; return how many topics changed.

    What an operator wrote or retired is theirs: it is neither overwritten nor revived. A topic
    that the catalogue has lost is taken out of use.
    """
    changed = 0
    async with context.database.write() as connection:
        await topics.lock_topics(connection)
        held = {row.slug: row for row in await topics.list_topics(connection)}
        for item in catalogue:
            before = held.pop(item.slug, None)
            if before is None or not _stands(before, item):
                version = before.version + 1 if before else 1
                await topics.add_version(connection, item, version, Origin.CATALOGUE)
                changed += 1
        for lost in held.values():
            if lost.current and lost.origin is Origin.CATALOGUE:
                await topics.end_topic(connection, lost.slug)
    await _move_readers(context)
    return changed


def _stands(held: StoredTopic, item: CatalogueTopic) -> bool:
    return held.origin is Origin.OPERATOR or (held.current and held.says(item))


async def save_topic(
    context: Context, slug: str, name: str, group: str, description: str, query: str
) -> StoredTopic:
    """Put an operator's topic in force, new or in place of another version; move its readers.

    Raises TopicError for what cannot be a topic, and QuerySyntaxError for a bad query.
    """
    item = checked_topic(slug, name, group, description, query)
    async with _changing(context, slug) as (connection, held):
        before = held.get(slug)
        _check_name(item, held.values())
        if before and before.current and before.origin is Origin.OPERATOR and before.says(item):
            return before
        version = before.version + 1 if before else 1
        saved = await topics.add_version(connection, item, version, Origin.OPERATOR)
    moved = await _move_readers(context)
    log.info("topic saved", topic=slug, version=version, readers=moved)
    return saved


async def retire_topic(context: Context, slug: str) -> StoredTopic:
    """Take a topic out of use, a shipped one for good; readers keep its query as their own.

    Raises UnknownTopicError where no topic of that slug is in force.
    """
    async with _changing(context, slug) as (connection, held):
        before = held.get(slug)
        if before is None or not before.current:
            raise UnknownTopicError("There is no topic {slug}.", slug=repr(slug))
        item = topic_of(before)
        retired = await topics.add_version(
            connection, item, before.version + 1, Origin.OPERATOR, current=False
        )
    log.info("topic retired", topic=slug, version=retired.version)
    return retired


@asynccontextmanager
async def _changing(
    context: Context, slug: str
) -> AsyncIterator[tuple[AsyncConnection, dict[str, StoredTopic]]]:
    """Give a write transaction with the topics by slug; two changes at once are an error."""
    try:
        async with context.database.write() as connection:
            yield connection, {row.slug: row for row in await topics.list_topics(connection)}
    except IntegrityError as error:
        raise TopicConflictError(
            "The topic {slug} is being changed by somebody else; try again.", slug=slug
        ) from error


def _check_name(item: CatalogueTopic, held: Iterable[StoredTopic]) -> None:
    for other in held:
        if other.current and other.slug != item.slug and other.name == item.name:
            raise TopicConflictError(
                "The name {name} is taken by the topic {slug}.", name=item.name, slug=other.slug
            )


async def _move_readers(context: Context) -> int:
    """Bring every reader who holds an older version of a topic to the one in force.

    It goes in short transactions; one that an end of the process cuts off is made up at the next
    start. Returns how many readers moved.
    """
    async with context.database.read() as connection:
        rows = await topics.list_topics(connection)
        sets = await topics.list_held_sets(connection)
    followed = {item.slug for _, items in sets for item in items}
    force = {
        row.slug: TopicItem(row.name, _parsed(row.query).canonical(), row.slug)
        for row in rows
        if row.current and row.slug in followed
    }
    newest = [(i, tuple(force.get(t.slug or "", t) for t in items)) for i, items in sets]
    older = [pair for pair, (_, items) in zip(newest, sets, strict=True) if pair[1] != items]
    moved = 0
    for start in range(0, len(older), _SETS_AT_ONCE):
        async with context.database.write() as connection:
            await topics.lock_topics(connection)
            for set_id, items in older[start : start + _SETS_AT_ONCE]:
                moved += await topics.move_readers(connection, set_id, items)
    return moved


async def list_in_force(context: Context) -> list[StoredTopic]:
    """Return the topics in force, those that ship and the operator's own.

    They stand by group in the order of the shipped catalogue, new groups after them; within a
    group as their slugs first appeared, so that an edit moves none.
    """
    async with context.database.read() as connection:
        held = [row for row in await topics.list_topics(connection) if row.current]
    shipped = list(dict.fromkeys(topic.group for topic in read_catalogue()))
    groups = [*shipped, *sorted({row.group for row in held} - set(shipped))]
    place = {group: index for index, group in enumerate(groups)}
    return sorted(held, key=lambda row: place[row.group])


async def load_catalogue(context: Context) -> dict[str, CatalogueTopic]:
    """Return the ready topics in force by slug, in the order of `list_in_force`."""
    return {row.slug: topic_of(row) for row in await list_in_force(context)}


class Catalogues:
    """Keeps the catalogue of one process; it is read anew whenever a topic was written."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._mark: tuple[int, int] | None = None
        self._held: Mapping[str, CatalogueTopic] = {}

    async def current(self) -> Mapping[str, CatalogueTopic]:
        """Return what `load_catalogue` does, for the price of one look at an index."""
        async with self._context.database.read() as connection:
            mark = await topics.read_mark(connection)
        if mark != self._mark:
            # the mark is the older of the two: what is written in between is read once more
            self._held, self._mark = await load_catalogue(self._context), mark
        return self._held


def topic_of(row: StoredTopic) -> CatalogueTopic:
    """Return a stored topic with its query parsed; each query is parsed once."""
    return CatalogueTopic(
        row.slug, row.name, row.group, row.description, row.query, _parsed(row.query)
    )


@lru_cache(maxsize=4096)
def _parsed(query: str) -> Query:
    return parse_query(query)


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
