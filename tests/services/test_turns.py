"""Turns: one process at a time, and not again too soon, over a restart as well."""

import asyncio
from datetime import timedelta

from digest.services.turns import count_failures, note_turn, take_turn
from digest.store.meta import exchange_value, find_value, save_value
from tests.world import World

PAUSE = timedelta(minutes=5)


async def test_a_turn_is_taken_once_within_its_pause(both: World) -> None:
    context, began = both.app.context, both.now
    assert sum(await asyncio.gather(*(take_turn(context, "t", PAUSE) for _ in range(8)))) == 1
    both.clock.set(began + PAUSE - timedelta(seconds=1))
    assert not await take_turn(context, "t", PAUSE)
    assert await take_turn(context, "other", PAUSE)
    both.clock.set(began + PAUSE)
    assert sum(await asyncio.gather(*(take_turn(context, "t", PAUSE) for _ in range(8)))) == 1


async def test_a_clock_that_was_set_back_holds_nothing_up(both: World) -> None:
    assert await take_turn(both.app.context, "t", PAUSE)
    both.clock.set(both.now - timedelta(days=300))
    assert await take_turn(both.app.context, "t", PAUSE)


async def test_failures_in_a_row_are_counted_until_one_goes_well(both: World) -> None:
    context = both.app.context
    assert [await note_turn(context, "t", ok=ok) for ok in (True, False, False)] == [0, 1, 2]
    assert await count_failures(context, "t") == 2
    assert await note_turn(context, "t", ok=True) == 0
    assert await count_failures(context, "t") == 0


async def test_a_value_is_exchanged_for_the_one_that_was_read_alone(both: World) -> None:
    async with both.app.database.write() as connection:
        assert await exchange_value(connection, "k", None, "1")
        assert not await exchange_value(connection, "k", None, "2")
        assert not await exchange_value(connection, "k", "0", "2")
        assert await exchange_value(connection, "k", "1", "2")
        assert await find_value(connection, "k") == "2"
        await save_value(connection, "k", "3")
        assert not await exchange_value(connection, "k", "2", "4")
