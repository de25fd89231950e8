"""The pace: who is asked to slow down does, everybody else goes on, and nothing spins."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from digest.domain.deliveries import State
from digest.domain.throttle import RESERVE
from digest.ports import Blame, Outcome, Verdict
from digest.services.alarms import list_alarms
from digest.services.pacing import POLICY_REFUSALS
from digest.services.status import read_status
from digest.store import throttles
from tests.services.paced import EIGHT, SLOWER, Relays, many, planned, row, rows, world_with


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
        for minute in (1, 2, 5, 10, 15, 20, 30, 45, 60, 75, 90):
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


async def test_an_alarm_of_a_policy_is_over_when_a_mail_is_taken_again(
    tmp_path: Path, database_url: str
) -> None:
    relay = Relays()
    blocked = Outcome(Verdict.DEFERRED, 550, "550 5.7.1 blocked", "default", Blame.POLICY)
    relay.by_domain = {"outlook.com": blocked}
    async with world_with(tmp_path, database_url, relay) as world:
        await planned(world, *many(POLICY_REFUSALS, "outlook.com"))
        await world.send()
        relay.by_domain = {}
        world.app.context.pace.mended.clear()
        world.clock.set(EIGHT + timedelta(minutes=30))
        await world.send()
        [alarm] = await list_alarms(world.app.context)
        assert alarm.cleared_at == world.now
