"""What a complaint does, and how far it has to be proved."""

import pytest

from digest.domain.subscribers import SubscriberState
from digest.services import reader_links
from digest.services.barring import lift
from digest.services.bounces import Done, Effect
from digest.services.erasure import erase
from digest.services.subscriptions import SubscriptionError, unsubscribe
from tests.intake.letters import (
    complaint,
    delivery_of,
    head_of,
    stamp_of,
)
from tests.services.own_rows import columns
from tests.services.returned.came_back import (
    ADDRESS,
    FOR_EVER,
    READS,
    bounced,
    standing,
    take,
)
from tests.world import World


async def test_a_complaint_bars_for_ever_confirmations_included(world: World) -> None:
    stamp = stamp_of(world, await delivery_of(world))
    done = await take(world, complaint("abuse@papers.example", mail_from=stamp))
    assert done == Done(Effect.SUPPRESSED, 1, "feedback")
    assert await standing(world) == FOR_EVER
    assert not await reader_links.prove_address(world.app.context, 1)
    assert not await reader_links.mail_link(world.app.context, 1)
    await unsubscribe(world.app.context, 1)
    assert await standing(world) == FOR_EVER


async def test_a_complaint_is_heard_after_a_bounce_and_from_whoever_left(lite: World) -> None:
    await bounced(lite)
    stamp = stamp_of(lite, await delivery_of(lite))
    assert (await take(lite, complaint(stamp), stamp)).effect is Effect.SUPPRESSED
    assert await standing(lite) == FOR_EVER
    await unsubscribe(lite.app.context, 2)
    other = stamp_of(lite, await delivery_of(lite, 2))
    assert (await take(lite, complaint(other), other)).effect is Effect.SUPPRESSED
    assert await standing(lite, 2) == FOR_EVER


async def test_a_complaint_proved_by_a_link_alone_unsubscribes(lite: World) -> None:
    header = head_of(lite.relay.messages[0]).replace(b"b-", b"x-")
    raw = complaint("abuse@papers.example", original=header)
    assert (await take(lite, raw)).effect is Effect.UNSUBSCRIBED
    assert await standing(lite) == (SubscriberState.UNSUBSCRIBED, None)


@pytest.mark.parametrize(
    ("feedback", "state"),
    [
        ("not-spam", SubscriberState.ACTIVE),
        ("auth-failure", SubscriberState.ACTIVE),
        ("opt-out", SubscriberState.UNSUBSCRIBED),
        ("virus", SubscriberState.SUPPRESSED),
    ],
)
async def test_a_complaint_does_what_its_type_asks(
    lite: World, feedback: str, state: SubscriberState
) -> None:
    stamp = stamp_of(lite, await delivery_of(lite))
    await take(lite, complaint(stamp, feedback=feedback), stamp)
    assert (await standing(lite))[0] is state


async def test_a_complaint_about_the_address_before_the_change_bars_that_address(
    world: World,
) -> None:
    await columns(world, 1, address="new@example.org", address_key="new@example.org")
    stamp = stamp_of(world, await delivery_of(world))
    assert (await take(world, complaint(stamp), stamp)).effect is Effect.SUPPRESSED
    assert await standing(world) == READS
    with pytest.raises(ValueError, match="was barred"):
        await world.add_reader(ADDRESS, "experts")


async def test_an_address_that_an_erased_readers_complaint_bars_can_be_lifted(
    world: World,
) -> None:
    stamp = stamp_of(world, await delivery_of(world))
    await take(world, complaint(stamp), stamp)
    assert await erase(world.app.context, 1)
    with pytest.raises(SubscriptionError, match="was barred"):
        await world.add_reader(ADDRESS, "experts")
    assert await lift(world.app.context, ADDRESS) is None
    assert await world.add_reader(ADDRESS, "experts")
