"""The statements that write an edition into the ledger: once a reader, and the books balance."""

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from digest.domain.deliveries import Kind, State
from digest.domain.seen import EMPTY_SEEN_SET
from digest.domain.spreading import first_try
from digest.domain.subscribers import EMPTY_TOPIC_SET, NEVER
from digest.store import editions, planning
from digest.store.books import list_pages
from digest.store.database import Database
from digest.store.editions import Due, SelectionKey
from digest.store.schema import delivery, subscriber
from digest.store.selections import (
    NewSelection,
    StoredItem,
    add_selections,
    ensure_plan,
    find_selections,
)
from tests.store.ledger_rows import NOW, add_reader, add_row, opened

DUE = Due("UTC", 8, date(2026, 5, 4))
KEY = SelectionKey(EMPTY_TOPIC_SET, EMPTY_SEEN_SET, 10, 1, 127, NEVER)
EXPIRES = {127: NOW + timedelta(hours=20)}


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with opened(database_url) as made:
        yield made


async def plan(database: Database, empty_reason: str = "", window_minutes: int = 0) -> int:
    """Plan the edition with one stored selection; return how many rows it made."""
    async with database.write() as connection:
        plan_id = await ensure_plan(connection, NOW, 1, 1, 1)
        edition_id = await editions.ensure_edition(connection, DUE, NOW, NOW)
        items = () if empty_reason else (StoredItem(1, "t", ()),)
        if KEY not in await find_selections(connection, plan_id):
            new = NewSelection(KEY, EMPTY_SEEN_SET, items, 1, 0, 1, empty_reason)
            await add_selections(connection, plan_id, [new])
        return await planning.add_deliveries(
            connection, DUE, edition_id, plan_id, NOW, EXPIRES, window_minutes
        )


async def test_each_due_reader_gets_one_row_however_often_it_is_planned(
    database: Database,
) -> None:
    readers = [await add_reader(database, f"{n}@example.org") for n in range(3)]
    await add_reader(database, "later@example.org", hour=9)
    await add_reader(database, "sunday@example.org", weekdays=0b1000000)
    gone = await add_reader(database, "gone@example.org")
    async with database.write() as connection:
        left = update(subscriber).where(subscriber.c.id == gone).values(state="unsubscribed")
        await connection.execute(left)
    assert [await plan(database), await plan(database)] == [3, 0]
    async with database.read() as connection:
        rows = (await connection.execute(select(delivery).order_by(delivery.c.id))).all()
        [page] = await list_pages(connection, DUE.local_date, DUE.local_date)
        assert await editions.count_due(connection, DUE) == 0
    assert sorted(row.subscriber_id for row in rows) == readers
    assert {row.dedupe_key for row in rows} == {"2026-05-04"}
    assert {row.expires_at for row in rows} == {EXPIRES[127]}
    assert (page.planned, page.counts) == (3, {("pending", ""): 3})


async def test_a_selection_without_papers_settles_its_readers_with_the_reason(
    database: Database,
) -> None:
    await add_reader(database)
    assert await plan(database, "nothing matches") == 1
    async with database.read() as connection:
        [row] = await connection.execute(select(delivery.c.state, delivery.c.reason))
    assert tuple(row) == (State.EMPTY, "nothing matches")


async def test_a_reader_who_changed_since_gets_no_row_and_stays_due(database: Database) -> None:
    await add_reader(database, max_papers=7)
    assert await plan(database) == 0
    async with database.read() as connection:
        assert await editions.count_due(connection, DUE) == 1


async def test_an_older_waiting_digest_is_superseded_and_one_under_way_is_not(
    database: Database,
) -> None:
    one, two = await add_reader(database), await add_reader(database, "b@example.org")
    waiting = await add_row(database, one, "2026-05-03", Kind.DIGEST)
    claimed = await add_row(database, two, "2026-05-03", Kind.DIGEST, state="claimed", owner="w")
    test = await add_row(database, one, "t", Kind.TEST)
    async with database.write() as connection:
        assert await planning.supersede_older(connection, DUE) == 1
    async with database.read() as connection:
        rows = await connection.execute(select(delivery.c.id, delivery.c.state))
        found = {row.id: row.state for row in rows}
        busy = await editions.list_busy_readers(connection, DUE)
        keys = await editions.list_due_keys(connection, DUE)
    assert found == {waiting: "expired", claimed: "claimed", test: "pending"}
    assert [reader.subscriber_id for reader in busy] == [two]
    assert keys == [KEY]
    assert await plan(database) == 1


async def test_a_skipped_edition_leaves_a_row_with_the_reason_for_everyone(
    database: Database,
) -> None:
    await add_reader(database)
    async with database.write() as connection:
        edition_id = await editions.ensure_edition(connection, DUE, NOW, NOW)
        assert await planning.add_skipped(connection, DUE, edition_id, NOW, "too late") == 1
        assert await planning.add_skipped(connection, DUE, edition_id, NOW, "too late") == 0
        [page] = await list_pages(connection, DUE.local_date, DUE.local_date)
    assert (page.planned, page.counts) == (1, {("skipped", "too late"): 1})


async def test_first_tries_are_spread_as_the_domain_says_and_the_planned_instant_stays(
    database: Database,
) -> None:
    readers = [await add_reader(database, f"{n}@example.org") for n in range(60)]
    assert await plan(database, window_minutes=45) == 60
    async with database.read() as connection:
        rows = (await connection.execute(select(delivery))).all()
    tries = {row.subscriber_id: row.next_try_at for row in rows}
    assert tries == {one: first_try(one, NOW, EXPIRES[127], 45) for one in readers}
    assert {row.planned_at for row in rows} == {NOW}
    assert len(set(tries.values())) > 30


async def test_who_has_little_time_is_not_put_off(database: Database) -> None:
    for n in range(20):
        await add_reader(database, f"{n}@example.org")
    async with database.write() as connection:
        plan_id = await ensure_plan(connection, NOW, 1, 1, 1)
        edition_id = await editions.ensure_edition(connection, DUE, NOW, NOW)
        new = NewSelection(KEY, EMPTY_SEEN_SET, (StoredItem(1, "t", ()),), 1, 0, 1, "")
        await add_selections(connection, plan_id, [new])
        soon = {127: NOW + timedelta(minutes=20)}
        await planning.add_deliveries(connection, DUE, edition_id, plan_id, NOW, soon, 300)
        rows = (await connection.execute(select(delivery))).all()
    assert max(row.next_try_at for row in rows) <= NOW + timedelta(minutes=10)
