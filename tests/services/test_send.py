"""Sending: what each outcome makes of a row, and that one bad mail holds up no other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.deliveries import State
from digest.ports import Outcome, OutgoingMessage, Verdict
from digest.services.leases import sweep_dead_workers
from digest.services.ledger import LedgerWriter
from digest.services.send import send_due
from digest.store import deliveries
from digest.store.database import Database
from digest.store.schema import plan_card
from tests.store.ledger_rows import states
from tests.world import ACCEPTED, MONDAY, ToldTransport, World, hours, open_world

DEFERRED = Outcome(Verdict.DEFERRED, 451, "451 4.7.1 later")
UNCERTAIN = Outcome(Verdict.UNCERTAIN, None, "Connection lost")


class CountingDatabase(Database):
    """Counts its write transactions."""

    writes = 0

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Give a transaction, counted."""
        self.writes += 1
        async with super().write() as connection:
            yield connection


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Give an installation with three papers and nobody to read them."""
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with open_world(tmp_path, url, digest={"first_at_once": False}) as opened:
        await opened.list_papers("Routing one", "Routing two", "Pruning")
        yield opened


async def planned(world: World, readers: int = 1, query: str = "routing") -> list[int]:
    """Plan Monday's digest for some readers; return the ids of its rows."""
    for number in range(readers):
        await world.add_reader(f"{number}@example.org", query, hour=8)
    world.clock.set(MONDAY + hours(8))
    await world.plan()
    return list(await states(world.app.database))


async def row(world: World, delivery_id: int) -> deliveries.Delivery:
    async with world.app.database.read() as connection:
        found = await deliveries.find_delivery(connection, delivery_id)
    assert found is not None
    return found


async def test_what_was_accepted_is_sent_once_with_its_reply(world: World) -> None:
    [one] = await planned(world)
    await world.send()
    await world.send()
    found = await row(world, one)
    assert (found.state, found.sent_at, found.reply) == (State.SENT, world.now, "250 ok")
    assert (found.attempts, found.placed) == (1, 2)
    assert len(world.relay.messages) == 1


async def test_what_was_put_off_is_tried_again_after_five_minutes(world: World) -> None:
    [one] = await planned(world)
    world.relay.answers = [DEFERRED]
    await world.send()
    found = await row(world, one)
    assert (found.state, found.attempts, found.owner) == (State.PENDING, 1, None)
    assert found.reply == "451 4.7.1 later"
    assert timedelta(minutes=4) <= found.next_try_at - world.now <= timedelta(minutes=6)
    world.clock.set(found.next_try_at - timedelta(seconds=1))
    await world.send()
    assert len(world.relay.messages) == 1
    world.clock.set(found.next_try_at)
    await world.send()
    assert (await row(world, one)).state is State.SENT


@pytest.mark.parametrize(
    ("verdict", "state"), [(Verdict.REFUSED, State.REFUSED), (Verdict.FAILED, State.FAILED)]
)
async def test_what_was_refused_is_settled_and_its_papers_stay_unseen(
    world: World, verdict: Verdict, state: State
) -> None:
    [one] = await planned(world)
    before = (await world.reader(1)).seen_set_id
    world.relay.answers = [Outcome(verdict, 550, "550 no")]
    await world.send()
    found = await row(world, one)
    assert (found.state, found.next_try_at) == (state, found.planned_at)
    assert found.reason
    assert (await world.reader(1)).seen_set_id == before


async def test_an_uncertain_mail_is_sent_again_byte_for_byte(world: World) -> None:
    [one] = await planned(world)
    world.relay.answers = [UNCERTAIN]
    await world.send()
    assert (await row(world, one)).state is State.PENDING
    world.clock.set(world.now + timedelta(minutes=1))
    await world.send()
    first, second = world.relay.messages
    assert first == second
    assert (await row(world, one)).state is State.SENT


async def test_a_relay_that_is_down_costs_no_attempt(world: World) -> None:
    [one] = await planned(world)
    world.relay.answers = [Outcome(Verdict.RELAY_DOWN, None, "no")]
    await world.send()
    found = await row(world, one)
    assert (found.state, found.attempts) == (State.PENDING, 0)


async def test_a_mail_that_waited_too_long_expires(world: World) -> None:
    [one] = await planned(world)
    world.clock.set(world.now + timedelta(hours=21))
    await world.send()
    assert (await row(world, one)).state is State.EXPIRED
    assert world.relay.messages == []


async def test_a_mail_that_cannot_be_composed_is_set_aside_and_the_others_go_out(
    world: World,
) -> None:
    await planned(world, 2)
    await world.add_reader("other@example.org", "pruning", hour=8)
    await world.plan()
    world.clock.set(MONDAY + timedelta(days=1, hours=8))
    await world.list_papers("Routing three", "Pruning three")
    await world.plan()
    async with world.app.database.write() as connection:
        broken = update(plan_card).where(plan_card.c.paper_id == 4).values(facts={"paper_id": 4})
        await connection.execute(broken)
    await world.send()
    found = await world.days()
    told = {d.address: d.state for d in found if d.day == "2026-05-05"}
    assert told == {
        "0@example.org": "failed",
        "1@example.org": "failed",
        "other@example.org": "sent",
    }


async def test_a_digest_whose_cards_are_lost_fails_alone(world: World) -> None:
    await planned(world)
    async with world.app.database.write() as connection:
        await connection.execute(delete(plan_card))
    await world.send()
    assert {d.state for d in await world.days()} <= {"failed", "sent"}
    assert all(state not in (State.CLAIMED, State.SUBMITTING) for state in (
        await states(world.app.database)).values())  # fmt: skip


async def test_a_stop_finishes_what_is_under_way_and_gives_the_rest_back(world: World) -> None:
    await planned(world, 6)
    stop = asyncio.Event()

    class Stopping(ToldTransport):
        async def send(self, message: OutgoingMessage) -> Outcome:
            stop.set()
            return await super().send(message)

    relay = Stopping()
    context = replace(world.app.context, transport=relay, connections=2)
    counts = await send_due(context, stop=stop)
    found = list((await states(world.app.database)).values())
    assert found.count(State.SENT) == len(relay.messages) == counts[State.SENT]
    assert 1 <= len(relay.messages) <= 2
    assert found.count(State.PENDING) == 6 - len(relay.messages)
    assert await send_due(context, stop=stop) == {State.EXPIRED: 0}


async def test_marks_that_queue_up_share_a_commit(world: World) -> None:
    await planned(world, 12)
    database = CountingDatabase(world.app.database.url)
    context = replace(world.app.context, database=database)
    async with database.write() as connection:
        claimed = await deliveries.claim(connection, context.worker_id, world.now)
    before = database.writes
    async with LedgerWriter(context) as ledger:
        assert all(await asyncio.gather(*(ledger.submitting(d) for d in claimed)))
        sent = await asyncio.gather(*(ledger.settled(d, ACCEPTED, 2) for d in claimed))
    assert all(sent)
    assert database.writes - before <= 4
    assert ledger.counts[State.SENT] == 12
    await database.close()


async def test_a_mark_that_comes_too_late_is_dropped(world: World) -> None:
    await planned(world)
    context = world.app.context
    async with world.app.database.write() as connection:
        [claimed] = await deliveries.claim(connection, context.worker_id, world.now)
    async with LedgerWriter(context) as ledger:
        assert await ledger.submitting(claimed)
        other = replace(context, worker_id="another")
        assert await sweep_dead_workers(other) == (0, 1)
        assert not await ledger.settled(claimed, ACCEPTED)
    assert (await row(world, claimed.id)).state is State.PENDING


async def test_a_reader_who_left_after_the_claim_gets_nothing(world: World) -> None:
    [one] = await planned(world)
    async with world.app.database.write() as connection:
        [claimed] = await deliveries.claim(connection, world.app.context.worker_id, world.now)
        await connection.exec_driver_sql("UPDATE subscriber SET state = 'unsubscribed'")
    async with LedgerWriter(world.app.context) as ledger:
        assert not await ledger.submitting(claimed)
    found = await row(world, one)
    assert (found.state, found.reason) == (
        State.CANCELLED,
        "the reader left, paused, or changed address",
    )
