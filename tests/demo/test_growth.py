"""Tests of how votes gather."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.demo.growth import GROWS_FOR, grown

LISTED = datetime(2026, 5, 4, 2, 0, tzinfo=UTC)
AGES = st.timedeltas(min_value=timedelta(days=-1), max_value=timedelta(days=9))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10_000), AGES, AGES)
def test_votes_never_fall_and_never_pass_their_end(
    final: int, one: timedelta, other: timedelta
) -> None:
    earlier, later = sorted((one, other))
    votes = grown(final, LISTED, LISTED + earlier), grown(final, LISTED, LISTED + later)
    assert 0 <= votes[0] <= votes[1] <= final


def test_votes_are_none_before_the_listing_few_at_first_and_all_after_three_days() -> None:
    assert grown(90, LISTED, LISTED - timedelta(seconds=1)) == 0
    assert grown(90, LISTED, LISTED) == 9
    assert grown(90, LISTED, LISTED + GROWS_FOR - timedelta(seconds=1)) == 89
    assert grown(90, LISTED, LISTED + GROWS_FOR) == 90
