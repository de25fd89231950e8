"""The pace: who is asked to slow down does, everybody else goes on, and nothing spins."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from digest.domain.deliveries import State
from digest.domain.throttle import CHUNK, RESERVE
from digest.ports import Blame, Outcome, OutgoingMessage, RelayStanding, Verdict
from digest.services.alarms import list_alarms
from digest.services.pacing import POLICY_REFUSALS
from digest.services.status import read_status
from digest.store import deliveries, throttles
from tests.store.ledger_rows import states
from tests.world import MONDAY, ToldTransport, World, hours, open_world

SLOWER = Outcome(Verdict.DEFERRED, 451, "451 4.7.1 slow down", "default", Blame.PROVIDER)
EIGHT = MONDAY + hours(8)


class Relays(ToldTransport):
    """Answers by the recipient's domain, and says how its relays fare."""

    def __init__(self) -> None:
        super().__init__()
        self.by_domain: dict[str, Outcome] = {}
        self.told: tuple[RelayStanding, ...] = ()

    async def send(self, message: OutgoingMessage) -> Outcome:
        """Answer as its domain is told, else accept through the relay that was asked."""
        self.messages.append(message)
        domain = message.envelope_to.rpartition("@")[2]
        accepted = Outcome(Verdict.ACCEPTED, 250, "250 ok", message.relay or "default")
        if self.answers:
            return self.answers.pop(0)
        return self.by_domain.get(domain, accepted)

    def standings(self) -> tuple[RelayStanding, ...]:
        """Return what the test says."""
        return self.told

    @property
    def domains(self) -> Counter[str]:
        """How many mails went to each domain."""
        return Counter(m.envelope_to.rpartition("@")[2] for m in self.messages)


@asynccontextmanager
async def world_with(
    folder: Path, url: str, transport: Relays, *relays: dict[str, Any]
) -> AsyncIterator[World]:
    tables: dict[str, Any] = {"digest": {"first_at_once": False}}
    if relays:
        tables["relays"] = list(relays)
    async with open_world(folder, url, transport=transport, **tables) as world:
        await world.list_papers("Routing one", "Routing two")
        yield world


async def planned(world: World, *addresses: str) -> list[int]:
    for address in addresses:
        await world.add_reader(address, "routing", hour=8)
    await world.plan_at(EIGHT)
    return list(await states(world.app.database))


async def row(world: World, delivery_id: int) -> deliveries.Delivery:
    async with world.app.database.read() as connection:
        found = await deliveries.find_delivery(connection, delivery_id)
    assert found is not None
    return found


async def rows(world: World) -> list[deliveries.Delivery]:
    return [await row(world, one) for one in await states(world.app.database)]


def many(count: int, domain: str) -> Sequence[str]:
    return [f"{n}@{domain}" for n in range(count)]


async def test_a_throttled_provider_waits_and_the_others_go_on(
    tmp_path: Path, database_url: str
) -> None:
    relay = Relays()
    relay.by_domain = {"gmail.com": SLOWER}
    async with world_with(tmp_path, database_url, relay) as world:
        addresses = [*many(30, "gmail.com"), *many(30, "uni.example")]
        await planned(world, *addresses)
        await world.send()
        assert relay.domains["uni.example"] == 30
        assert 1 <= relay.domains["gmail.com"] <= world.app.context.connections
        found = {r.address: r for r in await rows(world) if r.address.endswith("@gmail.com")}
        assert {r.state for r in found.values()} == {State.PENDING}
        tried = [r for r in found.values() if r.attempts]
        assert len(tried) == relay.domains["gmail.com"]  # who only waited has attempted nothing
        assert all(r.next_try_at >= EIGHT + timedelta(seconds=24) for r in found.values())
        # and while the pause lasts, another look sends nothing
        world.clock.set(EIGHT + timedelta(seconds=20))
        before = len(relay.messages)
        await world.send()
        assert len(relay.messages) == before
        # later it goes better: all arrive, a few at a time
        relay.by_domain = {}
        for minute in range(1, 200):
            world.clock.set(EIGHT + timedelta(minutes=minute))
            await world.send()
        assert {r.state for r in await rows(world)} == {State.SENT}


async def test_the_rate_of_a_provider_is_kept_and_status_shows_it(
    tmp_path: Path, database_url: str
) -> None:
    relay, told = Relays(), {"name": "main", "provider_rate_per_minute": 60}
    async with world_with(tmp_path, database_url, relay, told) as world:
        await planned(world, *many(40, "gmail.com"), *many(3, "uni.example"))
        await world.send()
        assert relay.domains == {"gmail.com": 10, "uni.example": 3}  # ten seconds' worth
        waiting = sorted(r.next_try_at for r in await rows(world) if r.state is State.PENDING)
        assert len(set(waiting)) == 30  # in a line, so that none asks in vain
        assert timedelta(seconds=29) <= waiting[-1] - EIGHT <= timedelta(seconds=33)
        world.clock.set(EIGHT + timedelta(seconds=5))
        await world.send()
        assert 13 <= relay.domains["gmail.com"] <= 15
        [shown] = (await read_status(world.app.context)).relays
        assert {one.name: one.rate_per_minute for one in shown.providers}["google.com"] == 60


async def test_a_single_mail_is_not_held_up_by_digests(tmp_path: Path, database_url: str) -> None:
    relay, told = Relays(), {"name": "main", "rate_per_minute": 6}
    async with world_with(tmp_path, database_url, relay, told) as world:
        await planned(world, *many(40, "gmail.com"))
        await world.send()
        assert len(relay.messages) == 1
        await world.add_reader("new@gmail.com", "routing", confirmed=False)
        await world.send()
        assert relay.messages[-1].envelope_to == "new@gmail.com"
        for n in range(RESERVE + 5):  # but no endless credit
            await world.add_reader(f"new{n}@gmail.com", "routing", confirmed=False)
        await world.send()
        assert len(relay.messages) == 1 + RESERVE


async def test_a_warm_up_lets_a_growing_number_go_each_day(
    tmp_path: Path, database_url: str
) -> None:
    relay = Relays()
    told = {"name": "main", "warmup_start": 20, "warmup_factor": 1.5}
    async with world_with(tmp_path, database_url, relay, told) as world:
        await planned(world, *many(50, "a.example"))
        await world.send()
        assert len(relay.messages) == 18  # a tenth is kept for single mails
        await world.add_reader("new@a.example", "routing", confirmed=False)
        await world.send()
        assert len(relay.messages) == 19
        tuesday = datetime(2026, 5, 5, tzinfo=UTC)
        waiting = [r for r in await rows(world) if r.state is State.PENDING]
        assert min(r.next_try_at for r in waiting) >= tuesday
        world.clock.set(tuesday + timedelta(hours=1))
        await world.send()
        assert len(relay.messages) == 19 + 27
        [shown] = (await read_status(world.app.context)).relays
        assert (shown.sent_today, shown.cap_today) == (27, 30)


async def test_while_every_relay_is_left_alone_nothing_is_claimed_or_written(
    tmp_path: Path, database_url: str
) -> None:
    relay = Relays()
    until = EIGHT + timedelta(minutes=5)
    relay.told = (RelayStanding("default", 10, 4, until, ""),)
    async with world_with(tmp_path, database_url, relay) as world:
        [one] = await planned(world, "a@example.org")
        await world.send()
        found = await row(world, one)
        assert (found.state, found.attempts, found.next_try_at) == (State.PENDING, 0, EIGHT)
        assert relay.messages == []


async def test_the_pause_of_a_relay_is_the_wait_of_its_mails(
    tmp_path: Path, database_url: str
) -> None:
    relay = Relays()
    until = EIGHT + timedelta(minutes=10)
    relay.answers = [Outcome(Verdict.RELAY_DOWN, None, "no", "", Blame.RELAY, until)]
    async with world_with(tmp_path, database_url, relay) as world:
        [one] = await planned(world, "a@example.org")
        await world.send()
        found = await row(world, one)
        assert (found.state, found.attempts, found.next_try_at) == (State.PENDING, 0, until)


async def test_an_uncertain_mail_goes_through_the_same_relay_until_it_is_known(
    tmp_path: Path, database_url: str
) -> None:
    relay, told = Relays(), [{"name": "one"}, {"name": "two"}]
    relay.answers = [
        Outcome(Verdict.UNCERTAIN, None, "lost", "two"),
        Outcome(Verdict.RELAY_DOWN, None, "no", "two"),
    ]
    async with world_with(tmp_path, database_url, relay, *told) as world:
        [one] = await planned(world, "a@example.org")
        await world.send()
        for minute in (2, 4):
            found = await row(world, one)
            assert (found.state, found.relay, found.uncertain) == (State.PENDING, "two", True)
            world.clock.set(EIGHT + timedelta(minutes=minute))
            await world.send()
        _, second, third = relay.messages
        assert [(m.relay, m.bound) for m in (second, third)] == [("two", True)] * 2
        assert (await row(world, one)).state is State.SENT


async def test_an_uncertain_mail_waits_for_its_relay_while_others_go_on(
    tmp_path: Path, database_url: str
) -> None:
    relay, told = Relays(), [{"name": "one"}, {"name": "two"}]
    relay.answers = [Outcome(Verdict.UNCERTAIN, None, "lost", "two")]
    async with world_with(tmp_path, database_url, relay, *told) as world:
        [one] = await planned(world, "a@example.org")
        await world.send()
        until = EIGHT + timedelta(minutes=9)
        relay.told = (RelayStanding("one", 10), RelayStanding("two", 10, 3, until, ""))
        world.clock.set(EIGHT + timedelta(minutes=2))
        await world.add_reader("b@example.org", "routing", confirmed=False)
        await world.send()
        assert [m.relay for m in relay.messages[1:]] == ["one"]
        assert (await row(world, one)).next_try_at == until


async def test_relays_of_one_priority_take_turns_and_the_backup_stands_in(
    tmp_path: Path, database_url: str
) -> None:
    relay = Relays()
    told = [{"name": "one"}, {"name": "two"}, {"name": "backup", "priority": 20}]
    async with world_with(tmp_path, database_url, relay, *told) as world:
        await planned(world, *many(20, "a.example"))
        await world.send()
        assert Counter(m.relay for m in relay.messages) == {"one": 10, "two": 10}
        until = world.now + timedelta(minutes=5)
        relay.told = (
            RelayStanding("one", 10, 1, until),
            RelayStanding("two", 10, 1, until),
            RelayStanding("backup", 20),
        )
        await world.add_reader("new@a.example", "routing", confirmed=False)
        await world.send()
        assert relay.messages[-1].relay == "backup"


async def test_a_relay_that_stood_in_is_charged(tmp_path: Path, database_url: str) -> None:
    relay = Relays()
    told = [
        {"name": "one", "rate_per_minute": 600},
        {"name": "two", "rate_per_minute": 600, "priority": 20},
    ]
    relay.answers = [Outcome(Verdict.ACCEPTED, 250, "250 ok", "two")]
    async with world_with(tmp_path, database_url, relay, *told) as world:
        await planned(world, "a@example.org")
        await world.send()
        async with world.app.database.read() as connection:
            found = await throttles.list_buckets(connection)
        assert {key: bucket.level for key, bucket in found.items()} == {
            "relay/one": CHUNK,
            "relay/two": CHUNK - 1,
        }


async def test_refusals_by_policy_leave_mails_waiting_pause_their_provider_and_alarm(
    tmp_path: Path, database_url: str
) -> None:
    relay = Relays()
    blocked = Outcome(Verdict.DEFERRED, 550, "550 5.7.1 blocked", "default", Blame.POLICY)
    relay.by_domain = {"outlook.com": blocked}
    async with world_with(tmp_path, database_url, relay) as world:
        await planned(world, *many(POLICY_REFUSALS + 20, "outlook.com"), *many(5, "uni.example"))
        await world.send()
        assert POLICY_REFUSALS <= relay.domains["outlook.com"] <= POLICY_REFUSALS + 4
        assert relay.domains["uni.example"] == 5
        [alarm] = await list_alarms(world.app.context)
        assert "microsoft.com" in alarm.key
        assert "5.7.1 blocked" in alarm.text
        waiting = [r for r in await rows(world) if r.address.endswith("outlook.com")]
        assert {r.state for r in waiting} == {State.PENDING}


async def test_a_relay_in_trouble_raises_an_alarm_that_ends_with_it(
    tmp_path: Path, database_url: str
) -> None:
    relay = Relays()
    until = EIGHT + timedelta(minutes=5)
    relay.told = (RelayStanding("default", 10, 1, None, "AUTH failed: 535"),)
    async with world_with(tmp_path, database_url, relay) as world:
        await planned(world, "a@example.org")
        await world.send()
        [alarm] = await list_alarms(world.app.context)
        assert (alarm.key, alarm.cleared_at) == ("relay/default", None)
        assert "AUTH failed: 535" in alarm.text
        assert "digest relays check" in alarm.text
        [shown] = (await read_status(world.app.context)).relays
        assert (shown.failures, shown.trouble) == (1, "AUTH failed: 535")
        relay.told = (RelayStanding("default", 10),)
        world.clock.set(until)
        await world.add_reader("b@example.org", "routing", confirmed=False)
        await world.send()
        [alarm] = await list_alarms(world.app.context)
        assert alarm.cleared_at == until


async def test_a_relay_that_is_too_slow_itself_is_slowed_for_everybody(
    tmp_path: Path, database_url: str
) -> None:
    relay = Relays()
    relay.answers = [Outcome(Verdict.THROTTLED, 454, "454 Throttling", "default", Blame.RELAY)]
    async with world_with(tmp_path, database_url, relay) as world:
        ids = await planned(world, *many(30, "a.example"), *many(30, "b.example"))
        await world.send()
        assert len(relay.messages) <= world.app.context.connections
        found = [await row(world, one) for one in ids]
        assert sum(r.attempts for r in found) < len(relay.messages)  # no attempt of whom it told
        assert all(r.next_try_at > EIGHT for r in found if r.state is State.PENDING)


async def test_without_any_limit_nothing_is_written_for_the_pace(
    tmp_path: Path, database_url: str
) -> None:
    relay = Relays()
    async with world_with(tmp_path, database_url, relay) as world:
        await planned(world, *many(3, "a.example"))
        await world.send()
        assert len(relay.messages) == 3
        async with world.app.database.read() as connection:
            assert await throttles.list_buckets(connection) == {}
