"""The ledger's statements on both databases: order, fences, marks, sweeps."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from digest.domain.deliveries import Kind, State
from digest.domain.leases import LEASE
from digest.store import deliveries, marks, workers
from digest.store.database import Database
from digest.store.marks import Reply
from digest.store.schema import subscriber
from tests.store.ledger_rows import NOW, add_reader, add_row, opened, states

ME, OTHER = "me", "other"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with opened(database_url) as made:
        yield made


async def claim(database: Database, owner: str = ME, limit: int = 500) -> list[int]:
    async with database.write() as connection:
        return [row.id for row in await deliveries.claim(connection, owner, NOW, limit)]


async def mark(database: Database, owner: str, before: State, after: State, *ids: int) -> set[int]:
    async with database.write() as connection:
        return await marks.mark(connection, owner, before, after, ids)


async def submit(database: Database, *ids: int, owner: str = ME) -> set[int]:
    async with database.write() as connection:
        return await marks.mark_submitting(connection, owner, ids, "v1")


async def test_a_claim_follows_priority_then_the_next_try_then_the_id(database: Database) -> None:
    reader = await add_reader(database)
    late = NOW - timedelta(minutes=1)
    first = await add_row(database, reader, "a", Kind.DIGEST)
    second = await add_row(database, reader, "b", Kind.DIGEST)
    early = await add_row(database, reader, "c", Kind.DIGEST, next_try_at=late)
    urgent = await add_row(database, reader, "d", Kind.CONFIRM)
    await add_row(database, reader, "e", next_try_at=NOW + timedelta(seconds=1))
    await add_row(database, reader, "f", expires_at=NOW)
    assert await claim(database, limit=3) == [urgent, early, first]
    assert await claim(database) == [second]
    assert await claim(database) == []


async def test_a_confirmation_asked_for_meanwhile_does_not_wait_for_the_day_s_digests(
    database: Database,
) -> None:
    reader = await add_reader(database)
    soon = NOW + timedelta(seconds=5)
    await add_row(database, reader, "a", Kind.DIGEST, next_try_at=soon)  # put off since
    asked = await add_row(database, reader, "b", Kind.CONFIRM, next_try_at=soon)
    waiting = await add_row(database, reader, "c", Kind.DIGEST)
    later = NOW + timedelta(seconds=20)
    async with database.write() as connection:
        rows = await deliveries.claim(connection, ME, later, begun=NOW)
    assert [row.id for row in rows] == [asked, waiting]


async def test_a_mark_by_another_owner_or_from_another_state_changes_nothing(
    database: Database,
) -> None:
    row = await add_row(database, await add_reader(database))
    assert await claim(database) == [row]
    assert await mark(database, OTHER, State.CLAIMED, State.PENDING, row) == set()
    assert await mark(database, ME, State.SUBMITTING, State.SENT, row) == set()
    assert await submit(database, row, owner=OTHER) == set()
    assert (await states(database))[row] is State.CLAIMED
    assert await submit(database, row) == {row}
    assert await submit(database, row) == set()
    assert await mark(database, ME, State.SUBMITTING, State.SENT, row) == {row}
    assert await mark(database, ME, State.SUBMITTING, State.PENDING, row) == set()


@pytest.mark.parametrize(
    "change",
    [
        {"state": "unsubscribed"},
        {"state": "paused"},
        {"state": "suppressed"},
        {"state": "pending"},
        {"address": "b@example.org"},
    ],
)
async def test_a_mail_is_not_submitted_for_a_reader_who_left_or_moved(
    database: Database, change: dict[str, str]
) -> None:
    reader = await add_reader(database)
    row = await add_row(database, reader)
    await claim(database)
    async with database.write() as connection:
        await connection.execute(update(subscriber).values(**change))
    assert await submit(database, row) == set()
    assert (await states(database))[row] is State.CLAIMED


async def test_the_mail_that_asks_to_confirm_goes_to_a_pending_reader(database: Database) -> None:
    reader = await add_reader(database)
    row = await add_row(database, reader, kind=Kind.CONFIRM)
    async with database.write() as connection:
        await connection.execute(update(subscriber).values(state="pending"))
    await claim(database)
    assert await submit(database, row) == {row}


async def test_replies_are_written_each_to_its_row(database: Database) -> None:
    reader = await add_reader(database)
    one, two = await add_row(database, reader, "1"), await add_row(database, reader, "2")
    later = NOW + timedelta(minutes=5)
    async with database.write() as connection:
        told = [Reply(two, "250 ok", "", 1, placed=3), Reply(one, "451 no", "put off", 2, later)]
        await marks.save_replies(connection, told)
        first = await deliveries.find_delivery(connection, one)
        second = await deliveries.find_delivery(connection, two)
    assert first is not None
    assert second is not None
    assert (first.reply, first.attempts, first.next_try_at) == ("451 no", 2, later)
    assert (second.reply, second.placed, second.next_try_at) == ("250 ok", 3, NOW)


async def test_only_what_waits_past_its_time_expires(database: Database) -> None:
    reader = await add_reader(database)
    over = await add_row(database, reader, "1", expires_at=NOW)
    claimed = await add_row(database, reader, "2", expires_at=NOW, state="claimed", owner=ME)
    waiting = await add_row(database, reader, "3")
    async with database.write() as connection:
        assert await deliveries.expire(connection, NOW) == 1
    found = await states(database)
    assert found == {over: State.EXPIRED, claimed: State.CLAIMED, waiting: State.PENDING}


async def test_leaving_cancels_what_nobody_has_begun_to_submit(database: Database) -> None:
    reader, other = await add_reader(database), await add_reader(database, "b@example.org")
    waiting = await add_row(database, reader, "1")
    claimed = await add_row(database, reader, "2", state="claimed", owner=ME)
    begun = await add_row(database, reader, "3", state="submitting", owner=ME)
    others = await add_row(database, other)
    async with database.write() as connection:
        assert await deliveries.cancel_open(connection, reader, "left") == 2
    found = await states(database)
    assert (found[waiting], found[claimed]) == (State.CANCELLED, State.CANCELLED)
    assert (found[begun], found[others]) == (State.SUBMITTING, State.PENDING)


async def test_a_key_is_used_once_for_a_reader_and_kind(database: Database) -> None:
    reader, other = await add_reader(database), await add_reader(database, "b@example.org")
    await add_row(database, reader, "2026-05-04")
    await add_row(database, reader, "2026-05-04", Kind.ALARM)
    await add_row(database, other, "2026-05-04")
    with pytest.raises(IntegrityError):
        await add_row(database, reader, "2026-05-04")


@pytest.mark.parametrize("hold", [False, True])
async def test_a_dead_worker_gives_back_what_it_claimed_and_what_it_submitted_is_uncertain(
    database: Database, hold: bool
) -> None:
    reader = await add_reader(database)
    claimed = await add_row(database, reader, "1", state="claimed", owner="dead")
    begun = await add_row(database, reader, "2", state="submitting", owner="dead")
    mine = await add_row(database, reader, "3", state="submitting", owner=ME)
    theirs = await add_row(database, reader, "4", state="claimed", owner="alive")
    gone = await add_row(database, reader, "5", state="claimed", owner="without a row")
    async with database.write() as connection:
        await workers.beat(connection, "dead", NOW - LEASE)
        await workers.beat(connection, "alive", NOW - LEASE / 2)
        assert await workers.list_owners(connection, ME) == {
            "dead": NOW - LEASE,
            "alive": NOW - LEASE / 2,
            "without a row": None,
        }
        assert await workers.is_unchanged(connection, "dead", NOW - LEASE)
        assert not await workers.is_unchanged(connection, "dead", NOW)
        assert await workers.sweep(connection, "dead", NOW, hold=hold) == (1, 1)
    found = await states(database)
    assert found[claimed] is State.PENDING
    assert found[begun] is (State.HELD if hold else State.PENDING)
    assert (found[mine], found[theirs], found[gone]) == (
        State.SUBMITTING,
        State.CLAIMED,
        State.CLAIMED,
    )
    assert await mark(database, "dead", State.SUBMITTING, State.SENT, begun) == set()


async def test_a_worker_that_beats_again_lives_and_one_that_leaves_gives_back(
    database: Database,
) -> None:
    row = await add_row(database, await add_reader(database), state="claimed", owner=OTHER)
    async with database.write() as connection:
        await workers.beat(connection, OTHER, NOW - LEASE * 2)
        await workers.beat(connection, OTHER, NOW)
        assert await workers.list_owners(connection, ME) == {OTHER: NOW}
        await workers.leave(connection, OTHER)
        assert await workers.list_owners(connection, ME) == {}
    assert (await states(database))[row] is State.PENDING


async def test_two_workers_that_claim_at_once_get_different_rows(database: Database) -> None:
    reader = await add_reader(database)
    rows = {await add_row(database, reader, str(n)) for n in range(20)}
    if database.is_sqlite:
        taken = list(await asyncio.gather(claim(database, ME, 8), claim(database, OTHER, 8)))
    else:  # on PostgreSQL both hold their rows open at the same time
        async with database.write() as one, database.write() as two:
            first = await deliveries.claim(one, ME, NOW, 8)
            second = await deliveries.claim(two, OTHER, NOW, 8)
        taken = [[row.id for row in first], [row.id for row in second]]
    assert [len(ids) for ids in taken] == [8, 8]
    assert len({*taken[0], *taken[1]}) == 16
    assert {*taken[0], *taken[1]} <= rows


async def test_the_queue_tells_how_much_waits_and_what_is_next(database: Database) -> None:
    reader = await add_reader(database)
    soon = NOW + timedelta(minutes=3)
    await add_row(database, reader, "1", next_try_at=soon)
    await add_row(database, reader, "2", state="sent")
    async with database.read() as connection:
        assert await deliveries.count_waiting(connection) == (1, NOW)
        assert await deliveries.find_next_try(connection) == soon
