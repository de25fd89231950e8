"""Interned sets, and how a reader's seen set moves when digests are sent."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from digest.domain.deliveries import Kind
from digest.domain.seen import EMPTY_SEEN_SET, pack_ids
from digest.domain.subscribers import EMPTY_TOPIC_SET, TopicItem
from digest.store.database import Database
from digest.store.editions import SelectionKey
from digest.store.history import advance_history
from digest.store.schema import seen_set, subscriber
from digest.store.seen_sets import get_seen, get_topics, intern_packed, intern_seen, intern_topics
from digest.store.selections import NewSelection, StoredItem, add_selections, ensure_plan
from digest.store.selections import find_selections as find
from digest.store.subscribers import find_subscriber
from tests.store.ledger_rows import NOW, add_reader, add_row, opened


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with opened(database_url) as made:
        yield made


async def seen_by(database: Database, reader: int) -> frozenset[int]:
    async with database.read() as connection:
        found = await find_subscriber(connection, reader)
        assert found is not None
        return (await get_seen(connection, [found.seen_set_id]))[found.seen_set_id]


async def select_papers(database: Database, before: int, *papers: int, minute: int = 0) -> int:
    """Store a selection planned with a seen set; return its id."""
    planned = NOW + timedelta(minutes=minute)
    async with database.write() as connection:
        plan = await ensure_plan(connection, planned, 9, 1, 9)
        held = (await get_seen(connection, [before]))[before]
        key = SelectionKey(EMPTY_TOPIC_SET, before, 10, 1, 127, planned)
        after = await intern_seen(connection, held | set(papers))
        items = tuple(StoredItem(paper, "t", ()) for paper in papers)
        await add_selections(connection, plan, [NewSelection(key, after, items, 9, 0, 9, "")])
        return (await find(connection, plan))[key]


async def advance(database: Database, *rows: int) -> None:
    async with database.write() as connection:
        await advance_history(connection, rows)


async def test_equal_sets_share_a_row_and_the_empty_set_is_laid_down(database: Database) -> None:
    async with database.write() as connection:
        assert await intern_seen(connection, []) == EMPTY_SEEN_SET
        assert await intern_topics(connection, []) == EMPTY_TOPIC_SET
        one = await intern_seen(connection, [3, 1])
        assert await intern_seen(connection, [1, 3]) == one
        two = await intern_packed(connection, [pack_ids([1, 3]), pack_ids([5]), pack_ids([5])])
        assert two[pack_ids([1, 3])] == one
        assert (await get_seen(connection, two.values()))[two[pack_ids([5])]] == {5}
        topic = TopicItem("Routing", "routing")
        kept = await intern_topics(connection, [topic])
        assert await intern_topics(connection, [topic]) == kept
        assert await get_topics(connection, [kept]) == {kept: (topic,)}


async def test_more_sets_are_read_than_a_statement_has_parameters(database: Database) -> None:
    async with database.read() as connection:
        assert set(await get_seen(connection, range(1, 70_000))) == {EMPTY_SEEN_SET}
        assert set(await get_topics(connection, range(1, 70_000))) == {EMPTY_TOPIC_SET}


async def test_processes_that_intern_the_same_sets_at_once_agree(database: Database) -> None:
    sets = [pack_ids([n]) for n in range(1, 40)]

    async def intern(order: int) -> dict[bytes, int]:
        async with database.write() as connection:
            return await intern_packed(connection, sets[::order])

    results = await asyncio.gather(*(intern(order) for order in (1, -1, 1, -1)))
    assert all(result == results[0] for result in results)
    async with database.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(seen_set)) == 40


async def test_readers_with_one_history_move_on_together(database: Database) -> None:
    chosen = await select_papers(database, EMPTY_SEEN_SET, 1, 2)
    readers = [await add_reader(database, f"{n}@example.org") for n in range(3)]
    rows = [
        await add_row(database, reader, "d", Kind.DIGEST, selection_id=chosen, state="sent")
        for reader in readers[:2]
    ]
    await advance(database, *rows)
    assert [await seen_by(database, reader) for reader in readers] == [{1, 2}, {1, 2}, set()]
    async with database.read() as connection:
        moved = [await find_subscriber(connection, reader) for reader in readers]
    assert [r.fresh_since == NOW for r in moved if r] == [True, True, False]
    assert len({r.seen_set_id for r in moved[:2] if r}) == 1


async def test_a_reader_who_moved_in_between_gets_the_union(database: Database) -> None:
    chosen = await select_papers(database, EMPTY_SEEN_SET, 1, 2)
    reader = await add_reader(database)
    row = await add_row(database, reader, "d", Kind.DIGEST, selection_id=chosen)
    async with database.write() as connection:
        other = await intern_seen(connection, [7])
        later = NOW + timedelta(days=1)
        await connection.execute(update(subscriber).values(seen_set_id=other, fresh_since=later))
    await advance(database, row)
    assert await seen_by(database, reader) == {1, 2, 7}
    async with database.read() as connection:
        found = await find_subscriber(connection, reader)
    assert found is not None
    assert found.fresh_since == later


@pytest.mark.parametrize(("placed", "seen"), [(None, {1, 2, 3}), (3, {1, 2, 3}), (2, {1, 2})])
async def test_only_what_stood_in_the_mail_becomes_seen(
    database: Database, placed: int | None, seen: set[int]
) -> None:
    chosen = await select_papers(database, EMPTY_SEEN_SET, 1, 2, 3)
    reader = await add_reader(database)
    row = await add_row(database, reader, "d", Kind.DIGEST, selection_id=chosen, placed=placed)
    await advance(database, row)
    assert await seen_by(database, reader) == seen


async def test_two_digests_of_one_reader_sent_in_one_commit_both_count(database: Database) -> None:
    reader = await add_reader(database)
    rows = []
    for minute, paper in enumerate((1, 2)):
        chosen = await select_papers(database, EMPTY_SEEN_SET, paper, minute=minute)
        planned = NOW + timedelta(minutes=minute)
        told = {"selection_id": chosen, "planned_at": planned}
        rows.append(await add_row(database, reader, str(minute), Kind.DIGEST, **told))
    await advance(database, *rows)
    assert await seen_by(database, reader) == {1, 2}


async def test_a_mail_that_is_no_digest_moves_nothing(database: Database) -> None:
    chosen = await select_papers(database, EMPTY_SEEN_SET, 1)
    reader = await add_reader(database)
    await advance(database, await add_row(database, reader, "r", Kind.RESEND, selection_id=chosen))
    assert await seen_by(database, reader) == set()
