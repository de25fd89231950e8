"""The ready topics by version, and the topic sets that name them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.catalogue import CatalogueTopic, Origin
from digest.domain.query import query_hash
from digest.domain.subscribers import SubscriberState, TopicItem, topic_items
from digest.store.schema import subscriber, topic, topic_set
from digest.store.seen_sets import intern_topics

_LOCK = 0x74_6F_70_69_63  # "topic": PostgreSQL's advisory locks are numbers


@dataclass(frozen=True, slots=True)
class StoredTopic:
    """The newest version of a ready topic; one that is not ``current`` was taken out of use."""

    slug: str
    name: str
    group: str
    description: str
    query: str
    version: int
    origin: Origin
    current: bool

    def says(self, item: CatalogueTopic) -> bool:
        """Tell whether a version of ``item`` would say what this one says."""
        held = (self.slug, self.name, self.group, self.description, self.query)
        return held == (item.slug, item.name, item.group, item.description, item.query)


async def lock_topics(connection: AsyncConnection) -> None:
    """Let one process at a time change the ready topics and whom they are for, until the end.

    Two that start at once would both find a topic missing. SQLite has one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


async def list_topics(connection: AsyncConnection) -> list[StoredTopic]:
    """Return the newest version of every topic, retired ones too, as the slugs first appeared."""
    newest = (
        select(
            topic.c.slug,
            func.max(topic.c.version).label("version"),
            func.min(topic.c.id).label("first"),
        )
        .group_by(topic.c.slug)
        .subquery()
    )
    rows = await connection.execute(
        select(topic)
        .join(newest, (newest.c.slug == topic.c.slug) & (newest.c.version == topic.c.version))
        .order_by(newest.c.first)
    )
    return [
        StoredTopic(
            slug=row.slug,
            name=row.name,
            group=row.topic_group,
            description=row.description,
            query=row.query,
            version=row.version,
            origin=Origin(row.origin),
            current=row.current,
        )
        for row in rows
    ]


async def read_mark(connection: AsyncConnection) -> tuple[int, int]:
    """Return two figures that change with every version that is added or taken out of use."""
    newest = select(func.max(topic.c.id)).scalar_subquery()
    in_force = select(func.count()).where(topic.c.current).scalar_subquery()
    row = (await connection.execute(select(newest, in_force))).one()
    return int(row[0] or 0), int(row[1])


async def add_version(
    connection: AsyncConnection,
    item: CatalogueTopic,
    version: int,
    origin: Origin,
    *,
    current: bool = True,
) -> StoredTopic:
    """Add a topic's next version, which takes the place of the one in force.

    Raises IntegrityError where somebody else has just added that version.
    """
    await end_topic(connection, item.slug)
    await connection.execute(
        insert(topic).values(
            slug=item.slug,
            version=version,
            name=item.name,
            description=item.description,
            topic_group=item.group,
            query=item.query,
            query_hash=query_hash(item.parsed),
            current=current,
            origin=origin.value,
        )
    )
    return StoredTopic(
        item.slug, item.name, item.group, item.description, item.query, version, origin, current
    )


async def end_topic(connection: AsyncConnection, slug: str) -> None:
    """Take a topic out of use; readers keep what they hold."""
    await connection.execute(update(topic).where(topic.c.slug == slug).values(current=False))


async def list_held_sets(connection: AsyncConnection) -> list[tuple[int, tuple[TopicItem, ...]]]:
    """Return every topic set that a reader holds."""
    held = exists().where(subscriber.c.topic_set_id == topic_set.c.id)
    rows = await connection.execute(
        select(topic_set.c.id, topic_set.c["items"].label("held")).where(held)
    )
    return [(row.id, topic_items(row.held)) for row in rows]


async def count_set_readers(
    connection: AsyncConnection,
) -> list[tuple[tuple[TopicItem, ...], int]]:
    """Return every topic set that active readers hold, and how many of them."""
    active = subscriber.c.state == SubscriberState.ACTIVE.value
    held = (
        select(subscriber.c.topic_set_id, func.count().label("readers"))
        .where(active)
        .group_by(subscriber.c.topic_set_id)
        .subquery()
    )
    rows = await connection.execute(
        select(topic_set.c["items"].label("held"), held.c.readers).join(
            held, held.c.topic_set_id == topic_set.c.id
        )
    )
    return [(topic_items(row.held), int(row.readers)) for row in rows]


async def move_readers(
    connection: AsyncConnection, from_set: int, items: Sequence[TopicItem]
) -> int:
    """Move every reader of a topic set to another one; return how many."""
    to_set = await intern_topics(connection, items)
    result = await connection.execute(
        update(subscriber).where(subscriber.c.topic_set_id == from_set).values(topic_set_id=to_set)
    )
    return int(result.rowcount)
