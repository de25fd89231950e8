"""The trend: bounded, growing with votes, fading with days, every part kept."""

from datetime import UTC, datetime, timedelta
from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.papers import Mention, Signal
from digest.domain.trend import (
    METRICS,
    MIN_HISTORY,
    NO_TREND,
    TrendPart,
    best_trend,
    parts_of,
    scale_from,
    trend_at,
    trend_text,
    trend_words,
)

START = datetime(2026, 5, 4, 8, tzinfo=UTC)
SCALE = scale_from({})
cases = settings(max_examples=150, deadline=None)
hours = st.integers(0, 24 * 14).map(lambda n: START + timedelta(hours=n))
readings = st.builds(
    Signal,
    source=st.sampled_from(["HF", "HN"]),
    metric=st.sampled_from([*METRICS, "comments"]),
    value=st.floats(0, 1e6),
    taken_at=hours,
)
mentions = st.lists(
    st.builds(Mention, source=st.sampled_from(["HF", "blog"]), listed_at=hours, url=st.just("u")),
    max_size=4,
)
signals = st.lists(readings, max_size=8)


def upvotes(value: float, at: datetime = START) -> Signal:
    return Signal("HF", "upvotes", value, at)


def stars(value: float, at: datetime = START) -> Signal:
    return Signal("HF", "stars", value, at)


@cases
@given(hours, mentions, signals)
def test_a_trend_and_its_heats_stay_within_bounds(
    now: datetime, listed: list[Mention], read: list[Signal]
) -> None:
    trend = trend_at(now, listed, read, SCALE)
    assert 0 <= trend.score <= 100
    assert 0 <= trend.rounded <= 100
    assert all(0 <= part.heat <= 1 for part in trend.parts)
    assert trend.days >= 0


@cases
@given(st.floats(0, 1e5), st.floats(0, 1e5), mentions)
def test_more_votes_never_make_less_of_a_trend(
    one: float, two: float, listed: list[Mention]
) -> None:
    less, more = sorted((one, two))
    now = START + timedelta(days=15)
    assert (
        trend_at(now, listed, [upvotes(less)], SCALE).score
        <= trend_at(now, listed, [upvotes(more)], SCALE).score
    )


@cases
@given(mentions, signals, st.integers(0, 500))
def test_without_new_readings_a_trend_only_falls(
    listed: list[Mention], read: list[Signal], later: int
) -> None:
    now = START + timedelta(days=14)
    after = trend_at(now + timedelta(hours=later), listed, read, SCALE)
    assert after.score <= trend_at(now, listed, read, SCALE).score + 1e-9


def test_two_days_halve_it() -> None:
    first = trend_at(START, [], [upvotes(50)], SCALE).score
    later = trend_at(START + timedelta(days=2), [], [upvotes(50)], SCALE).score
    assert later == pytest.approx(first / 2)


@cases
@given(hours, hours, mentions, signals)
def test_the_best_since_is_at_least_what_it_is_now(
    one: datetime, two: datetime, listed: list[Mention], read: list[Signal]
) -> None:
    since, now = sorted((one, two))
    best = best_trend(since, now, listed, read, SCALE).score
    assert best >= trend_at(now, listed, read, SCALE).score
    between = [s.taken_at for s in read if since < s.taken_at < now]
    assert all(best >= trend_at(at, listed, read, SCALE).score for at in between)


@cases
@given(hours, mentions, st.floats(0, 1e5))
def test_a_metric_that_nobody_reports_is_no_disadvantage(
    now: datetime, listed: list[Mention], votes: float
) -> None:
    alone = trend_at(now, listed, [upvotes(votes)], SCALE)
    unread = [upvotes(votes), Signal("HF", "comments", 9, START), stars(7)]
    assert trend_at(now, listed, unread, SCALE).score == pytest.approx(alone.score)


def test_a_paper_without_readings_has_none() -> None:
    assert trend_at(START, [Mention("blog", START, "u")], [], SCALE) is NO_TREND
    assert trend_at(START, [], [upvotes(9, START + timedelta(hours=1))], SCALE) is NO_TREND


def test_the_formula_is_the_written_one() -> None:
    read = [upvotes(92), stars(100, START), stars(152, START + timedelta(hours=6))]
    trend = trend_at(START + timedelta(days=1), [], read, SCALE)
    votes = log(93) / log(101)
    code = log(53) / log(201)  # only the 52 stars gained since the first reading
    attention = 1 - (1 - 0.9 * votes) * (1 - 0.6 * code)
    assert trend.score == pytest.approx(100 * attention * 0.5**0.5)


def test_the_parts_are_told_in_words() -> None:
    day = timedelta(days=1)
    quiet = [upvotes(90), upvotes(92, START + day), stars(152)]
    assert trend_text(trend_at(START + day, [], quiet, SCALE)) == "92 upvotes; code 152 stars"
    rising = [upvotes(40), upvotes(61, START + day), stars(1)]
    assert trend_text(trend_at(START + day, [], rising, SCALE)) == (
        "61 upvotes, rising; code 1 star"
    )
    other = [
        upvotes(1),
        stars(0),
        Signal("HN", "points", 80, START),
        Signal("R", "score", 5, START),
    ]
    assert trend_text(trend_at(START, [], other, SCALE)) == (
        "1 upvote; 80 points on Hacker News; 5 points on Reddit"
    )
    assert trend_text(NO_TREND) == ""


@pytest.mark.parametrize(
    ("before", "after", "rising"),
    [(10, 14, False), (10, 15, True), (100, 119, False), (0, 5, True)],
)
def test_votes_rise_by_a_fifth_and_at_least_five(before: int, after: int, rising: bool) -> None:
    read = [upvotes(before), upvotes(after, START + timedelta(days=1))]
    assert trend_at(START + timedelta(days=1), [], read, SCALE).rising is rising


def test_days_run_from_the_first_listing_by_a_source_that_tells_attention() -> None:
    listed = [Mention("blog", START - timedelta(days=9), "u"), Mention("HF", START, "u")]
    assert trend_at(START, listed, [upvotes(9)], SCALE).days == 0


@cases
@given(st.lists(st.floats(0, 1e6), max_size=300))
def test_a_scale_needs_history_and_is_a_value_of_it(values: list[float]) -> None:
    scale = scale_from({"upvotes": values, "citations": values})
    assert set(scale) == set(METRICS)
    if len(values) < MIN_HISTORY:
        assert scale["upvotes"] == METRICS["upvotes"].default_p99
    else:
        assert scale["upvotes"] in {*values, 1.0}
        above = sum(value > scale["upvotes"] for value in values)
        assert above <= len(values) * 0.01


@cases
@given(hours, mentions, signals)
def test_the_words_of_a_trend_follow_from_the_parts_that_are_kept(
    now: datetime, listed: list[Mention], read: list[Signal]
) -> None:
    trend = trend_at(now, listed, read, SCALE)
    parts = parts_of(trend)
    assert "; ".join(map(str, trend_words(parts))) == trend_text(trend)
    assert all(part.value or part.metric == "upvotes" for part in parts)
    assert [part.rising for part in parts if part.rising] == ([True] if trend.rising else [])


def test_a_metric_of_a_later_release_says_nothing() -> None:
    words = trend_words([TrendPart("citations", 3), TrendPart("stars", 1)])
    assert [str(part) for part in words] == ["code 1 star"]
