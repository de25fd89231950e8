"""Which days the watchdog is told of: each once, in order, and none before its time."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from digest.domain.completed_days import (
    FURTHEST,
    OVERDUE,
    DayNews,
    EditionState,
    first_untold_day,
    judge_days,
    last_past_day,
)

NOW = datetime(2026, 5, 7, 12, tzinfo=UTC)
TODAY = NOW.date()
DAY = timedelta(days=1)


def edition(days_ago: int, *, balanced: bool = True, left: int = 0) -> EditionState:
    return EditionState(TODAY - days_ago * DAY, NOW - days_ago * DAY, balanced, left)


def news(*editions: EditionState, days: int = 3) -> DayNews | None:
    return judge_days(TODAY - days * DAY, TODAY, editions, NOW)


def test_a_date_is_past_when_every_slot_has_gone_beyond_it() -> None:
    assert last_past_day([TODAY + DAY, TODAY + 2 * DAY], NOW) == TODAY
    assert last_past_day([TODAY, TODAY + DAY], NOW) == TODAY - DAY
    assert last_past_day([], NOW) == TODAY - DAY


def test_the_first_look_tells_of_one_day_and_later_ones_go_on_from_it() -> None:
    assert first_untold_day(None, TODAY) == TODAY
    assert first_untold_day(TODAY - 2 * DAY, TODAY) == TODAY - DAY
    assert first_untold_day(TODAY, TODAY) > TODAY
    assert first_untold_day(date(2020, 1, 1), TODAY) == TODAY - (FURTHEST - 1) * DAY


def test_settled_days_that_balance_are_good_also_where_nobody_was_due() -> None:
    told = news(edition(3), edition(2), edition(0))
    assert told == DayNews(TODAY - 3 * DAY, TODAY)
    assert told.good


def test_an_open_digest_holds_back_its_day_and_those_after_it_until_it_is_overdue() -> None:
    told = news(edition(2), edition(1, left=1), edition(0))
    assert told == DayNews(TODAY - 3 * DAY, TODAY - 2 * DAY)
    assert news(edition(1, left=1), days=1) is None
    overdue = news(edition(3, left=4), edition(0))
    assert overdue is not None
    assert overdue.last == TODAY
    assert overdue.bad == ("2026-05-04: 4 digests are still open",)


def test_an_open_digest_is_overdue_after_48_hours_and_not_at_them() -> None:
    at = EditionState(TODAY, NOW - OVERDUE, balanced=True, open=1)
    assert judge_days(TODAY, TODAY, [at], NOW) is None
    assert judge_days(TODAY, TODAY, [at], NOW + timedelta(seconds=1)) is not None


def test_books_that_do_not_balance_are_told_once_nothing_is_open() -> None:
    assert news(edition(0, balanced=False, left=1), days=0) is None
    told = news(edition(1, balanced=False), edition(1), edition(0))
    assert told is not None
    assert not told.good
    assert told.bad == ("2026-05-06: the books do not balance",)


EDITIONS = st.lists(
    st.builds(edition, st.integers(0, 6), balanced=st.booleans(), left=st.integers(0, 2)),
    max_size=12,
)


@given(editions=EDITIONS, first=st.integers(0, 6), later=st.integers(0, 100))
def test_looking_again_and_again_tells_each_day_once_and_the_same(
    editions: list[EditionState], first: int, later: int
) -> None:
    """Whoever looks often hears in pieces what one late look hears in one."""
    end = NOW + timedelta(hours=later) + 10 * DAY
    whole = judge_days(TODAY - first * DAY, TODAY, editions, end)
    assert whole is not None
    assert whole.last == TODAY
    told: list[DayNews] = []
    start = TODAY - first * DAY
    for hours in (0, later, later + 240):
        found = judge_days(start, TODAY, editions, NOW + timedelta(hours=hours))
        if start <= TODAY and found is not None:
            assert start == found.first <= found.last <= TODAY
            told.append(found)
            start = found.last + DAY
    assert start == TODAY + DAY
    assert tuple(line for found in told for line in found.bad) == whole.bad
    bad_days = {e.day for e in editions if e.day >= whole.first and (e.open or not e.balanced)}
    assert {date.fromisoformat(line[:10]) for line in whole.bad} == bad_days


@given(days=st.lists(st.dates(date(2020, 1, 1), date(2030, 1, 1)), min_size=1, max_size=8))
def test_no_slot_has_an_edition_to_plan_of_a_past_day(days: list[date]) -> None:
    past = last_past_day(days, NOW)
    assert all(day > past for day in days)
    assert past + DAY in days
    assert first_untold_day(past, past) == past + DAY
