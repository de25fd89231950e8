"""Local hours against UTC in every zone: each date once, none twice, none lost."""

import datetime as dt
from collections.abc import Iterator
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from digest.domain.schedule import (
    SlotDecision,
    cadence_days,
    due_utc,
    expires_at,
    known_zone,
    local_date,
    next_edition,
    next_slot_due,
    slot_decision,
    weekday_names,
    weekdays_mask,
)

DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
FIRST, LAST = dt.date(2024, 1, 1), dt.date(2026, 12, 31)
ZONES = sorted(zone for zone in available_timezones() if known_zone(zone))
DATES = [FIRST + n * DAY for n in range((LAST - FIRST).days + 1)]
SKIPPED_DATES = [  # the date line moved over them
    ("Pacific/Apia", dt.date(2011, 12, 30)),
    ("Pacific/Fakaofo", dt.date(2011, 12, 30)),
    ("Pacific/Kiritimati", dt.date(1994, 12, 31)),
    ("Pacific/Kwajalein", dt.date(1993, 8, 21)),
]
START = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
aware = st.integers(0, 35 * 366 * 86_400).map(lambda s: START + dt.timedelta(seconds=s))
zones = st.sampled_from(ZONES)
hours = st.integers(0, 23)


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


Offset = dt.timedelta | None


@cache
def jumps(zone: str) -> tuple[tuple[dt.datetime, Offset], ...]:
    """Return when the zone's offset changes in the three years, to the quarter of an hour."""
    place, start = ZoneInfo(zone), dt.datetime(FIRST.year, 1, 1, tzinfo=dt.UTC)
    days = [start + n * DAY for n in range(-2, len(DATES) + 2)]
    offsets = [day.astimezone(place).utcoffset() for day in days]
    found: list[tuple[dt.datetime, Offset]] = [(start, offsets[0])]
    for day, before, after in zip(days, offsets, offsets[1:], strict=False):
        if before != after:
            quarters = (day + n * HOUR / 4 for n in range(97))
            changed = (q for q in quarters if q.astimezone(place).utcoffset() != before)
            found.append((next(changed), after))
    return tuple(found)


def dates_about_jumps(zone: str) -> Iterator[dt.date]:
    places = {(instant.date() - FIRST).days for instant, _ in jumps(zone)}
    for place in sorted({place + near for place in places for near in (-2, -1, 0, 1, 2)}):
        if 0 <= place < len(DATES):
            yield DATES[place]


def is_first_instant(zone: str, due: dt.datetime, date: dt.date, hour: int) -> bool:
    """Say by another way than the code's whether the wall clock reaches the hour at `due`."""
    place, wanted = ZoneInfo(zone), dt.datetime.combine(date, dt.time(hour))
    reached = due.astimezone(place).replace(tzinfo=None) >= wanted
    before = (dt.timedelta(seconds=1), HOUR / 2, HOUR, 2 * HOUR, 12 * HOUR, DAY)
    return reached and all(
        (due - ago).astimezone(place).replace(tzinfo=None) < wanted for ago in before
    )


def test_every_zone_has_one_edition_a_date_in_rising_order_for_three_years() -> None:
    for start, zone in enumerate(ZONES):
        previous = None
        for n, date in enumerate(DATES, start):
            due = due_utc(zone, date, hour := n // 2 % 24)  # every hour, two dates in a row each
            assert due is not None, (zone, date)
            assert local_date(zone, due) == date or is_first_instant(zone, due, date, hour)
            if previous and n % 2:
                assert 22 * HOUR <= due - previous <= 26 * HOUR, (zone, date)
            previous = due


def test_every_hour_about_every_jump_is_due_at_its_first_instant() -> None:
    rules = {jumps(zone): zone for zone in ZONES}
    jumping = 0
    for zone in rules.values():
        previous: dict[int, tuple[dt.date, dt.datetime]] = {}
        for date in dates_about_jumps(zone):
            jumping += 1
            for hour in range(24):
                due = due_utc(zone, date, hour)
                assert due is not None, (zone, date, hour)
                assert is_first_instant(zone, due, date, hour), (zone, date, hour)
                then, earlier = previous.get(hour, (date, due))
                if date - then == DAY:
                    assert 22 * HOUR <= due - earlier <= 26 * HOUR, (zone, date, hour)
                previous[hour] = date, due
    assert jumping > 300


@pytest.mark.parametrize(
    ("zone", "date", "hour", "expected"),
    [
        ("Europe/Berlin", "2026-03-29", 2, "2026-03-29T01:00"),  # 02:00 does not exist
        ("Europe/Berlin", "2026-10-25", 2, "2026-10-25T00:00"),  # 02:00 comes twice
        ("Africa/Cairo", "2025-04-25", 0, "2025-04-24T22:00"),  # midnight does not exist
        ("America/Santiago", "2025-09-07", 0, "2025-09-07T04:00"),
        ("Asia/Beirut", "2025-03-30", 0, "2025-03-29T22:00"),
        ("Australia/Lord_Howe", "2025-10-05", 2, "2025-10-04T15:30"),  # a jump of half an hour
        ("America/Nuuk", "2024-03-30", 23, "2024-03-31T01:00"),  # the jump crosses midnight
        ("Pacific/Apia", "2011-12-29", 23, "2011-12-30T09:00"),
        ("Pacific/Apia", "2011-12-31", 0, "2011-12-30T10:00"),
        ("Asia/Kathmandu", "2026-01-01", 8, "2026-01-01T02:15"),
        ("UTC", "2026-05-04", 8, "2026-05-04T08:00"),
    ],
)
def test_hours_are_due_where_the_clocks_jump(
    zone: str, date: str, hour: int, expected: str
) -> None:
    assert due_utc(zone, dt.date.fromisoformat(date), hour) == utc(expected)


@pytest.mark.parametrize(("zone", "date"), SKIPPED_DATES)
def test_a_date_that_a_zone_skips_has_no_edition(zone: str, date: dt.date) -> None:
    assert {due_utc(zone, date, hour) for hour in range(24)} == {None}
    for hour in range(24):
        before, after = due_utc(zone, date - DAY, hour), due_utc(zone, date + DAY, hour)
        assert before is not None
        assert after is not None
        assert after - before == DAY
        assert next_slot_due(zone, hour, before) == (date + DAY, after)
        assert next_edition(zone, hour, 0b1111111, date - DAY) == (date + DAY, after)


def test_a_weekly_edition_on_a_skipped_date_waits_a_week() -> None:
    friday = weekdays_mask(["fri"])
    date, _ = next_edition("Pacific/Apia", 8, friday, dt.date(2011, 12, 29))
    assert date == dt.date(2012, 1, 6)


@given(zones, hours, aware)
@settings(max_examples=150, deadline=None)
def test_the_next_due_edition_is_the_first_after_the_instant(
    zone: str, hour: int, after: dt.datetime
) -> None:
    date, due = next_slot_due(zone, hour, after)
    assert due > after
    assert due_utc(zone, date, hour) == due
    earlier = [due_utc(zone, date - n * DAY, hour) for n in range(1, 5)]
    assert all(instant is None or instant <= after for instant in earlier)


@given(zones, hours, st.integers(1, 127), st.dates(dt.date(2000, 1, 1), dt.date(2035, 1, 1)))
@settings(max_examples=150, deadline=None)
def test_the_next_edition_is_the_first_chosen_weekday(
    zone: str, hour: int, mask: int, after: dt.date
) -> None:
    date, due = next_edition(zone, hour, mask, after)
    assert date > after
    assert mask >> date.weekday() & 1
    assert due == due_utc(zone, date, hour)
    between = [after + n * DAY for n in range(1, (date - after).days)]
    assert all(not mask >> day.weekday() & 1 or due_utc(zone, day, hour) is None for day in between)
    assume((zone, after) not in SKIPPED_DATES)
    assert (date - after).days <= cadence_days(mask) + 7


@given(zones, aware)
@settings(max_examples=100, deadline=None)
def test_the_local_date_is_the_calendars(zone: str, instant: dt.datetime) -> None:
    assert local_date(zone, instant) == instant.astimezone(ZoneInfo(zone)).date()


@given(st.sets(st.integers(0, 6)))
@settings(max_examples=60, deadline=None)
def test_weekday_masks_and_names_are_inverse(places: set[int]) -> None:
    mask = sum(1 << place for place in places)
    names = weekday_names(mask)
    assert weekdays_mask(names) == mask
    assert len(names) == len(places)


def test_weekdays_are_read_leniently_and_unknown_ones_named() -> None:
    assert weekdays_mask(["Monday", " tue ", "SUN", "mon"]) == 0b1000011
    assert weekdays_mask([]) == 0
    with pytest.raises(ValueError, match="'funday'"):
        weekdays_mask(["mon", "funday"])


@pytest.mark.parametrize(
    ("names", "days"),
    [
        ("mon tue wed thu fri sat sun", 1),
        ("mon tue wed thu fri", 3),
        ("mon wed fri", 3),
        ("mon thu", 4),
        ("sun", 7),
        ("sat sun", 6),
    ],
)
def test_the_cadence_is_the_longest_gap(names: str, days: int) -> None:
    assert cadence_days(weekdays_mask(names.split())) == days


@pytest.mark.parametrize(
    ("minutes", "decision"),
    [
        (-1, SlotDecision.WAIT),
        (0, SlotDecision.PLAN),
        (180, SlotDecision.PLAN),
        (720, SlotDecision.PLAN),
        (721, SlotDecision.SKIP),
    ],
)
def test_a_slot_waits_is_planned_late_and_is_skipped(minutes: int, decision: SlotDecision) -> None:
    due = utc("2026-05-04T08:00")
    now = due + dt.timedelta(minutes=minutes)
    assert slot_decision(due, now, 12 * HOUR) is decision


def test_a_digest_expires_after_twenty_hours_or_at_the_next() -> None:
    planned = utc("2026-05-04T08:00")
    assert expires_at(planned, planned + 24 * HOUR) == planned + 20 * HOUR
    assert expires_at(planned, planned + 3 * HOUR) == planned + 3 * HOUR


@pytest.mark.parametrize(
    "name", ["", "Europe", "europe/berlin", "localtime", "../etc", "a\0b", "X"]
)
def test_an_unknown_zone_is_known_as_such(name: str) -> None:
    assert not known_zone(name)
    with pytest.raises(ValueError, match="unknown time zone"):
        due_utc(name, FIRST, 8)


def test_bad_arguments_are_clear_errors() -> None:
    assert known_zone("Europe/Berlin")
    with pytest.raises(ValueError, match="hour"):
        due_utc("UTC", FIRST, 24)
    with pytest.raises(ValueError, match="without a time zone"):
        next_slot_due("UTC", 8, dt.datetime(2026, 1, 1))  # noqa: DTZ001 naive on purpose
    for mask in (0, 128, -1):
        with pytest.raises(ValueError, match="mask"):
            next_edition("UTC", 8, mask, FIRST)
        with pytest.raises(ValueError, match="mask"):
            cadence_days(mask)
