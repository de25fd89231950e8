"""Confirmations: each link confirms its own sign-up, once, and nothing else does."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from digest.domain.signups import Worth
from digest.domain.subscribers import SubscriberState, Suppression
from digest.domain.tokens import Claims, Purpose
from digest.services.confirming import approve, confirm, find_standing
from digest.services.subscriptions import resubscribe, unsubscribe
from digest.store import deliveries
from digest.store.schema import subscriber
from tests.services.sign_ups import EVE, ask, mails, put, reader_of, signups_of
from tests.world import MONDAY, World, hours, open_world


@pytest.fixture
async def world(tmp_path: Path, database_url: str) -> AsyncIterator[World]:
    """Give an installation, on Monday."""
    async with open_world(tmp_path, database_url) as opened:
        yield opened


async def claims_of(world: World, number: int = -1) -> Claims:
    """Return what the link of one of the address's sign-ups says."""
    asked = (await signups_of(world))[number]
    async with world.app.database.read() as connection:
        row = await deliveries.find_delivery(connection, asked.delivery_id or 0)
    assert row is not None
    return Claims(Purpose.CONFIRM, row.subscriber_id, row.id, row.token_generation, row.planned_at)


async def change(world: World, **values: object) -> None:
    """Change the reader's row behind the services' back."""
    async with world.app.database.write() as connection:
        await connection.execute(update(subscriber).values(values))


async def test_a_second_click_says_so_and_changes_nothing(world: World) -> None:
    await ask(world, hour=9)
    claims = await claims_of(world)
    first = await confirm(world.app.context, claims)
    assert (first.worth, first.reader and first.reader.state) == (
        Worth.OPEN,
        SubscriberState.ACTIVE,
    )
    assert first.reader is not None
    await unsubscribe(world.app.context, first.reader.id)
    again = await confirm(world.app.context, claims)
    assert again.worth is Worth.DONE
    assert (await world.reader(first.reader.id)).state is SubscriberState.UNSUBSCRIBED


async def test_two_clicks_at_once_confirm_once(world: World) -> None:
    await ask(world)
    claims = await claims_of(world)
    done = await asyncio.gather(*(confirm(world.app.context, claims) for _ in range(4)))
    assert sorted(standing.worth for standing in done) == ["done"] * 3 + ["open"]


async def test_a_link_that_a_newer_mail_took_the_place_of_is_void(world: World) -> None:
    await ask(world, hour=9)
    world.clock.set(MONDAY + timedelta(days=1))
    await ask(world, hour=10)
    older, newer = await claims_of(world, 0), await claims_of(world, 1)
    assert (await confirm(world.app.context, older)).worth is Worth.VOID
    assert (await confirm(world.app.context, newer)).worth is Worth.OPEN
    assert (await confirm(world.app.context, older)).worth is Worth.VOID
    reader = await reader_of(world)
    assert reader is not None
    assert reader.preferences.hour == 10


async def test_a_click_against_a_second_sign_up_carries_one_of_both_whole(world: World) -> None:
    await ask(world, EVE, "one", hour=1)
    claims = await claims_of(world)
    await asyncio.gather(confirm(world.app.context, claims), ask(world, EVE, "two", hour=2))
    reader = await reader_of(world)
    assert reader is not None
    assert reader.state is SubscriberState.ACTIVE
    chosen = (reader.preferences.hour, reader.preferences.topics[0].name)
    assert chosen in [(1, "one"), (2, "two")]
    [asked] = await signups_of(world)
    assert asked.preferences == reader.preferences
    assert len(await mails(world)) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"token_generation": 1},
        {"address": "other@example.org"},
        {"state": "suppressed", "suppression": Suppression.COMPLAINT.value},
        {"state": "suppressed", "suppression": Suppression.OPERATOR.value},
        {"state": "erased"},
    ],
)
async def test_a_link_is_void_once_its_reader_is_another_or_barred(
    world: World, changed: dict[str, object]
) -> None:
    await ask(world)
    claims = await claims_of(world)
    await change(world, **changed)
    assert (await find_standing(world.app.context, claims)).worth is Worth.VOID
    assert (await confirm(world.app.context, claims)).worth is Worth.VOID
    assert [asked for asked in await signups_of(world) if asked.confirmed_at] == []


async def test_a_link_of_nobody_or_of_another_kind_of_mail_is_void(world: World) -> None:
    await put(world, "active")
    await ask(world)
    gone = Claims(Purpose.CONFIRM, 99, 99, 0, MONDAY)
    other = Claims(Purpose.CONFIRM, 1, 1, 0, MONDAY)  # the mail that says "already subscribed"
    for claims in (gone, other):
        assert (await confirm(world.app.context, claims)).worth is Worth.VOID


async def test_looking_at_a_link_changes_nothing(world: World) -> None:
    await ask(world)
    claims = await claims_of(world)
    for _ in range(3):
        assert (await find_standing(world.app.context, claims)).worth is Worth.OPEN
    reader = await reader_of(world)
    assert reader is not None
    assert reader.state is SubscriberState.PENDING


async def test_under_approval_who_confirmed_waits_for_the_operator(
    tmp_path: Path, database_url: str
) -> None:
    told: dict[str, Any] = {"subscribe": {"mode": "approval"}}
    async with open_world(tmp_path, database_url, **told) as world:
        await world.list_papers("Sparse")
        await ask(world)
        reader = await reader_of(world)
        assert reader is not None
        assert not await approve(world.app.context, reader.id)
        await world.confirm(reader.id)
        assert (await world.reader(reader.id)).state is SubscriberState.WAITING
        await unsubscribe(world.app.context, reader.id)  # which is no way around the operator
        assert not await resubscribe(world.app.context, reader.id)
        world.clock.set(MONDAY + timedelta(days=1))
        await ask(world)
        await world.confirm(reader.id)
        assert (await world.reader(reader.id)).state is SubscriberState.WAITING
        await world.at(MONDAY + hours(33))
        assert await world.days() == []
        assert await approve(world.app.context, reader.id)
        assert not await approve(world.app.context, reader.id)
        await world.at(world.now)
        assert [day.state for day in await world.days()] == ["sent"]  # the first one at once
        # who was a reader before comes back by a confirmation alone
        await unsubscribe(world.app.context, reader.id)
        world.clock.set(MONDAY + timedelta(days=2))
        await ask(world)
        await world.confirm(reader.id)
        assert (await world.reader(reader.id)).state is SubscriberState.ACTIVE
        # whom the operator entered was approved by that
        entered = await world.add_reader("ada@example.org", "sparse", confirmed=False)
        await world.confirm(entered)
        assert (await world.reader(entered)).state is SubscriberState.ACTIVE
