"""Several relays: shared, failed over, probed, stopped, and come back to."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from digest.clocks import SimulatedClock
from digest.domain.relay_health import POLICY_REFUSALS, SENDER_REFUSALS
from digest.ports import Blame, RelayBoard, Verdict
from tests.mail.scripted_relay import (
    DOT,
    HANG_UP,
    NOW,
    message,
    relay,
    scripted_relay,
    transport,
)


def moved(clock: SimulatedClock, seconds: float) -> None:
    clock.set(clock.now() + timedelta(seconds=seconds))


async def test_relays_of_one_priority_share_the_load_and_the_backup_gets_none() -> None:
    async with scripted_relay() as one, scripted_relay() as two, scripted_relay() as backup:
        relays = (
            relay(one.port, "one", priority=1, connections=2),
            relay(two.port, "two", priority=1, connections=2),
            relay(backup.port, "backup", priority=2, connections=9),
        )
        async with transport(*relays) as sender:
            assert isinstance(sender, RelayBoard)
            sent = await asyncio.gather(*(sender.send(message(number=n)) for n in range(20)))
        taken = Counter(outcome.relay for outcome in sent)
        assert taken["backup"] == 0
        assert min(taken["one"], taken["two"]) >= 5


async def test_the_first_relay_is_come_back_to_when_it_answers_again() -> None:
    clock = SimulatedClock(NOW)
    async with scripted_relay() as first, scripted_relay() as second:
        relays = (relay(first.port, "first", priority=1), relay(second.port, "second", priority=2))
        async with transport(*relays, clock=clock) as sender:
            first.greeting = "421 4.3.2 later"
            assert (await sender.send(message())).relay == "second"
            first.greeting = "220 back"
            moved(clock, 14)
            assert (await sender.send(message())).relay == "second"
            assert first.connections == 1
            moved(clock, 1)
            assert (await sender.send(message())).relay == "first"
            assert [s.failures for s in sender.standings()] == [0, 0]


async def test_after_a_pause_one_message_probes_and_the_others_wait_for_it() -> None:
    clock = SimulatedClock(NOW)
    async with (
        scripted_relay() as server,
        transport(relay(server.port, connections=8), clock=clock) as sender,
    ):
        server.greeting = "421 4.3.2 later"
        await sender.send(message())
        moved(clock, 15)
        sent = await asyncio.gather(*(sender.send(message(number=n)) for n in range(8)))
        assert {outcome.verdict for outcome in sent} == {Verdict.RELAY_DOWN}
        assert server.connections == 2  # the first failure, and one probe
        assert {outcome.not_before for outcome in sent} == {clock.now() + timedelta(seconds=30)}
        server.greeting = "220 back"
        moved(clock, 30)
        sent = await asyncio.gather(*(sender.send(message(number=n)) for n in range(8)))
        assert {outcome.verdict for outcome in sent} == {Verdict.ACCEPTED}


async def test_a_sender_refused_five_times_in_a_row_stops_the_relay_and_says_so() -> None:
    async with scripted_relay(MAIL="550 5.7.1 not your sender") as server:
        async with transport(relay(server.port)) as sender:
            for number in range(SENDER_REFUSALS):
                [before] = sender.standings()
                assert (before.paused_until, before.trouble) == (None, "")
                outcome = await sender.send(message(number=number))
                assert (outcome.verdict, outcome.blame) == (Verdict.DEFERRED, Blame.RELAY)
            [stopped] = sender.standings()
            assert stopped.paused_until == NOW + timedelta(seconds=15)
            assert "not your sender" in stopped.trouble
            assert (await sender.send(message())).verdict is Verdict.RELAY_DOWN
        assert len([c for c in server.commands if c.startswith("MAIL")]) == SENDER_REFUSALS


async def test_a_message_whose_sender_is_refused_goes_through_the_next_relay() -> None:
    async with scripted_relay(MAIL="550 5.7.1 no") as first, scripted_relay() as second:
        relays = (relay(first.port, "first", priority=1), relay(second.port, "second", priority=2))
        async with transport(*relays) as sender:
            assert (await sender.send(message())).relay == "second"


async def test_twenty_refusals_by_policy_in_a_row_stop_the_relay() -> None:
    async with (
        scripted_relay(**{DOT: "550 5.7.1 looks like spam"}) as server,
        transport(relay(server.port)) as sender,
    ):
        for number in range(POLICY_REFUSALS):
            assert sender.standings()[0].paused_until is None
            outcome = await sender.send(message(number=number))
            assert (outcome.verdict, outcome.blame) == (Verdict.DEFERRED, Blame.POLICY)
        [stopped] = sender.standings()
    assert stopped.paused_until is not None
    assert "looks like spam" in stopped.trouble


@pytest.mark.parametrize("refusal", ["RCPT", DOT])
async def test_one_message_in_between_that_is_taken_breaks_the_row(refusal: str) -> None:
    async with scripted_relay() as server, transport(relay(server.port)) as sender:
        for _ in range(3):
            server.replies[refusal] = "550 5.7.1 blocked"
            for number in range(POLICY_REFUSALS - 1):
                await sender.send(message(number=number))
            del server.replies[refusal]
            assert (await sender.send(message())).verdict is Verdict.ACCEPTED
        assert sender.standings()[0].trouble == ""


async def test_an_uncertain_message_goes_through_its_relay_or_not_at_all() -> None:
    clock = SimulatedClock(NOW)
    async with scripted_relay(**{DOT: HANG_UP}) as first, scripted_relay() as second:
        relays = (relay(first.port, "first", priority=1), relay(second.port, "second", priority=2))
        async with transport(*relays, clock=clock) as sender:
            outcome = await sender.send(message())
            assert (outcome.verdict, outcome.relay) == (Verdict.UNCERTAIN, "first")
            again = replace(message(), relay="first", bound=True)
            waits = await sender.send(again)
            assert waits.verdict is Verdict.RELAY_DOWN
            assert waits.not_before == NOW + timedelta(seconds=15)
            assert second.bodies == []
            moved(clock, 15)
            del first.replies[DOT]
            assert (await sender.send(again)).relay == "first"
            gone = replace(message(), relay="no longer there", bound=True)
            assert (await sender.send(gone)).verdict is Verdict.ACCEPTED


async def test_the_relay_that_is_asked_for_is_tried_first_and_the_others_stand_in() -> None:
    async with scripted_relay() as first, scripted_relay() as second:
        relays = (relay(first.port, "first", priority=1), relay(second.port, "second", priority=2))
        async with transport(*relays) as sender:
            asked = replace(message(), relay="second")
            assert (await sender.send(asked)).relay == "second"
            second.replies["MAIL"] = "421 4.3.2 going"
            assert (await sender.send(asked)).relay == "first"
