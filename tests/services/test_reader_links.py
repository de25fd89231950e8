"""Links mailed on request: to whom, how often, and what is void once all are signed out."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from digest.domain.deliveries import CONFIRM_VALID, Kind, State
from digest.domain.subscribers import SubscriberState, Suppression
from digest.domain.tokens import Claims, Purpose
from digest.services import confirming, subscriptions
from digest.services.personal_feed import feed_token
from digest.services.reader_links import (
    ask_for_link,
    mail_link,
    prove_address,
    renew_feed,
    sign_out,
)
from digest.services.subscriptions import SubscriptionError
from digest.store.reader_schema import signup
from digest.store.signups import preferences_json
from tests.services.own_rows import bar, columns, everything, mails_of
from tests.world import MONDAY, World, hours

ADDRESS, CLIENT = "ada@example.org", "192.0.2.7"
LINK = Kind.PREFERENCES_LINK


async def links_of(world: World, reader: int) -> list[State]:
    """Return the states of the links that were mailed to a reader."""
    return [row.state for row in await mails_of(world, reader, LINK)]


async def test_a_link_is_mailed_to_the_owner_once_an_hour_and_works_for_one(both: World) -> None:
    reader = await both.add_reader(ADDRESS, "experts")
    for _ in range(3):
        await ask_for_link(both.app.context, " ADA@example.org ".strip(), CLIENT)
    [row] = await mails_of(both, reader, LINK)
    assert (row.address, row.token_generation, row.state) == (ADDRESS, 0, State.PENDING)
    assert (row.planned_at, row.expires_at) == (both.now, both.now + hours(1))
    both.clock.set(both.now + hours(1))
    assert await mail_link(both.app.context, reader)
    assert not await mail_link(both.app.context, reader)
    assert len(await links_of(both, reader)) == 2


async def test_six_links_a_day_are_enough(both: World) -> None:
    reader = await both.add_reader(ADDRESS, "experts")
    made = []
    for hour in range(30):
        both.clock.set(MONDAY + hours(hour))
        made.append(await mail_link(both.app.context, reader))
    assert [hour for hour, sent in enumerate(made) if sent] == [*range(6), *range(24, 30)]


async def test_no_link_goes_to_strangers_pending_or_barred_ones(both: World) -> None:
    pending = await both.add_reader("pending@example.org", "experts", confirmed=False)
    declined = await both.add_reader("declined@example.org", "experts", confirmed=False)
    await subscriptions.unsubscribe(both.app.context, declined)
    barred = {}
    for why in (Suppression.COMPLAINT, Suppression.OPERATOR, None):
        barred[why] = await both.add_reader(f"{why}@example.org", "experts")
        await bar(both, barred[why], why)
    going = await both.add_reader("going@example.org", "experts")
    await columns(both, going, erase_asked_at=both.now)
    held = await everything(both, "bucket")
    for name in ("nobody", "pending", "declined", "complaint", "operator", "None", "going"):
        await ask_for_link(both.app.context, f"{name}@example.org", CLIENT)
    assert await everything(both, "bucket") == held
    assert pending
    with pytest.raises(SubscriptionError, match="is not an e-mail address"):
        await ask_for_link(both.app.context, "no address", CLIENT)


async def test_whoever_left_or_rests_or_waits_gets_a_link(both: World) -> None:
    for state in ("paused", "unsubscribed", "waiting"):
        reader = await both.add_reader(f"{state}@example.org", "experts")
        await columns(both, reader, state=state)
        assert await mail_link(both.app.context, reader), state


async def test_a_bounced_address_gets_one_link_and_one_proof_a_day(both: World) -> None:
    reader = await both.add_reader(ADDRESS, "experts", hour=6)
    assert not await prove_address(both.app.context, reader)  # there is nothing to prove
    await bar(both, reader, Suppression.BOUNCE)
    for day in range(2):
        both.clock.set(MONDAY + timedelta(days=day))
        assert await mail_link(both.app.context, reader)
        assert await prove_address(both.app.context, reader)
        both.clock.set(both.now + hours(5))
        assert not await mail_link(both.app.context, reader)
        assert not await prove_address(both.app.context, reader)
    proofs = await mails_of(both, reader, Kind.CONFIRM)
    assert [row.expires_at - row.planned_at for row in proofs] == [CONFIRM_VALID] * 2
    async with both.app.database.read() as connection:
        logged = (await connection.execute(select(signup).order_by(signup.c.id))).all()
    assert [(row.delivery_id, row.origin) for row in logged] == [(p.id, "page") for p in proofs]
    assert logged[0].preferences == preferences_json((await both.reader(reader)).preferences)
    assert logged[0].preferences["hour"] == 6
    assert [topic["name"] for topic in logged[0].preferences["topics"]] == ["experts"]


async def test_a_proof_that_is_confirmed_lifts_the_bar_and_changes_nothing_else(
    both: World,
) -> None:
    reader = await both.add_reader(ADDRESS, "experts", hour=6)
    chosen = (await both.reader(reader)).preferences
    await bar(both, reader, Suppression.BOUNCE)
    assert await prove_address(both.app.context, reader)
    [proof] = await mails_of(both, reader, Kind.CONFIRM)
    claims = Claims(Purpose.CONFIRM, reader, proof.id, proof.token_generation, proof.planned_at)
    await confirming.confirm(both.app.context, claims)
    held = await both.reader(reader)
    assert (held.state, held.suppression) == (SubscriberState.ACTIVE, None)
    assert held.preferences == chosen


@pytest.mark.parametrize("why", [Suppression.COMPLAINT, Suppression.OPERATOR, None])
async def test_nobody_proves_an_address_that_somebody_else_barred(
    both: World, why: Suppression | None
) -> None:
    reader = await both.add_reader(ADDRESS, "experts")
    await bar(both, reader, why)
    assert not await prove_address(both.app.context, reader)
    assert await mails_of(both, reader) == []


async def test_signing_out_voids_links_and_feed_and_renews_what_waits(both: World) -> None:
    reader = await both.add_reader(ADDRESS, "experts", hour=8)
    await both.list_papers("Experts at work")
    await mail_link(both.app.context, reader)
    both.clock.set(MONDAY + hours(8))
    await both.plan()
    before = feed_token(both.app.context, await both.reader(reader))
    await sign_out(both.app.context, reader)
    held = await both.reader(reader)
    assert (held.token_generation, held.feed_generation) == (1, 1)
    assert feed_token(both.app.context, held) != before
    found = {row.kind: (row.state, row.token_generation) for row in await mails_of(both, reader)}
    assert found == {LINK: (State.CANCELLED, 0), Kind.DIGEST: (State.PENDING, 1)}
    # and a new link may be had at once, in the same hour
    assert await mail_link(both.app.context, reader)
    assert held.state is SubscriberState.ACTIVE


async def test_a_renewed_feed_leaves_the_links_alone(both: World) -> None:
    reader = await both.add_reader(ADDRESS, "experts")
    await renew_feed(both.app.context, reader)
    held = await both.reader(reader)
    assert (held.token_generation, held.feed_generation) == (0, 1)
