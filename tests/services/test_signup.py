"""Sign-ups by strangers: what each state of an address makes of them, and what is refused."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import redirect_stdout
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from digest.clocks import SimulatedClock
from digest.domain.preferences import topics_from
from digest.domain.subscribers import Preferences, SubscriberState
from digest.services.signup import SignupError, request_subscription
from digest.services.subscriptions import subscribe
from tests.services.sign_ups import EVE, ask, mails, put, reader_of, signups_of
from tests.world import MONDAY, World, hours, open_world

TODAY, TOMORROW = "2026-05-04", "2026-05-05"


@pytest.fixture
async def world(tmp_path: Path, database_url: str) -> AsyncIterator[World]:
    """Give an installation, on Monday."""
    async with open_world(tmp_path, database_url) as opened:
        yield opened


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("new", ["confirm"]),
        ("pending", ["confirm", "confirm"]),
        ("active", ["already_subscribed"]),
        ("paused", ["already_subscribed"]),
        ("waiting", ["confirm", "already_subscribed"]),
        ("unsubscribed", ["confirm"]),
        ("bounced", ["confirm"]),
        ("complained", []),
        ("barred", []),
    ],
)
async def test_the_state_of_an_address_decides_which_mail_its_owner_gets(
    world: World, state: str, expected: list[str]
) -> None:
    await put(world, state)
    world.clock.set(MONDAY + timedelta(days=1))
    for _ in range(3):  # one mail a day, however often somebody asks
        await ask(world)
    assert [kind for kind, _, _ in await mails(world)] == expected
    if expected and state not in ("new", "pending", "waiting"):
        assert [day for _, day, _ in await mails(world)] == [TOMORROW]
    world.clock.set(MONDAY + timedelta(days=2))
    await ask(world)
    more = expected[-1:]
    assert [kind for kind, _, _ in await mails(world)] == expected + more


async def test_a_new_address_is_pending_until_it_confirms_and_its_consent_is_kept(
    world: World,
) -> None:
    await ask(world, "Eve@Example.org", "sparse", hour=9)
    reader = await reader_of(world)
    assert reader is not None
    assert (reader.address, reader.state) == ("Eve@example.org", SubscriberState.PENDING)
    [asked] = await signups_of(world)
    assert (asked.asked_at, asked.confirmed_at, asked.origin) == (MONDAY, None, "page")
    world.clock.set(MONDAY + hours(2))
    await world.confirm(reader.id)
    [asked] = await signups_of(world)
    assert asked.confirmed_at == MONDAY + hours(2)
    reader = await world.reader(reader.id)
    assert (reader.state, reader.preferences.hour) == (SubscriberState.ACTIVE, 9)
    assert reader.confirmed_at == MONDAY + hours(2)


async def test_the_latest_choices_of_a_day_are_those_that_its_mail_confirms(world: World) -> None:
    await ask(world, EVE, "sparse", hour=9)
    world.clock.set(MONDAY + hours(1))
    await ask(world, EVE, "dense", hour=21)
    [asked] = await signups_of(world)
    assert asked.asked_at == MONDAY + hours(1)
    reader = await reader_of(world)
    assert reader is not None
    await world.confirm(reader.id)
    chosen = (await world.reader(reader.id)).preferences
    assert (chosen.hour, [item.name for item in chosen.topics]) == (21, ["dense"])


async def test_who_left_keeps_their_own_choices_until_they_confirm(world: World) -> None:
    reader = await put(world, "unsubscribed")
    await ask(world, EVE, "sparse", hour=5)
    kept = await world.reader(reader)
    assert (kept.state, kept.preferences.hour) == (SubscriberState.UNSUBSCRIBED, 8)
    await world.confirm(reader)
    changed = await world.reader(reader)
    assert (changed.state, changed.preferences.hour) == (SubscriberState.ACTIVE, 5)


async def test_a_confirmation_proves_an_address_that_bounced(world: World) -> None:
    reader = await put(world, "bounced")
    await ask(world)
    await world.send()
    assert [state for _, _, state in await mails(world)] == ["sent"]
    await world.confirm(reader)
    proved = await world.reader(reader)
    assert (proved.state, proved.suppression) == (SubscriberState.ACTIVE, None)


async def test_two_requests_at_once_are_one_reader_and_one_mail(world: World) -> None:
    await asyncio.gather(*(ask(world, EVE, f"word{n}") for n in range(4)))
    assert [kind for kind, _, _ in await mails(world)] == ["confirm"]
    assert len(await signups_of(world)) == 1


async def test_a_stranger_and_the_operator_may_enter_the_same_address_at_once(
    world: World,
) -> None:
    plain = Preferences(topics=topics_from({}, queries=["dense"]))
    results = await asyncio.gather(
        ask(world),
        subscribe(world.app.context, EVE, plain, confirmed=False),
        return_exceptions=True,
    )
    assert results[0] is None  # the operator may be told that the address is taken
    assert [kind for kind, _, _ in await mails(world)] == ["confirm"]


async def test_the_operator_s_own_entry_leaves_a_sign_up_as_well(world: World) -> None:
    reader = await world.add_reader(EVE, "sparse", confirmed=False)
    [asked] = await signups_of(world)
    assert asked.origin == "operator"
    await world.confirm(reader)
    assert (await world.reader(reader)).state is SubscriberState.ACTIVE


async def test_an_address_over_its_limit_gets_the_same_answer_and_no_mail(world: World) -> None:
    for _ in range(6):
        await ask(world)
    [asked] = await signups_of(world)
    await ask(world, EVE, "late", hour=3)
    assert (await signups_of(world))[0].preferences == asked.preferences


async def test_limits_outlive_the_process_and_hold_no_address(
    tmp_path: Path, database_url: str
) -> None:
    told: dict[str, Any] = {"subscribe": {"per_network_hour": 2}}
    async with open_world(tmp_path, database_url, **told) as world:
        await ask(world, "a@example.org")
        await ask(world, "b@example.org")
    async with open_world(tmp_path, database_url, MONDAY + hours(0.25), **told) as world:
        with pytest.raises(SignupError, match="Too many") as refused:
            await ask(world, "c@example.org")
        assert refused.value.retry_after_s == pytest.approx(900)
        world.clock.set(MONDAY + hours(0.51))
        await ask(world, "c@example.org")
        assert await reader_of(world, "c@example.org")


@pytest.mark.parametrize(
    ("rules", "address", "words"),
    [
        ({}, "eve", "not an e-mail address"),
        ({}, "", "not an e-mail address"),
        ({}, "eve@ex ample.org", "not an e-mail address"),
        ({}, "eve@example.org\r\nBcc: x@example.org", "not an e-mail address"),
        ({}, "x" * 60_000 + "@example.org", "not an e-mail address"),
        ({"mode": "closed"}, EVE, "closed"),
        ({"mode": "domains", "domains": ["uni.example"]}, EVE, "Only addresses of uni.example"),
        ({"refuse_disposable": True}, "eve@mailinator.com", "thrown away"),
        ({"refuse_disposable": True}, "eve@mx.mailinator.com", "thrown away"),
    ],
)
async def test_what_is_wrong_with_a_request_itself_is_said(
    tmp_path: Path, rules: dict[str, Any], address: str, words: str
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with open_world(tmp_path, url, subscribe=rules) as world:
        with pytest.raises(SignupError, match=words) as refused:
            await ask(world, address)
        assert refused.value.retry_after_s is None
        assert await mails(world) == []


@pytest.mark.parametrize(
    ("rules", "address"),
    [
        ({"mode": "domains", "domains": ["Uni.Example"]}, "eve@UNI.example"),
        ({"mode": "domains", "domains": ["bücher.example"]}, "eve@xn--bcher-kva.example"),
        ({"refuse_disposable": True}, "eve@bücher.example"),
        ({}, "jürgen@bücher.example"),
    ],
)
async def test_addresses_of_all_alphabets_are_let_in(
    tmp_path: Path, rules: dict[str, Any], address: str
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with open_world(tmp_path, url, subscribe=rules) as world:
        await ask(world, address)
        await world.send()
        assert [state for _, _, state in await mails(world)] == ["sent"]


async def test_choices_that_cannot_be_kept_are_refused(world: World) -> None:
    with pytest.raises(SignupError, match="no IANA time zone"):
        await ask(world, zone="Mars/{Base}")
    assert await reader_of(world) is None


async def test_no_address_is_written_to_the_log(world: World) -> None:
    said = io.StringIO()
    with redirect_stdout(said):
        for _ in range(7):
            await ask(world)
        await put(world, "active", "ada@example.org")
        await ask(world, "ada@example.org")
    assert "over their limit" in said.getvalue()
    assert "eve" not in said.getvalue()
    assert "ada" not in said.getvalue()


class WatchedClock(SimulatedClock):
    """Keeps how long it was asked to wait."""

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self.waits: list[float] = []

    async def sleep(self, seconds: float) -> None:
        """Keep the wait."""
        self.waits.append(seconds)


async def test_every_answer_waits_for_the_same_moment(world: World) -> None:
    clock = WatchedClock(world.now)
    context = replace(world.app.context, clock=clock)
    for state in ("new", "active", "complained"):
        await put(world, state, f"{state}@example.org")
        await request_subscription(
            context, f"{state}@example.org", Preferences(), client="::1", origin="api"
        )
    assert clock.waits == [0.5, 0.5, 0.5]
