"""The doctor's rounds: kept, begun anew when old, waited for by nobody."""

import asyncio
from datetime import UTC, datetime, timedelta

from digest.clocks import SimulatedClock
from digest.domain.checkups import Checkup, green
from digest.services.doctor.rounds import FRESH, Rounds

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)


async def test_a_round_is_kept_until_it_is_old_or_wanted_anew() -> None:
    clock, begun = SimulatedClock(NOW), 0

    async def examine() -> list[Checkup]:
        nonlocal begun
        begun += 1
        return [green("clock", f"round {begun}")]

    rounds = Rounds(examine, clock)
    for _ in range(3):
        rounds.ask()
    await rounds.wait()
    assert rounds.kept is not None
    assert (rounds.kept.at, rounds.kept.checkups[0].found, begun) == (NOW, "round 1", 1)
    clock.set(NOW + FRESH - timedelta(seconds=1))
    rounds.ask()
    await rounds.wait()
    assert begun == 1
    rounds.ask(anew=True)
    await rounds.wait()
    clock.set(clock.now() + FRESH)
    rounds.ask()
    await rounds.wait()
    assert begun == 3


async def test_a_round_that_fails_or_hangs_holds_nobody_up() -> None:
    first = asyncio.Event()

    async def examine() -> list[Checkup]:
        if not first.is_set():
            first.set()
            raise OSError("no resolver")
        await asyncio.Event().wait()
        return []

    rounds = Rounds(examine, SimulatedClock(NOW))
    rounds.ask()
    await rounds.wait()
    assert (rounds.kept, rounds.under_way) == (None, False)
    rounds.ask()
    await asyncio.sleep(0)
    assert rounds.under_way
    await rounds.close()
    assert not rounds.under_way
