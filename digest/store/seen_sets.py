"""Interned seen sets and topic sets: a row is written once and never changed."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.seen import pack_ids, seen_digest, unpack_ids
from digest.domain.subscribers import TopicItem, topic_items, topic_set_hash, topic_set_json
from digest.store.schema import seen_set, topic_set


async def intern_seen(connection: AsyncConnection, ids: Iterable[int]) -> int:
    """Return the row id of a seen set, which is made where it is new."""
    packed = pack_ids(ids)
    return (await intern_packed(connection, [packed]))[packed]


async def intern_packed(connection: AsyncConnection, sets: Iterable[bytes]) -> dict[bytes, int]:
    """Return the row ids of packed seen sets, making the new ones in one statement."""
    by_hash = {seen_digest(packed): packed for packed in sets}
    found = await _ids_by_hash(connection, list(by_hash))
    # in one order everywhere, lest two planners wait for each other's rows
    missing = [{"hash": h, "packed": by_hash[h]} for h in sorted(by_hash) if h not in found]
    if missing:
        insert = pg_insert if connection.dialect.name == "postgresql" else sqlite_insert
        statement = insert(seen_set).on_conflict_do_nothing(index_elements=["hash"])
        await connection.execute(statement, missing)
        found |= await _ids_by_hash(connection, [row["hash"] for row in missing])
    return {packed: found[h] for h, packed in by_hash.items()}


async def _ids_by_hash(connection: AsyncConnection, hashes: Sequence[object]) -> dict[object, int]:
    found: dict[object, int] = {}
    for start in range(0, len(hashes), 500):
        rows = await connection.execute(
            select(seen_set.c.hash, seen_set.c.id).where(
                seen_set.c.hash.in_(hashes[start : start + 500])
            )
        )
        found |= {row.hash: row.id for row in rows}
    return found


async def get_seen(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """Return the paper ids of seen sets, by row id."""
    found: dict[int, frozenset[int]] = {}
    for chunk in _chunks(ids):
        rows = await connection.execute(
            select(seen_set.c.id, seen_set.c.packed).where(seen_set.c.id.in_(chunk))
        )
        found |= {row.id: unpack_ids(row.packed) for row in rows}
    return found


async def intern_topics(connection: AsyncConnection, items: Sequence[TopicItem]) -> int:
    """Return the row id of an ordered topic set, which is made where it is new."""
    digest = topic_set_hash(items)
    # locked against housekeeping, which deletes a set that nobody names yet
    query = select(topic_set.c.id).where(topic_set.c.hash == digest)
    query = query.with_for_update(read=True, key_share=True)
    found: int | None = await connection.scalar(query)
    if found is None:
        insert = pg_insert if connection.dialect.name == "postgresql" else sqlite_insert
        await connection.execute(
            insert(topic_set)
            .values(hash=digest, items=topic_set_json(items))
            .on_conflict_do_nothing(index_elements=["hash"])
        )
        found = await connection.scalar(query)
    assert found is not None
    return found


async def get_topics(
    connection: AsyncConnection, ids: Iterable[int]
) -> dict[int, tuple[TopicItem, ...]]:
    """Return the topics of topic sets, by row id."""
    found: dict[int, tuple[TopicItem, ...]] = {}
    for chunk in _chunks(ids):
        rows = await connection.execute(
            select(topic_set.c.id, topic_set.c["items"]).where(topic_set.c.id.in_(chunk))
        )
        found |= {row.id: topic_items(row[1]) for row in rows}
    return found


def _chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    """Cut ids into pieces: SQLite takes 32,766 parameters, and a plan may name 60,000 sets."""
    wanted = sorted(set(ids))
    return (wanted[start : start + 500] for start in range(0, len(wanted), 500))
