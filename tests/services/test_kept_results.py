"""The database is away after a relay's 250: nothing is lost, and nothing is sent a second time."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from digest import durable
from digest.domain.accepted import Accepted, read_accepted, to_line
from digest.domain.deliveries import State
from digest.ports import Outcome, Verdict
from digest.services import accepted_journal
from digest.services.leases import sweep_dead_workers
from digest.services.ledger import DatabaseAwayError, LedgerWriter
from digest.services.send import STOPPED, begin_sending, send_due
from digest.store import deliveries, workers
from tests.services.faulty import (
    BreakingTransport,
    FaultyDatabase,
    ThenTransport,
    plan_for,
    row_of,
    worker,
)
from tests.world import ACCEPTED, World


@pytest.fixture
async def faulty(both: World) -> FaultyDatabase:
    return FaultyDatabase(both.app.database.url)


async def test_a_result_is_journalled_at_once_and_written_when_the_database_is_back(
    both: World, faulty: FaultyDatabase
) -> None:
    rows = await plan_for(both, 3)
    seen: list[int] = []

    def go_away() -> None:
        faulty.refusals = 2

    relay = ThenTransport(go_away)
    context = worker(both, "w", database=faulty, transport=relay, connections=1)
    path = accepted_journal.path_of(context)
    faulty.on_refusal = lambda: seen.append(len(durable.read_lines(path)))
    counts = await send_due(context)
    assert counts[State.SENT] == len(relay.messages) == 3
    # at the first refusal nothing is in the file, at the second the one result is; each time
    assert seen == [0, 1] * 3
    assert not path.exists()
    assert {(await row_of(both, i)).state for i in rows} == {State.SENT}
    await faulty.close()


async def test_a_process_that_dies_meanwhile_has_left_what_the_next_one_needs(
    both: World, faulty: FaultyDatabase
) -> None:
    [one] = await plan_for(both)
    context = worker(both, "dying", database=faulty)
    async with faulty.write() as connection:
        [claimed] = await deliveries.claim(connection, "dying", both.now)
        await workers.beat(connection, "dying", both.now)
    async with LedgerWriter(context, keep_trying_s=0.02) as ledger:
        assert await ledger.submitting(claimed)
        faulty.refusals = 1000
        accepted = Outcome(Verdict.ACCEPTED, 250, "250 ok", "main")
        with pytest.raises(DatabaseAwayError):
            await ledger.settled(claimed, accepted, 2)
    assert [result.delivery.id for result in context.lease.kept] == [one]
    both.clock.set(both.now + timedelta(minutes=1))
    following = worker(both, "next")
    await begin_sending(following, wait=True)
    await send_due(following)
    found = await row_of(both, one)
    assert (found.state, found.reply, found.relay, found.placed) == (
        State.SENT,
        "250 ok",
        "main",
        2,
    )
    assert both.relay.messages == []
    assert (await both.reader(1)).seen_set_id != 1
    await faulty.close()


async def test_a_process_that_lives_writes_what_it_kept_before_it_claims_or_beats(
    both: World, faulty: FaultyDatabase
) -> None:
    first, second = await plan_for(both, 2)
    context = worker(both, "w", database=faulty)
    async with faulty.write() as connection:
        [claimed] = await deliveries.claim(connection, "w", both.now, 1)
    assert claimed.id == first
    async with LedgerWriter(context, keep_trying_s=0.02) as ledger:
        await ledger.submitting(claimed)
        faulty.refusals = 1000
        with pytest.raises(DatabaseAwayError):
            await ledger.settled(claimed, Outcome(Verdict.REFUSED, 550, "550 no"))
    with pytest.raises(OperationalError):
        await send_due(context)
    assert (await row_of(both, second)).state is State.PENDING
    faulty.refusals = 0
    await send_due(context)
    assert (await row_of(both, first)).state is State.REFUSED
    assert (await row_of(both, second)).state is State.SENT
    assert context.lease.kept == []
    await faulty.close()


async def test_a_stop_does_not_wait_ten_minutes_for_the_database(
    both: World, faulty: FaultyDatabase
) -> None:
    await plan_for(both)
    stop = asyncio.Event()
    stop.set()
    context = worker(both, "w", database=faulty)
    async with faulty.write() as connection:
        [claimed] = await deliveries.claim(connection, "w", both.now, 1)
    faulty.refusals = 1000
    async with LedgerWriter(context, stop, keep_trying_s=0.05) as ledger:
        with pytest.raises(DatabaseAwayError):
            await ledger.submitting(claimed)
    assert 1000 - faulty.refusals < 10
    await faulty.close()


async def test_marks_whose_commit_was_done_but_not_heard_of_are_not_done_twice(
    both: World, faulty: FaultyDatabase
) -> None:
    [one] = await plan_for(both)
    context = worker(both, "w", database=faulty)
    async with faulty.write() as connection:
        [claimed] = await deliveries.claim(connection, "w", both.now)
    async with LedgerWriter(context) as ledger:
        faulty.lost_answers = 1
        assert await ledger.submitting(claimed)
        faulty.lost_answers = 1
        await ledger.settled(claimed, ACCEPTED)
    found = await row_of(both, one)
    assert (found.state, found.submissions, found.attempts) == (State.SENT, 1, 1)
    await faulty.close()


async def test_without_a_journal_either_results_stay_in_memory_and_nothing_is_claimed(
    both: World, faulty: FaultyDatabase
) -> None:
    rows = await plan_for(both, 2)
    tried: list[int] = []

    def go_away() -> None:
        faulty.refusals = 3
        path.mkdir(exist_ok=True)  # no file can be written there

    relay = ThenTransport(go_away)
    context = worker(both, "w", database=faulty, transport=relay, connections=1)
    path = accepted_journal.path_of(context)
    faulty.on_refusal = lambda: tried.append(len(relay.messages))
    await send_due(context)
    assert {(await row_of(both, i)).state for i in rows} == {State.SENT}
    assert tried == [1, 1, 1, 2, 2, 2]  # while it was away, nothing more was handed over
    await faulty.close()


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ({}, State.SENT),
        ({"submission": 2}, State.PENDING),  # it was handed over once, so this is of another ledger
        ({"delivery_id": 99}, State.PENDING),
    ],
)
async def test_a_swept_row_is_sent_by_the_journal_unless_it_was_handed_over_again(
    both: World, line: dict[str, Any], state: State
) -> None:
    [one] = await plan_for(both)
    context = worker(both, "dead")
    async with both.app.database.write() as connection:
        [claimed] = await deliveries.claim(connection, "dead", both.now)
    async with LedgerWriter(context) as ledger:
        await ledger.submitting(claimed)
    both.clock.set(both.now + timedelta(minutes=2))
    sweeper = worker(both, "sweeper")
    await sweep_dead_workers(sweeper)
    both.clock.set(both.now + timedelta(minutes=2))
    assert await sweep_dead_workers(sweeper) == ((0, 0) if sweeper.database.is_sqlite else (0, 1))
    assert (await row_of(both, one)).uncertain
    told = replace(Accepted(one, 1, "dead", both.now), **line)
    path = accepted_journal.path_of(context)
    durable.append_lines(path, [to_line(told)])
    assert await accepted_journal.replay(sweeper) == (state is State.SENT)
    assert (await row_of(both, one)).state is state
    assert read_accepted(durable.read_lines(path)) == []


async def test_a_client_that_breaks_off_costs_no_other_mail_and_gives_the_rest_back_at_once(
    both: World,
) -> None:
    rows = await plan_for(both, 4)
    relay = BreakingTransport()
    context = worker(both, "w", transport=relay, connections=1)
    with pytest.raises(ValueError, match="a fault of the client"):
        await send_due(context)
    found = [await row_of(both, i) for i in rows]
    assert [row.state for row in found] == [State.PENDING] * 4
    assert [row.owner for row in found] == [None] * 4
    assert [row.uncertain for row in found] == [True, False, False, False]
    await send_due(context)
    assert [(await row_of(both, i)).state for i in rows[1:]] == [State.SENT] * 3
    both.clock.set(both.now + timedelta(minutes=1))
    await send_due(context)
    assert (await row_of(both, rows[0])).submissions == 2
    assert [m.envelope_to for m in relay.messages].count("0@example.org") == 2


async def test_a_reply_that_no_database_can_keep_is_kept_without_what_is_wrong_in_it(
    both: World,
) -> None:
    [one] = await plan_for(both)
    both.relay.answers = [Outcome(Verdict.ACCEPTED, 250, "250 \x00 ok \udcff" + "x" * 900)]
    await both.send()
    found = await row_of(both, one)
    assert found.state is State.SENT
    assert found.reply.startswith("250  ok ?xx")
    assert len(found.reply) == 500


async def test_a_worker_stopped_past_its_lease_hands_nothing_over(
    both: World, faulty: FaultyDatabase
) -> None:
    [one] = await plan_for(both)
    context = worker(both, "stopped", database=faulty)
    other = worker(both, "other")

    async def stop_after_the_first_mark() -> None:
        if (await row_of(both, one)).state is not State.SUBMITTING:
            return
        for _ in range(3):  # a minute and a half, in which another one looks after the dead
            both.clock.set(both.now + timedelta(seconds=31))
            await sweep_dead_workers(other)
        await send_due(other)

    faulty.on_commit = stop_after_the_first_mark
    await send_due(context)
    assert len(both.relay.messages) == 1
    found = await row_of(both, one)
    assert (found.state, found.owner, found.submissions) == (State.SENT, "other", 2)
    await faulty.close()


async def test_what_a_stopped_worker_did_not_hand_over_counts_no_attempt(
    both: World, faulty: FaultyDatabase
) -> None:
    [one] = await plan_for(both)

    async def stop_after_the_first_mark() -> None:
        if (await row_of(both, one)).state is State.SUBMITTING:
            both.clock.set(both.now + timedelta(seconds=31))

    faulty.on_commit = stop_after_the_first_mark
    await send_due(worker(both, "stopped", database=faulty))
    found = await row_of(both, one)
    assert both.relay.messages == []
    assert (found.state, found.attempts, found.uncertain) == (State.PENDING, 0, False)
    assert found.reply == STOPPED
    await faulty.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one sender
@pytest.mark.parametrize("sweeper_lost_it_too", [True, False])
async def test_a_minute_without_the_database_makes_no_duplicate_between_two_workers(
    both: World, faulty: FaultyDatabase, sweeper_lost_it_too: bool
) -> None:
    """Away between the 250 and SENT; the other worker cannot know that the first one lives."""
    [one] = await plan_for(both)
    other = worker(both, "other")
    sweeps: list[asyncio.Task[tuple[int, int]]] = []

    def pass_ten_seconds() -> None:
        both.clock.set(both.now + timedelta(seconds=10))
        if sweeper_lost_it_too:
            other.lease.watch.lose()  # as its own look at the database does, which fails
        sweeps.append(asyncio.ensure_future(sweep_dead_workers(other)))

    def go_away() -> None:
        faulty.refusals = 6 if len(relay.messages) == 1 else 0

    relay = ThenTransport(go_away)
    faulty.on_refusal = pass_ten_seconds
    await send_due(worker(both, "first", database=faulty, transport=relay))
    swept = sum(uncertain for _, uncertain in await asyncio.gather(*sweeps))
    assert swept == (0 if sweeper_lost_it_too else 1)
    await send_due(other)
    found = await row_of(both, one)
    assert len(relay.messages) + len(both.relay.messages) == (1 if sweeper_lost_it_too else 2)
    assert found.state is State.SENT
    await faulty.close()
