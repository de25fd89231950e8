"""Whether an edition was due in a span, which decides who may have had a mail since a backup."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.schedule import due_utc, local_date, was_due_between

ZONES = ["UTC", "Europe/Berlin", "Pacific/Apia", "Asia/Tokyo", "America/Lima", "Pacific/Kiritimati"]
START = datetime(2026, 3, 20, tzinfo=UTC)
spans = st.tuples(st.integers(0, 60 * 24 * 30), st.integers(-60, 60 * 24 * 20))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(ZONES), st.integers(0, 23), st.integers(1, 127), spans)
def test_it_is_what_a_look_at_every_date_finds(
    zone: str, hour: int, weekdays: int, span: tuple[int, int]
) -> None:
    after = START + timedelta(minutes=span[0])
    until = after + timedelta(minutes=span[1])
    first = local_date(zone, after) - timedelta(days=2)
    dues = [
        due_utc(zone, day, hour)
        for day in (first + timedelta(days=n) for n in range(30))
        if weekdays >> day.weekday() & 1
    ]
    found = any(due is not None and after < due <= until for due in dues)
    assert was_due_between(zone, hour, weekdays, after, until) is found


def test_a_span_of_years_is_told_at_once() -> None:
    long_ago = datetime(1970, 1, 1, tzinfo=UTC)
    assert was_due_between("UTC", 8, 0b1, long_ago, START)
    assert not was_due_between("UTC", 8, 0b1, START, long_ago)
