"""`on_uncertain = "hold"`: what may have arrived waits for a person, and counts as seen."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from digest.domain.deliveries import State
from digest.ports import Outcome, Verdict
from digest.services.books import read_books
from digest.services.held import HeldError, list_held, release
from digest.services.leases import sweep_dead_workers
from digest.services.send import send_due
from digest.services.status import read_status
from digest.services.why import why_day
from digest.store import deliveries, marks
from tests.services.faulty import plan_for, row_of, worker
from tests.world import ACCEPTED, MONDAY, World, hours, open_world

LOST = Outcome(Verdict.UNCERTAIN, None, "Connection lost", "default")
HOLD: dict[str, Any] = {"digest": {"first_at_once": False}, "delivery": {"on_uncertain": "hold"}}


@pytest.fixture
async def world(tmp_path: Path, database_url: str) -> AsyncIterator[World]:
    """Give an installation that holds."""
    async with open_world(tmp_path, database_url, **HOLD) as opened:
        yield opened


async def held_one(world: World) -> int:
    """Let the answer to one digest be lost; return the id of its row."""
    [one] = await plan_for(world)
    world.relay.answers = [LOST]
    await world.send()
    return one


async def test_a_lost_answer_holds_the_mail_and_raises_the_alarm(world: World) -> None:
    one = await held_one(world)
    [found] = await list_held(world.app.context)
    assert (found.id, found.relay, found.reply) == (one, "default", "Connection lost")
    status = await read_status(world.app.context)
    assert (status.held, [alarm.key for alarm in status.alarms]) == (1, ["held"])
    assert [(b.balanced, b.settled) for b in status.books] == [(True, False)]
    world.clock.set(world.now + timedelta(hours=30))
    await world.send()
    assert (await row_of(world, one)).state is State.HELD
    assert len(world.relay.messages) == 1


async def test_what_is_held_counts_as_seen_when_the_next_digest_is_planned(world: World) -> None:
    await held_one(world)
    world.clock.set(MONDAY + timedelta(days=1))
    [news] = await world.list_papers("Routing anew")
    await world.at(MONDAY + timedelta(days=1, hours=8))
    day = await world.day("2026-05-05", "0@example.org")
    assert day is not None
    assert day.paper_ids == (news,)


async def test_delivered_makes_it_sent_and_its_papers_seen_for_good(world: World) -> None:
    one = await held_one(world)
    before = (await world.reader(1)).seen_set_id
    assert await release(world.app.context, [one], delivered=True) == {"sent": 1}
    assert (await world.reader(1)).seen_set_id != before
    status = await read_status(world.app.context)
    assert (status.held, status.alarms, status.books[0].settled) == (0, (), True)
    assert len(world.relay.messages) == 1


async def test_not_delivered_sends_it_again_and_after_its_time_lets_it_expire(
    world: World,
) -> None:
    one = await held_one(world)
    assert await release(world.app.context, [one], delivered=False) == {"pending": 1}
    world.relay.answers = [LOST]
    await world.send()
    again = await row_of(world, one)
    assert (again.state, again.submissions) == (State.HELD, 2)
    world.clock.set(world.now + timedelta(hours=21))
    assert await release(world.app.context, [one], delivered=False) == {"expired": 1}
    await world.send()
    assert len(world.relay.messages) == 2
    first, second = world.relay.messages
    assert first.data == second.data
    world.clock.set(MONDAY + timedelta(days=1))
    await world.at(MONDAY + timedelta(days=1, hours=8))
    day = await world.day("2026-05-05", "0@example.org")
    assert day is not None
    assert day.sent == 2  # its papers come again


async def test_a_release_is_done_for_all_or_for_none(world: World) -> None:
    one = await held_one(world)
    with pytest.raises(HeldError, match="not held: 77"):
        await release(world.app.context, [one, 77], delivered=True)
    assert (await row_of(world, one)).state is State.HELD


async def test_a_dead_workers_hand_over_is_held_and_its_claim_goes_back(world: World) -> None:
    begun, claimed = await plan_for(world, 2)
    async with world.app.database.write() as connection:
        await deliveries.claim(connection, "dead", world.now)
        assert await marks.mark_submitting(connection, "dead", [begun], "v") == {begun}
    sweeper = worker(world, "sweeper")
    await sweep_dead_workers(sweeper)
    world.clock.set(world.now + timedelta(seconds=31))
    await sweep_dead_workers(sweeper)
    assert (await row_of(world, begun)).state is State.HELD
    assert (await row_of(world, claimed)).state is State.PENDING
    assert [alarm.key for alarm in (await read_status(world.app.context)).alarms] == ["held"]


async def test_a_mail_that_was_not_written_to_its_end_is_not_held(world: World) -> None:
    [one] = await plan_for(world)
    world.relay.answers = [Outcome(Verdict.RELAY_DOWN, None, "lost before the final dot")]
    await world.send()
    assert (await row_of(world, one)).state is State.PENDING


async def test_what_waited_to_be_sent_again_is_held_once_the_setting_says_so(
    tmp_path: Path, database_url: str
) -> None:
    async with open_world(tmp_path, database_url, digest={"first_at_once": False}) as opened:
        one = await held_one(opened)
        assert (await row_of(opened, one)).state is State.PENDING
        at = opened.now + timedelta(minutes=5)
    async with open_world(tmp_path, database_url, at, **HOLD) as holding:
        await holding.send()
        assert holding.relay.messages == []
        assert (await row_of(holding, one)).state is State.HELD


async def test_resent_after_a_lost_answer_is_counted_and_told_with_other_bytes_apart(
    both: World,
) -> None:
    one, two = await plan_for(both, 2)
    both.relay.answers = [LOST, LOST]
    await both.send()
    both.clock.set(both.now + timedelta(minutes=1))
    relay = both.relay
    relay.answers = [ACCEPTED, Outcome(Verdict.DEFERRED, 451, "451 later")]
    other = replace(both.app.context, render_version="another", connections=1)
    await send_due(other)
    day = (MONDAY + hours(8)).date()
    account = await read_books(both.app.context, day, day)
    assert (account.repeated, account.rewritten) == (2, 2)
    found = await row_of(both, one)
    assert (found.state, found.submissions, found.uncertain) == (State.SENT, 2, True)
    assert (found.rewritten, found.relay) == (True, "default")
    answer = await why_day(both.app.context, await both.reader(1), day)
    assert answer.story is not None
    told = "\n".join(answer.story.lines())
    assert "handed over 2 times, last through default" in told
    assert "may have arrived" in told
    assert "in other bytes" in told
    assert (await row_of(both, two)).uncertain  # though the relay put it off the second time
    assert [m.relay for m in relay.messages] == ["default"] * 4
    assert [m.bound for m in relay.messages] == [False, False, True, True]
