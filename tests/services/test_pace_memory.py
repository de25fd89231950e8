"""What a process remembers of the pace: rates of the last minute, and not for ever."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.services.pace_memory import MEASURED_OVER_S, Meter, PaceMemory

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 10), st.integers(90, 400))
def test_an_even_stream_is_measured_as_it_is(per_second: int, seconds: int) -> None:
    meter = Meter(NOW)
    for second in range(seconds):
        for _ in range(per_second):
            meter.add(after(second))
    assert meter.per_second(after(seconds)) == pytest.approx(per_second, rel=0.03)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(-500, 500), max_size=50))
def test_no_jump_of_the_clock_makes_a_rate_less_than_none(jumps: list[float]) -> None:
    meter, now = Meter(NOW), NOW
    for jump in jumps:
        now += timedelta(seconds=jump)
        meter.add(now)
        assert 0 <= meter.per_second(now) <= len(jumps) / 10


def test_what_is_long_over_is_no_rate() -> None:
    meter = Meter(NOW)
    meter.add(NOW)
    assert meter.per_second(after(3 * MEASURED_OVER_S)) == 0


def test_many_small_providers_are_forgotten_once_they_are_quiet() -> None:
    memory = PaceMemory()
    for n in range(10_001):
        memory.meters[str(n)] = Meter(NOW)
        memory.rates[str(n)] = 1.0
    memory.meters["busy"] = Meter(after(600))
    memory.rates["waiting"], memory.tails["waiting"] = 1.0, after(900)
    memory.forget_old(after(600))
    assert (list(memory.meters), list(memory.rates)) == (["busy"], ["waiting"])
