"""The course of a trend: at every instant what `trend_at` says, at a fraction of its work."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.domain.papers import Mention, Signal
from digest.domain.trend import METRICS, best_trend, trend_at
from digest.domain.trend_course import best_since, course_of, days_of
from tests.domain.test_trend import SCALE, START, cases, hours, mentions, signals, upvotes


@cases
@given(mentions, signals, hours)
def test_the_course_agrees_with_the_trend_at_every_instant(
    listed: list[Mention], read: list[Signal], later: datetime
) -> None:
    course = course_of(listed, read, SCALE)
    assert [turn.at for turn in course] == sorted({s.taken_at for s in read if s.metric in METRICS})
    for turn in course:
        assert turn.score == pytest.approx(trend_at(turn.at, listed, read, SCALE).score)
    before = [turn for turn in course if turn.at <= later]
    # where the listing lies ahead of a reading, the trend stands still until then
    if before and all(mention.listed_at <= before[0].at for mention in listed):
        told = before[-1].score_at(later)
        assert told == pytest.approx(trend_at(later, listed, read, SCALE).score)


@cases
@given(mentions, signals, hours, hours)
def test_the_best_of_a_span_is_never_below_what_the_digest_ranks_by(
    listed: list[Mention], read: list[Signal], one: datetime, other: datetime
) -> None:
    since, now = min(one, other), max(one, other)
    best = best_since(course_of(listed, read, SCALE), since, now)
    ranked = best_trend(since, now, listed, read, SCALE).score
    assert best >= ranked - 1e-9
    assert best <= 100


def test_a_day_has_its_highest_trend_and_its_last_figures() -> None:
    read = [upvotes(3), upvotes(9, START + timedelta(hours=2))]
    days = days_of(course_of([], read, SCALE), START + timedelta(days=2), 30)
    assert [day.day.isoformat() for day in days] == ["2026-05-04", "2026-05-05", "2026-05-06"]
    assert [day.values for day in days] == [{"upvotes": 9}] * 3
    second = trend_at(START + timedelta(hours=2), [], read, SCALE).score
    midnight = datetime(2026, 5, 5, tzinfo=UTC)
    assert days[0].score == pytest.approx(second)
    assert days[1].score == pytest.approx(trend_at(midnight, [], read, SCALE).score)


@cases
@given(mentions, signals, hours, st.integers(0, 20))
def test_days_follow_each_other_and_end_with_the_present(
    listed: list[Mention], read: list[Signal], now: datetime, most: int
) -> None:
    days = days_of(course_of(listed, read, SCALE), now, most)
    assert len(days) <= most
    assert all(b.day - a.day == timedelta(days=1) for a, b in pairwise(days))
    assert all(day.day <= now.date() for day in days)
    assert all(0 <= day.score <= 100 for day in days)


def test_a_paper_without_figures_has_no_course() -> None:
    assert course_of([Mention("HF", START, "u")], [Signal("HF", "comments", 3, START)], SCALE) == ()
    assert days_of((), START, 30) == ()
    assert best_since((), START, START) == 0
