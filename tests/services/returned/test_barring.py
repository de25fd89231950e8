"""Points, what lifts a bar, and what the operator is told."""

import pytest

from digest.domain.deliveries import Kind, State
from digest.domain.subscribers import SubscriberState
from digest.services import reader_links
from digest.services.alarms import list_alarms
from digest.services.barring import lift
from digest.services.bounces import PILE, Effect, review
from digest.services.housekeeping import forget_never_confirmed
from digest.services.subscriptions import SubscriptionError
from digest.store import bounces
from digest.store.bounces import BounceRow
from digest.store.rewinding import forget_history
from tests.intake.letters import (
    FULL,
    SPAM,
    complaint,
    delivery_of,
    dsn,
    stamp_of,
)
from tests.services.own_rows import mails_of
from tests.services.returned.came_back import (
    ADDRESS,
    DAY,
    FOR_EVER,
    READS,
    bounced,
    digest_on,
    log_of,
    standing,
    take,
)
from tests.world import World, hours


async def test_soft_bounces_of_five_days_bar_and_of_one_day_do_not(world: World) -> None:
    assert (await bounced(world, FULL)).effect is Effect.COUNTED
    for _ in range(6):  # as many in one day as may be
        stamp = stamp_of(world, await delivery_of(world))
        done = await take(world, dsn(stamp, said=f"452 4.2.2 full {_}"), stamp)
    assert done.effect is Effect.REPEATED
    for day in range(1, 4):
        row = await digest_on(world, day)
        assert (await bounced(world, FULL, row)).effect is Effect.COUNTED
    assert await standing(world) == READS
    row = await digest_on(world, 4)
    assert (await bounced(world, FULL, row)).effect is Effect.SUPPRESSED
    assert (await world.reader(1)).state_reason == "mail to it came back on several days"


async def test_a_good_delivery_takes_a_point_off(lite: World) -> None:
    await bounced(lite, FULL)
    for day in range(1, 6):
        row = await digest_on(lite, day)
        if day != 2:  # Wednesday's mail stays where it was delivered
            await bounced(lite, FULL, row)
    assert await standing(lite) == READS
    assert (await bounced(lite, FULL, await digest_on(lite, 6))).effect is Effect.SUPPRESSED


async def test_proving_the_address_lifts_a_bounce_and_clears_the_points(world: World) -> None:
    for day in range(1, 5):
        await bounced(world, FULL, await digest_on(world, day))
    row = await digest_on(world, 5)
    assert (await bounced(world, FULL, row)).effect is Effect.SUPPRESSED
    assert await reader_links.prove_address(world.app.context, 1)
    await world.send()
    assert (await mails_of(world, 1, Kind.CONFIRM))[-1].state is State.SENT
    await world.confirm(1)
    assert await standing(world) == READS
    assert (await log_of(world))[-1] == ("lifted", False, "")
    # what was sent before the proof says nothing any more, a hard one included
    stamp = stamp_of(world, await delivery_of(world, row))
    assert (await take(world, dsn(stamp), stamp)).effect is Effect.NOTED
    assert (await bounced(world, FULL, await digest_on(world, 6))).effect is Effect.COUNTED
    assert await standing(world) == READS


async def test_what_piles_up_about_us_is_an_alarm_and_goes_when_it_is_over(lite: World) -> None:
    context = lite.app.context
    async with lite.app.database.write() as connection:
        for number in range(PILE - 1):
            mark = bounces.fingerprint(number)
            row = BounceRow(2, None, "bounce", False, "", "spam", "", "hook", mark, lite.now)
            assert await bounces.add_bounce(connection, row)
    await review(context)
    assert await list_alarms(context) == []
    await bounced(lite, SPAM)
    [alarm] = await list_alarms(context)
    assert alarm.key == "bounces/policy"
    assert f"{PILE} mails came back" in alarm.text
    assert await standing(lite) == READS
    lite.clock.set(lite.now + DAY + hours(1))
    await review(context)
    assert [a for a in await list_alarms(context) if getattr(a, "cleared_at", None) is None] == []


async def test_when_everybody_is_called_unknown_at_once_nobody_is_barred(lite: World) -> None:
    async with lite.app.database.write() as connection:
        for number in range(60):
            mark = bounces.fingerprint(number)
            row = BounceRow(2, None, "bounce", True, "", "moved", "", "hook", mark, lite.now)
            await bounces.add_bounce(connection, row)
    assert (await bounced(lite)).effect is Effect.COUNTED
    assert await standing(lite) == READS
    assert [a.key for a in await list_alarms(lite.app.context)] == ["bounces/flood"]


async def test_the_operator_lifts_what_bars_an_address(world: World) -> None:
    context = world.app.context
    await bounced(world)
    assert await lift(context, ADDRESS.upper()) is SubscriberState.ACTIVE
    assert await standing(world) == READS
    stamp = stamp_of(world, await delivery_of(world))
    assert (await take(world, dsn(stamp, said="550 5.1.6 moved"), stamp)).effect is Effect.NOTED
    await take(world, complaint(stamp), stamp)
    assert await standing(world) == READS  # what was sent before the lift says nothing
    row = await digest_on(world, 1)
    stamp = stamp_of(world, await delivery_of(world, row))
    await take(world, complaint(stamp), stamp)
    assert await standing(world) == FOR_EVER
    assert await lift(context, ADDRESS) is SubscriberState.UNSUBSCRIBED
    assert await standing(world) == (SubscriberState.UNSUBSCRIBED, None)
    with pytest.raises(SubscriptionError, match="nothing bars ada@"):
        await lift(context, ADDRESS)


async def test_a_rehearsal_forgets_what_came_back(lite: World) -> None:
    await bounced(lite)
    async with lite.app.database.write() as connection:
        await forget_history(connection)
    assert await log_of(lite) == []


async def test_who_never_confirmed_is_forgotten_with_what_came_back(world: World) -> None:
    reader = await world.add_reader("new@example.org", "experts", confirmed=False)
    await world.send()
    [asked] = await mails_of(world, reader)
    stamp = stamp_of(world, asked)
    assert (await take(world, dsn(stamp), stamp)).effect is Effect.NOTED
    assert (await world.reader(reader)).state is SubscriberState.PENDING
    await world.add_reader("later@example.org", "experts", confirmed=False)
    await digest_on(world, 40)
    assert await forget_never_confirmed(world.app.context) == 1
    assert await log_of(world, reader) == []
