"""The doctor's judgements: where green ends and red begins, and that a remedy is always told."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.domain.checkups import (
    Checkup,
    Level,
    clock_level,
    in_words,
    judge_certificate,
    judge_clock,
    judge_disk,
    judge_edition,
    judge_queue,
    judge_source,
    judge_suppression,
    judge_templates,
    worst,
)

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
SPANS = st.timedeltas(timedelta(days=-400), timedelta(days=400))


@pytest.mark.parametrize("level", [Level.YELLOW, Level.RED])
def test_what_is_not_well_has_a_remedy(level: Level) -> None:
    with pytest.raises(ValueError, match="remedy"):
        Checkup("disk", level, "full")


@pytest.mark.parametrize(
    ("seconds", "level"),
    [(0, "green"), (4.9, "green"), (5, "yellow"), (-5, "yellow"), (59, "yellow"), (60, "red"),
     (-3600, "red")],
)  # fmt: skip
def test_a_clock_is_yellow_from_5_seconds_and_red_from_60(seconds: float, level: str) -> None:
    assert clock_level(timedelta(seconds=seconds)) == level
    one = judge_clock({"arXiv": timedelta(seconds=seconds)}, None)
    assert one.level == level


def test_the_nearest_web_server_counts_and_the_database_always() -> None:
    hour, nothing = timedelta(hours=1), timedelta(0)
    assert judge_clock({"a cache": -hour, "arXiv": nothing}, None).level is Level.GREEN
    assert judge_clock({"arXiv": nothing}, hour).level is Level.RED
    assert judge_clock({}, None).level is Level.SKIPPED
    assert "behind arXiv" in judge_clock({"arXiv": hour}, None).found
    assert "ahead of arXiv" in judge_clock({"arXiv": -hour}, None).found


@pytest.mark.parametrize(
    ("free", "failure", "level"),
    [(10**9, "", "green"), (10**9 - 1, "", "yellow"), (200 * 10**6, "", "yellow"),
     (199 * 10**6, "", "red"), (10**12, "Read-only file system", "red")],
)  # fmt: skip
def test_a_disk_is_red_under_200_mb_or_where_a_write_fails(
    free: int, failure: str, level: str
) -> None:
    assert judge_disk("disk", "/data", free, failure=failure).level == level


@pytest.mark.parametrize(
    ("minutes", "level"), [(0, "green"), (14, "green"), (15, "yellow"), (60, "red")]
)
def test_a_queue_is_yellow_from_15_minutes_and_red_from_60(minutes: int, level: str) -> None:
    assert judge_queue(NOW - timedelta(minutes=minutes), 3, NOW).level == level
    assert judge_queue(None, 0, NOW).level is Level.GREEN


@pytest.mark.parametrize(
    ("barred", "mailed", "level"),
    [(0, 0, "skipped"), (0, 100, "green"), (1, 100, "green"), (2, 100, "yellow"),
     (4, 100, "yellow"), (5, 100, "red"), (1, 3, "green"), (2, 10, "yellow")],
)  # fmt: skip
def test_two_percent_barred_are_yellow_and_five_red(barred: int, mailed: int, level: str) -> None:
    one = judge_suppression(barred, mailed)
    assert one.level == level
    assert not mailed or f"{barred} of {mailed}" in one.found


@pytest.mark.parametrize(
    ("state", "level"),
    [("fresh", "green"), ("quiet", "green"), ("stale", "yellow"), ("broken", "red")],
)
def test_a_source_is_judged_by_its_state(state: str, level: str) -> None:
    assert judge_source("source/arXiv", state, "the reason").level == level


@pytest.mark.parametrize(
    ("states", "level"),
    [({"sent": 9}, "green"), ({"empty": 3}, "green"), ({"pending": 3}, "green"),
     ({"sent": 100, "refused": 1}, "yellow"), ({"sent": 2, "expired": 1}, "red")],
)  # fmt: skip
def test_a_digest_that_many_did_not_get_is_red(states: dict[str, int], level: str) -> None:
    assert judge_edition(states, "2026-05-04").level == level


def test_a_certificate_is_told_of_two_weeks_before_its_end() -> None:
    assert judge_certificate(None, NOW) == ("", "")
    assert judge_certificate(NOW + timedelta(days=14), NOW)[1] == ""
    assert "ends in 13 days" in judge_certificate(NOW + timedelta(days=13), NOW)[1]


@given(SPANS, SPANS)
def test_a_clock_that_is_further_off_is_never_better(one: timedelta, other: timedelta) -> None:
    near, far = sorted((one, other), key=abs)
    assert worst(clock_level(near), clock_level(far)) == clock_level(far)
    assert clock_level(one) == clock_level(-one)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**13), SPANS)
def test_every_judgement_of_numbers_comes_to_a_line(
    barred: int, others: int, free: int, span: timedelta
) -> None:
    lines = [
        judge_suppression(barred, barred + others),
        judge_disk("disk", "/data", free),
        judge_queue(NOW - span, others, NOW),
        judge_clock({"arXiv": span}, span),
    ]
    for line in lines:
        assert line.found
        assert bool(line.remedy) == (line.level in (Level.YELLOW, Level.RED))
    assert in_words(span)


def test_the_worst_of_nothing_is_green() -> None:
    assert worst() is Level.GREEN
    assert worst(Level.SKIPPED, Level.YELLOW, Level.GREEN) is Level.YELLOW


def test_templates_that_fail_are_red_with_the_first_of_them() -> None:
    assert judge_templates("looks", []).level is Level.GREEN
    few = judge_templates("looks", ["a", "b"])
    assert (few.level, few.found) == (Level.RED, "a; b")
    assert "`digest templates check`" in few.remedy
    assert judge_templates("looks", list("abcde")).found == "a; b; c, and 2 more"
