"""The arithmetic of the pace: no draw exceeds the bucket, and every slowness ends."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.throttle import (
    CALM,
    CHUNK,
    PAUSES,
    RESERVE,
    SLOWEST,
    UNBOUNDED,
    Bucket,
    WarmUp,
    capacity,
    draw,
    give_back,
    is_idle,
    new_bucket,
    next_places,
    refreshed,
    slowed,
)

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
cases = settings(max_examples=200, deadline=None)
rates = st.floats(0.02, 40.0)
seconds = st.floats(0, 100_000)


def after(s: float) -> datetime:
    return NOW + timedelta(seconds=s)


@cases
@given(rates, st.lists(st.tuples(st.floats(0, 30), st.integers(1, 60)), max_size=40))
def test_no_series_of_draws_gets_more_than_flowed_in(
    rate: float, asked: list[tuple[float, int]]
) -> None:
    bucket, now, got = new_bucket(rate, NOW), NOW, 0
    for wait, want in asked:
        now += timedelta(seconds=wait)
        drawn = draw(bucket, want, now, ceiling=rate)
        assert 0 <= drawn.granted <= min(want, CHUNK)
        assert (drawn.again_at is None) == (drawn.granted > 0)
        bucket, got = drawn.bucket, got + drawn.granted
    flowed = (now - NOW).total_seconds() * rate
    assert got <= capacity(rate) + flowed + 1e-6


@cases
@given(rates, st.integers(1, 200))
def test_who_is_refused_and_comes_when_told_gets_a_token(rate: float, want: int) -> None:
    bucket = new_bucket(rate, NOW)
    while (drawn := draw(bucket, want, NOW, ceiling=rate)).granted:
        bucket = drawn.bucket
    assert drawn.again_at is not None
    assert draw(drawn.bucket, 1, drawn.again_at + timedelta(milliseconds=1), ceiling=rate).granted


@cases
@given(rates, st.floats(-100_000, 0))
def test_a_clock_set_back_fills_nothing_and_takes_nothing(rate: float, back: float) -> None:
    bucket = replace(new_bucket(rate, NOW), level=0.5)
    assert refreshed(bucket, rate, after(back)).level == 0.5
    assert refreshed(bucket, rate, after(back)).rate == rate


def test_single_mails_borrow_what_digests_cannot_have() -> None:
    empty = replace(new_bucket(0.1, NOW), level=0.0)
    assert draw(empty, CHUNK, NOW, ceiling=0.1).granted == 0
    bucket, lent = empty, 0
    while (drawn := draw(bucket, 1, NOW, ceiling=0.1, urgent=True)).granted:
        bucket, lent = drawn.bucket, lent + 1
    assert lent == RESERVE
    assert bucket.level == -RESERVE  # digests pay it back before they go on


def test_a_throttling_reply_halves_the_rate_and_pauses_for_longer_each_time() -> None:
    bucket, now, pauses = new_bucket(8.0, NOW), NOW, []
    for strike in range(1, 10):
        bucket = slowed(refreshed(bucket, 8.0, now), now, measured=0)
        assert bucket.paused_until is not None
        assert bucket.strikes == strike
        assert draw(bucket, 1, now, ceiling=8.0).again_at == bucket.paused_until
        pauses.append((bucket.paused_until - now).total_seconds())
        now = bucket.paused_until
    assert pauses == [*PAUSES, PAUSES[-1], PAUSES[-1]]
    assert bucket.rate == max(SLOWEST, 8.0 / 2**9)


@cases
@given(rates, st.floats(-3, 3))
def test_replies_during_a_pause_change_nothing(rate: float, jitter: float) -> None:
    once = slowed(new_bucket(rate, NOW), NOW, measured=0, jitter=jitter)
    assert once.paused_until is not None
    assert 24 <= (once.paused_until - NOW).total_seconds() <= 36
    assert slowed(once, NOW + timedelta(seconds=20), measured=0) == once


@cases
@given(st.floats(0, 100))
def test_without_a_rate_half_of_what_was_measured_is_the_rate(measured: float) -> None:
    slow = slowed(new_bucket(math.inf, NOW), NOW, measured=measured)
    assert slow.rate == pytest.approx(max(SLOWEST, measured / 2))


@cases
@given(st.floats(SLOWEST, 4.0), st.integers(0, 300))
def test_a_clean_minute_gives_a_tenth_and_never_more_than_the_ceiling(
    rate: float, minutes: int
) -> None:
    slow = replace(new_bucket(rate, NOW), rate=rate)
    climbed = refreshed(slow, 4.0, NOW + minutes * MINUTE + timedelta(seconds=1))
    assert climbed.rate == pytest.approx(min(4.0, rate * 1.1**minutes))


@cases
@given(st.lists(st.floats(0, 400), min_size=1, max_size=30))
def test_looking_often_climbs_as_looking_once(waits: list[float]) -> None:
    slow = replace(new_bucket(0.5, NOW), level=0.0)
    often, now = slow, NOW
    for wait in waits:
        now += timedelta(seconds=wait)
        often = refreshed(often, 50.0, now)
    assert often.rate == pytest.approx(refreshed(slow, 50.0, now).rate)


def test_a_rate_that_nobody_set_goes_when_it_has_climbed_far_enough() -> None:
    slow = slowed(new_bucket(math.inf, NOW), NOW, measured=10)
    assert slow.paused_until is not None
    soon = refreshed(slow, math.inf, slow.paused_until + 5 * MINUTE)
    assert SLOWEST < soon.rate < UNBOUNDED
    late = refreshed(slow, math.inf, slow.paused_until + 60 * MINUTE)
    assert math.isinf(late.rate)
    assert is_idle(slow, math.inf, WarmUp(), slow.paused_until + 60 * MINUTE)
    assert not is_idle(slow, math.inf, WarmUp(), slow.paused_until)


def test_after_calm_the_next_pause_is_a_short_one_again() -> None:
    twice = slowed(new_bucket(8.0, NOW), NOW, measured=0)
    twice = slowed(twice, NOW + 2 * MINUTE, measured=0)
    assert refreshed(twice, 8.0, NOW + 2 * MINUTE + CALM / 2).strikes == 2
    assert refreshed(twice, 8.0, NOW + 4 * MINUTE + CALM).strikes == 0


def test_a_warm_up_grows_by_its_factor_from_day_to_day() -> None:
    warm_up = WarmUp(200, 1.5)
    assert [warm_up.cap(day) for day in range(4)] == [200, 300, 450, 675]
    assert math.isinf(warm_up.cap(10_000))
    assert math.isinf(WarmUp(0).cap(3))


def drain(bucket: Bucket, now: datetime, warm_up: WarmUp, *, urgent: bool) -> tuple[int, Bucket]:
    got = 0
    while (drawn := draw(bucket, CHUNK, now, warm_up=warm_up, urgent=urgent)).granted:
        got, bucket = got + drawn.granted, drawn.bucket
    return got, bucket


def test_a_day_of_the_warm_up_keeps_a_tenth_for_single_mails() -> None:
    warm_up, bucket = WarmUp(200, 1.5), new_bucket(math.inf, NOW)
    digests, bucket = drain(bucket, NOW, warm_up, urgent=False)
    refused = draw(bucket, 1, NOW, warm_up=warm_up)
    assert refused.again_at == datetime(2026, 5, 5, tzinfo=UTC)
    single, bucket = drain(bucket, NOW, warm_up, urgent=True)
    assert (digests, single) == (180, 20)
    tomorrow = NOW + timedelta(days=1)
    assert drain(bucket, tomorrow, warm_up, urgent=False)[0] == 270


@cases
@given(rates, st.integers(-30, 30))
def test_what_comes_back_never_overfills(rate: float, count: int) -> None:
    bucket = give_back(replace(new_bucket(rate, NOW), level=0.0, sent=10), count)
    assert bucket.level == min(capacity(rate), count)
    assert bucket.sent == max(0, 10 - count)


@cases
@given(rates, st.integers(1, 300))
def test_waiting_mails_line_up_at_the_rate_and_within_the_horizon(rate: float, many: int) -> None:
    horizon, tail, places = timedelta(minutes=10), NOW, []
    for _ in range(many):
        place, tail = next_places(tail, NOW, rate, horizon)
        places.append(place)
    assert all(NOW < place <= NOW + horizon for place in places)
    first = [p for n, p in enumerate(places, 1) if n / rate < horizon.total_seconds() - 1]
    assert first == sorted(first)
    if len(first) > 1:
        assert (first[1] - first[0]).total_seconds() == pytest.approx(1 / rate, abs=1e-3)
