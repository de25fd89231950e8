"""The catalogue's topics by version, and the topic sets that name them."""

from collections.abc import Sequence

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.catalogue import CatalogueTopic
from digest.domain.subscribers import TopicItem, topic_items
from digest.store.schema import subscriber, topic, topic_set
from digest.store.seen_sets import intern_topics


async def list_current(connection: AsyncConnection) -> dict[str, tuple[int, str]]:
    """Return slug -> (version, query hash) of the topics in force."""
    rows = await connection.execute(select(topic).where(topic.c.current))
    return {row.slug: (row.version, row.query_hash) for row in rows}


async def add_version(
    connection: AsyncConnection, item: CatalogueTopic, version: int, query_hash: str
) -> None:
    """Make a catalogue topic's new version the one in force."""
    await connection.execute(update(topic).where(topic.c.slug == item.slug).values(current=False))
    await connection.execute(
        insert(topic).values(
            slug=item.slug,
            version=version,
            name=item.name,
            description=item.description,
            topic_group=item.group,
            query=item.query,
            query_hash=query_hash,
            current=True,
        )
    )


async def list_sets_naming(
    connection: AsyncConnection, slugs: Sequence[str]
) -> list[tuple[int, tuple[TopicItem, ...]]]:
    """Return the topic sets that hold any of the catalogue's slugs."""
    wanted = set(slugs)
    rows = await connection.execute(select(topic_set.c.id, topic_set.c["items"].label("held")))
    found = [(row.id, topic_items(row.held)) for row in rows]
    return [(i, items) for i, items in found if wanted & {item.slug for item in items}]


async def move_readers(
    connection: AsyncConnection, from_set: int, items: Sequence[TopicItem]
) -> int:
    """Move every reader of a topic set to another one; return how many."""
    to_set = await intern_topics(connection, items)
    result = await connection.execute(
        update(subscriber).where(subscriber.c.topic_set_id == from_set).values(topic_set_id=to_set)
    )
    return int(result.rowcount)
