"""A backup as new as the ledger is not refused; whoever left after it leaves at the start."""

from datetime import timedelta
from pathlib import Path

import pytest

from digest.domain.opt_outs import Act
from digest.domain.subscribers import SubscriberState
from digest.services import guard, opt_outs, subscriptions
from digest.services.context import Context
from digest.services.erasure import erase, finish_erasures
from digest.services.send import begin_sending
from tests.services.restorable import Restorable
from tests.world import MONDAY, World, hours


@pytest.fixture
async def world(made: Restorable) -> World:
    """Give an installation that has sent since it was backed up, and was backed up again."""
    await made.world.at(MONDAY + timedelta(days=1, hours=8))
    await made.back_up()
    made.world.clock.set(MONDAY + timedelta(days=1, hours=12))
    return made.world


async def states(world: World, *ids: int) -> list[SubscriberState]:
    return [(await world.reader(one)).state for one in ids]


async def test_who_left_after_a_backup_of_the_same_ledger_leaves_before_anything_is_sent(
    made: Restorable, world: World
) -> None:
    context = world.app.context
    assert await subscriptions.unsubscribe(context, 2)
    assert await erase(context, 3)
    await subscriptions.pause(context, 4, (MONDAY + timedelta(days=9)).date())
    world = await made.restore()
    context = world.app.context
    assert await states(world, 2, 3, 4) == [SubscriberState.ACTIVE] * 3
    assert await guard.find_trouble(context) is None
    await begin_sending(context, wait=False)
    await finish_erasures(context)
    gone = [SubscriberState.UNSUBSCRIBED, SubscriberState.ERASED, SubscriberState.PAUSED]
    assert await states(world, 2, 3, 4) == gone
    await world.list_papers("Routing late")
    await world.at(MONDAY + timedelta(days=2, hours=8))
    assert [made.mails_to(name) for name in ("stays", "leaves", "erased", "complains")] == [
        3,
        2,
        2,
        2,
    ]
    assert await opt_outs.replay_unknown(context) == 0


async def test_who_came_back_by_another_machine_is_not_sent_off_when_this_one_starts(
    made: Restorable, world: World, tmp_path: Path
) -> None:
    assert await subscriptions.unsubscribe(world.app.context, 2)
    now = world.now + hours(1)
    await made.close()
    world = await made.open(now, tmp_path / "another machine")
    assert await subscriptions.resubscribe(world.app.context, 2)
    await made.close()
    world = await made.open(now + hours(1))
    assert await opt_outs.replay_unknown(world.app.context) == 0
    assert await states(world, 2) == [SubscriberState.ACTIVE]


async def test_an_act_whose_transaction_was_cut_off_is_done_at_the_next_start(
    world: World,
) -> None:
    context = world.app.context
    world.clock.set(world.now + hours(1))
    with pytest.raises(RuntimeError, match="cut off"):
        await leave_and_break_off(context, (await world.reader(2)).address)
    assert await states(world, 2) == [SubscriberState.ACTIVE]
    assert await opt_outs.replay_unknown(context) == 1
    assert await states(world, 2) == [SubscriberState.UNSUBSCRIBED]


async def leave_and_break_off(context: Context, address: str) -> None:
    async with context.database.write() as connection:
        await opt_outs.note(context, connection, Act.UNSUBSCRIBE, address)
        raise RuntimeError("cut off")
