"""The chart: inside of its plot whatever the readings, and true at its peak."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given

from digest.domain.chart import HEIGHT, LONGEST, WIDTH, chart_of
from digest.domain.papers import Mention, Signal
from digest.domain.trend_course import course_of
from tests.domain.test_trend import SCALE, START, cases, hours, mentions, signals, upvotes


@cases
@given(mentions, signals, hours)
def test_a_chart_stays_inside_of_its_plot_and_runs_from_left_to_right(
    listed: list[Mention], read: list[Signal], now: datetime
) -> None:
    course = course_of(listed, read, SCALE)
    chart = chart_of(course, now)
    if chart is None:
        assert not course or course[0].at > now or all(t.score <= 0 for t in course if t.at <= now)
        return
    xs = [x for x, _ in chart.line]
    assert xs == sorted(xs)
    assert xs[0] == 0
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in chart.line)
    assert chart.best <= chart.top
    highest = min(y for _, y in chart.line)
    assert chart.best == pytest.approx(chart.top * (1 - highest / HEIGHT), abs=0.6)
    assert timedelta(days=1) <= chart.end - chart.start <= LONGEST


def test_a_rise_is_drawn_upright_and_a_fall_as_a_curve() -> None:
    read = [upvotes(3), upvotes(80, START + timedelta(days=2))]
    chart = chart_of(course_of([], read, SCALE), START + timedelta(days=4))
    assert chart is not None
    middle = [y for x, y in chart.line if x == WIDTH / 2]
    assert len(middle) >= 2
    assert max(middle) > min(middle)
    assert min(middle) == min(y for _, y in chart.line)
    after = [y for x, y in chart.line if x > WIDTH / 2]
    assert after == sorted(after)
    assert len(after) > 20


def test_a_chart_of_thousands_of_readings_stays_small_and_keeps_its_peak() -> None:
    read = [upvotes(10.0 + n % 7, START + timedelta(minutes=n)) for n in range(4000)]
    read.append(Signal("HF", "upvotes", 95, START + timedelta(minutes=1234, seconds=1)))
    chart = chart_of(course_of([], read, SCALE), START + timedelta(days=5))
    assert chart is not None
    assert len(chart.line) < 1000
    assert chart.best_at == START + timedelta(minutes=1234, seconds=1)


def test_what_lies_beyond_thirty_days_is_left_out() -> None:
    chart = chart_of(course_of([], [upvotes(50)], SCALE), START + timedelta(days=400))
    assert chart is not None
    assert chart.end == START + LONGEST
    x, y = chart.line[-1]
    assert x == WIDTH
    assert y == pytest.approx(HEIGHT, abs=1)


def test_there_is_no_chart_without_attention() -> None:
    assert chart_of((), START) is None
    assert chart_of(course_of([], [upvotes(0)], SCALE), START) is None
