"""How a source is doing, and when it is asked next."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.feeds.health import (
    LONGEST_BACK_OFF,
    FeedHistory,
    Health,
    assess,
    next_poll_at,
    working_days_between,
)

THURSDAY = datetime(2026, 5, 7, 9, 0, tzinfo=UTC)
WEEKDAYS = {date(2026, 4, 20) + timedelta(days=n): 30 * (n % 7 < 5) for n in range(18)}


def history(last_entry: datetime | None, **more: object) -> FeedHistory:
    known = {day: n for day, n in WEEKDAYS.items() if last_entry and day <= last_entry.date()}
    values: dict[str, object] = {
        "last_ok_at": THURSDAY,
        "last_entry_at": last_entry,
        "weekday_counts": known,
    }
    return FeedHistory(**{**values, **more})  # type: ignore[arg-type]  # the fields of one class


@pytest.mark.parametrize(
    ("now", "last_entry", "health"),
    [
        ("2026-05-07T09:00", "2026-05-07T05:00", Health.FRESH),
        ("2026-05-07T09:00", "2026-05-06T05:00", Health.FRESH),  # today's may still come
        ("2026-05-07T09:00", "2026-05-05T05:00", Health.QUIET),  # one working day: a holiday
        ("2026-05-07T09:00", "2026-05-04T05:00", Health.STALE),  # two
        ("2026-05-09T09:00", "2026-05-08T05:00", Health.QUIET),  # Saturday after Friday
        ("2026-05-10T09:00", "2026-05-08T05:00", Health.QUIET),  # Sunday
        ("2026-05-09T09:00", "2026-05-09T05:00", Health.FRESH),  # a Saturday with entries
        ("2026-05-11T09:00", "2026-05-08T05:00", Health.FRESH),  # Monday morning
        ("2026-05-12T09:00", "2026-05-08T05:00", Health.QUIET),  # Monday brought nothing
        ("2026-05-13T09:00", "2026-05-08T05:00", Health.STALE),
        ("2026-05-10T09:00", "2026-05-06T05:00", Health.STALE),  # Thursday and Friday missed
    ],
)
def test_a_feed_of_every_working_day_is_judged_by_working_days(
    now: str, last_entry: str, health: Health
) -> None:
    last = datetime.fromisoformat(last_entry).replace(tzinfo=UTC)
    assert assess(history(last), datetime.fromisoformat(now).replace(tzinfo=UTC))[0] is health


def test_the_reason_can_be_understood() -> None:
    last = datetime(2026, 5, 4, 5, 0, tzinfo=UTC)
    assert assess(history(last), THURSDAY)[1] == (
        "nothing new since Mon 4 May 2026 05:00 UTC: "
        "2 working days without, and it never missed one"
    )
    saturday = datetime(2026, 5, 9, 9, 0, tzinfo=UTC)
    friday = datetime(2026, 5, 8, 5, 0, tzinfo=UTC)
    assert assess(history(friday), saturday)[1] == (
        "nothing new since Fri 8 May 2026 05:00 UTC, as on weekends"
    )


def test_a_feed_that_was_never_regular_may_be_silent_for_long() -> None:
    last = datetime(2026, 4, 27, 5, 0, tzinfo=UTC)
    counts = {day: 1 for day in WEEKDAYS if day.weekday() == 0}
    counts |= {day: 0 for day in WEEKDAYS if day.weekday() == 1}
    assert assess(history(last, weekday_counts=counts), THURSDAY)[0] is Health.QUIET
    few = {date(2026, 4, 27): 5}
    assert assess(history(last, weekday_counts=few), THURSDAY)[0] is Health.QUIET


def test_an_expected_interval_is_held_against_time_without_weekends() -> None:
    friday = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
    week = timedelta(days=7)
    assert assess(history(friday), THURSDAY, week)[0] is not Health.STALE
    later = datetime(2026, 5, 14, 9, 0, tzinfo=UTC)
    health, reason = assess(history(friday), later, week)
    assert health is Health.STALE
    assert reason.endswith("something is expected every 7 days")


def test_three_failures_in_a_row_are_broken_and_fewer_are_told() -> None:
    last = datetime(2026, 5, 7, 5, 0, tzinfo=UTC)
    since = datetime(2026, 5, 7, 6, 0, tzinfo=UTC)
    failing = {"last_failure": "timed out", "since": since}
    health, reason = assess(history(last, failures=2, **failing), THURSDAY)
    assert health is Health.FRESH
    assert "the last 2 fetches failed since Thu 7 May 2026 06:00 UTC: timed out" in reason
    health, reason = assess(history(last, failures=3, **failing), THURSDAY)
    assert health is Health.BROKEN
    assert reason == "the last 3 fetches failed since Thu 7 May 2026 06:00 UTC: timed out"


def test_a_feed_that_never_answered_is_broken_at_its_first_failure() -> None:
    health, reason = assess(FeedHistory(failures=1, last_failure="gone: HTTP 410"), THURSDAY)
    assert (health, reason) == (Health.BROKEN, "the last fetch failed: gone: HTTP 410")


def test_a_new_feed_is_quiet() -> None:
    assert assess(FeedHistory(), THURSDAY) == (Health.QUIET, "not asked yet")
    health, reason = assess(FeedHistory(last_ok_at=THURSDAY), THURSDAY)
    assert (health, reason) == (
        Health.QUIET,
        "no entry yet; last answer Thu 7 May 2026 09:00 UTC",
    )


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(-20, 60))
@settings(max_examples=200, deadline=None)
def test_working_days_between_are_counted_as_a_calendar_would(after: date, days: int) -> None:
    before = after + timedelta(days=days)
    between = [after + timedelta(days=n) for n in range(1, days)]
    assert working_days_between(after, before) == sum(day.weekday() < 5 for day in between)


@pytest.mark.parametrize(
    ("more", "minutes"),
    [
        ({}, 60),
        ({"failures": 1}, 120),
        ({"failures": 3}, 480),
        ({"failures": 50}, 1440),
        ({"retry_after_s": 7200}, 120),
        ({"retry_after_s": 60}, 60),
        ({"retry_after_s": 99_999_999}, 7 * 1440),
        ({"fresh_for_s": 7200}, 120),
        ({"fresh_for_s": 86_400}, 360),
        ({"fresh_for_s": 7200, "failures": 1}, 120),
        ({"jitter": 1.0}, 72),
        ({"jitter": 5.0}, 72),
        ({"retry_after_s": float("nan"), "fresh_for_s": float("inf")}, 60),
    ],
)
def test_the_next_poll_honours_interval_back_off_and_wishes(
    more: dict[str, float], minutes: float
) -> None:
    due = next_poll_at(THURSDAY, 60, **more)  # type: ignore[arg-type]  # failures are whole here
    assert due == THURSDAY + timedelta(minutes=minutes)


def test_a_feed_asked_weekly_is_not_asked_sooner_when_it_fails() -> None:
    assert next_poll_at(THURSDAY, 10_080, failures=1) == THURSDAY + timedelta(days=7)


numbers = st.none() | st.floats()


@given(st.floats(0, 1e5), st.integers(0, 10_000), numbers, numbers, st.floats(0, 1))
@settings(max_examples=300, deadline=None)
def test_any_history_gives_a_next_poll_in_bounds(
    minutes: float, failures: int, retry: float | None, fresh: float | None, jitter: float
) -> None:
    due = next_poll_at(THURSDAY, minutes, failures, retry, fresh, jitter)
    interval = timedelta(minutes=max(minutes, 1))
    assert due - THURSDAY >= interval
    assert due - THURSDAY <= 1.21 * max(interval, LONGEST_BACK_OFF, timedelta(days=7))


instants = st.none() | st.integers(0, 90_000).map(
    lambda minutes: datetime(2026, 4, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(instants, instants, st.integers(0, 9), st.none() | st.timedeltas(timedelta(), timedelta(40)))
@settings(max_examples=300, deadline=None)
def test_any_history_has_a_state_and_a_reason(
    ok: datetime | None, entry: datetime | None, failures: int, every: timedelta | None
) -> None:
    known = FeedHistory(ok, entry, failures, weekday_counts=WEEKDAYS)
    health, reason = assess(known, THURSDAY, every)
    assert reason
    assert (health is Health.BROKEN) == (failures >= 3 or (failures > 0 and ok is None))
