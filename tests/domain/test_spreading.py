"""A reader's minute in the window: the same every day, and the minutes are evenly taken."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.spreading import first_try, latest_try, offset_minutes

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
ids = st.integers(1, 2**31 - 1)


@settings(max_examples=300, deadline=None)
@given(ids, st.integers(1, 360), st.integers(1, 30 * 60))
def test_a_first_try_lies_in_the_window_and_leaves_half_of_the_time(
    subscriber_id: int, window: int, minutes: int
) -> None:
    expires = NOW + timedelta(minutes=minutes)
    at = first_try(subscriber_id, NOW, expires, window)
    assert NOW <= at < NOW + timedelta(minutes=window)
    assert at <= latest_try(NOW, expires) < expires


@settings(max_examples=100, deadline=None)
@given(ids, st.integers(1, 360))
def test_a_reader_keeps_their_minute_from_day_to_day(subscriber_id: int, window: int) -> None:
    tomorrow = NOW + timedelta(days=1)
    waits = [
        first_try(subscriber_id, day, day + timedelta(hours=20), window) - day
        for day in (NOW, tomorrow)
    ]
    assert waits[0] == waits[1] == timedelta(minutes=offset_minutes(subscriber_id, window))


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 2**30), st.integers(2, 120))
def test_readers_who_came_one_after_the_other_share_the_window_evenly(
    first: int, window: int
) -> None:
    taken = Counter(offset_minutes(n, window) for n in range(first, first + 40 * window))
    assert len(taken) == window
    assert max(taken.values()) <= 60


def test_without_a_window_everything_is_tried_at_once() -> None:
    assert first_try(7, NOW, NOW + timedelta(hours=20), 0) == NOW
