"""Dates out of feeds."""

import time
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.feeds.instants import date_of, instant_of

FOURTH_OF_MAY = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    ["2026-05-04T08:00:00Z", "2026-05-04T08:00:00.000Z", "2026-05-04T04:00:00-04:00",
     "2026-05-04 08:00", "Mon, 04 May 2026 10:00:00 +0200", "04 May 2026 08:00 GMT",
     time.struct_time((2026, 5, 4, 8, 0, 0, 0, 124, 0))],
)  # fmt: skip
def test_the_dates_of_feeds_are_read_into_utc(value: object) -> None:
    assert instant_of(value) == FOURTH_OF_MAY


@pytest.mark.parametrize(
    "value",
    [None, "", "soon", 1777881600, True, [], "0001-01-01T00:00:00Z", "9999-99-99T00:00:00Z",
     "1899-12-31T00:00:00Z", "x" * 100, time.struct_time((2026, 13, 4, 8, 0, 0, 0, 124, 0)),
     time.struct_time((2026, 5, 4, 8, 0, 61, 0, 124, 0))],
)  # fmt: skip
def test_what_is_no_date_is_none(value: object) -> None:
    assert instant_of(value) is None


@given(st.text(max_size=70) | st.datetimes().map(lambda moment: moment.isoformat()))
@settings(max_examples=300, deadline=None)
def test_any_text_gives_an_aware_instant_in_utc_or_none(text: str) -> None:
    found = instant_of(text)
    assert found is None or found.tzinfo is UTC


@given(st.dates())
@settings(max_examples=50, deadline=None)
def test_days_are_read_back(day: date) -> None:
    assert date_of(day.isoformat()) == day
    assert date_of(f"{day}T") is None
