"""Topics: the catalogue in force, edited by the operator."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.catalogue import read_catalogue
from digest.domain.catalogue import CatalogueTopic, Origin, TopicError, checked_topic
from digest.domain.query import Query, parse_query
from digest.domain.subscribers import TopicItem
from digest.services.audit import note
from digest.services.context import Context
from digest.store import topics
from digest.store.topics import StoredTopic

log = structlog.get_logger()
_SETS_AT_ONCE = 50  # topic sets whose readers move in one transaction


class UnknownTopicError(TopicError):
    """No topic of that slug is in force."""


class TopicConflictError(TopicError):
    """Another topic, or another change of this one, is in the way."""


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
    context: Context,
    slug: str,
    name: str,
    group: str,
    description: str,
    query: str,
    *,
    actor: str,
    version: int | None = None,
) -> StoredTopic:
    """Put an operator's topic in force, new or in place of another version; move its readers.

    ``version`` is the one that was edited, 0 for a new topic; None overwrites whatever is there.
    Raises TopicError for what cannot be a topic, TopicConflictError where somebody else changed it
    meanwhile, and QuerySyntaxError for a bad query.
    """
    item = checked_topic(slug, name, group, description, query)
    async with _changing(context, slug) as (connection, held):
        before = held.get(slug)
        _check_name(item, held.values())
        if before and before.current and before.origin is Origin.OPERATOR and before.says(item):
            return before
        _check_version(slug, before, version)
        saved = await topics.add_version(connection, item, _next(before), Origin.OPERATOR)
        detail = {"version": saved.version, **_differences(before, item)}
        await _note(context, connection, actor, "topic.save", slug, detail)
    moved = await _move_readers(context)
    log.info("topic saved", topic=slug, version=saved.version, readers=moved)
    return saved


async def retire_topic(
    context: Context, slug: str, *, actor: str, version: int | None = None
) -> StoredTopic:
    """Take a topic out of use, a shipped one for good; readers keep its query as their own.

    Raises UnknownTopicError where no topic of that slug is in force, and TopicConflictError.
    """
    async with _changing(context, slug) as (connection, held):
        before = held.get(slug)
        if before is None or not before.current:
            raise UnknownTopicError("There is no topic {slug}.", slug=repr(slug))
        _check_version(slug, before, version)
        retired = await topics.add_version(
            connection, topic_of(before), _next(before), Origin.OPERATOR, current=False
        )
        detail = {"version": retired.version}
        await _note(context, connection, actor, "topic.retire", slug, detail)
    log.info("topic retired", topic=slug, version=retired.version)
    return retired


async def restore_topic(context: Context, slug: str, *, actor: str) -> StoredTopic:
    """Bring a retired topic back as it was, from now on the operator's own.

    Raises UnknownTopicError for a slug that no topic ever had, and TopicConflictError where its
    name is taken by now.
    """
    async with _changing(context, slug) as (connection, held):
        before = held.get(slug)
        if before is None:
            raise UnknownTopicError("There is no topic {slug}.", slug=repr(slug))
        if before.current:
            return before
        item = topic_of(before)
        _check_name(item, held.values())
        back = await topics.add_version(connection, item, _next(before), Origin.OPERATOR)
        detail = {"version": back.version}
        await _note(context, connection, actor, "topic.restore", slug, detail)
    moved = await _move_readers(context)
    log.info("topic brought back", topic=slug, version=back.version, readers=moved)
    return back


def _next(before: StoredTopic | None) -> int:
    return before.version + 1 if before else 1


def _differences(before: StoredTopic | None, item: CatalogueTopic) -> dict[str, list[str | None]]:
    """Return what a change changes, by field: as it was, None for a new topic, and as it is."""
    told = {"name": item.name, "group": item.group, "description": item.description}
    told["query"] = item.query
    pairs = {key: [getattr(before, key, None), now] for key, now in told.items()}
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}


def _check_version(slug: str, before: StoredTopic | None, version: int | None) -> None:
    if version is None or version == (before.version if before else 0):
        return
    if version == 0:
        raise TopicConflictError("There is a topic {slug} already; edit that one.", slug=slug)
    raise TopicConflictError(
        "The topic {slug} was changed by somebody else meanwhile; open it again.", slug=slug
    )


async def _note(
    context: Context,
    connection: AsyncConnection,
    actor: str,
    action: str,
    slug: str,
    detail: Mapping[str, Any],
) -> None:
    await note(connection, context.clock.now(), actor, action, f"topic/{slug}", detail)


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
    return [row for row in await list_every(context) if row.current]


async def list_every(context: Context) -> list[StoredTopic]:
    """Return the topics in force and those that were retired, in the order of `list_in_force`."""
    async with context.database.read() as connection:
        held = await topics.list_topics(connection)
    shipped = list(dict.fromkeys(topic.group for topic in read_catalogue()))
    groups = [*shipped, *sorted({row.group for row in held} - set(shipped))]
    place = {group: index for index, group in enumerate(groups)}
    return sorted(held, key=lambda row: place[row.group])


async def count_readers(context: Context) -> dict[str, int]:
    """Return how many readers who get mails follow each ready topic, by slug."""
    async with context.database.read() as connection:
        held = await topics.count_set_readers(connection)
    counts: Counter[str] = Counter()
    for items, readers in held:
        for slug in {item.slug for item in items if item.slug}:
            counts[slug] += readers
    return counts


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
