"""The order of what a search finds: fit first, age as a handicap, never a stop."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from digest.domain.search_order import SearchHit, in_order
from tests.domain.test_trend import START

hits = st.lists(
    st.builds(
        SearchHit,
        paper_id=st.integers(1, 10_000),
        fit=st.floats(-5, 100),
        first_seen_at=st.integers(-3000, 30).map(lambda n: START + timedelta(days=n)),
    ),
    unique_by=lambda hit: hit.paper_id,
)


def hit(paper_id: int, fit: float, days_ago: float) -> SearchHit:
    return SearchHit(paper_id, fit, START - timedelta(days=days_ago))


@given(hits)
def test_every_hit_comes_once_whatever_the_order_they_are_told_in(found: list[SearchHit]) -> None:
    ordered = in_order(found, START)
    assert sorted(ordered) == sorted(one.paper_id for one in found)
    assert in_order(found[::-1], START) == ordered


def test_of_equal_fits_the_newest_comes_first() -> None:
    assert in_order([hit(1, 2, 400), hit(3, 2, 0), hit(2, 2, 0)], START) == (3, 2, 1)


def test_a_much_better_fit_outweighs_any_age() -> None:
    assert in_order([hit(1, 9, 4000), hit(2, 3, 0)], START) == (1, 2)
