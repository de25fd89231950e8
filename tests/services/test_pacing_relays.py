"""Which relay a mail takes, and how mails wait while relays are left alone."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from digest.domain.deliveries import State
from digest.domain.throttle import CHUNK
from digest.ports import Blame, Outcome, RelayStanding, Verdict
from digest.services.alarms import list_alarms
from digest.services.status import read_status
from digest.store import throttles
from tests.services.paced import EIGHT, Relays, many, planned, row, world_with


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
    relay = Relays()
    told: list[dict[str, Any]] = [{"name": "one"}, {"name": "two"}]
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
    relay = Relays()
    told: list[dict[str, Any]] = [{"name": "one"}, {"name": "two"}]
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
    told: list[dict[str, Any]] = [
        {"name": "one"},
        {"name": "two"},
        {"name": "backup", "priority": 20},
    ]
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
    told: list[dict[str, Any]] = [
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
