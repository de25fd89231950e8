"""Bars of days: in their plot, in their order, as high as their counts."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.domain.day_bars import HEIGHT, WIDTH, bars_of, round_top

FIRST = date(2026, 5, 1)
KINDS = ("sent", "open", "lost")
COUNTS = st.dictionaries(st.sampled_from([*KINDS, "other"]), st.integers(-5, 10**7))


@given(st.lists(COUNTS, max_size=40))
def test_pieces_lie_in_the_plot_and_upon_each_other(counts: list[dict[str, int]]) -> None:
    days = [(FIRST + timedelta(days=place), of) for place, of in enumerate(counts)]
    bars = bars_of(days, KINDS)
    drawn = [(kind, of[kind]) for of in counts for kind in KINDS if of.get(kind, 0) > 0]
    if bars is None:
        assert not drawn
        return
    assert [piece.kind for piece in bars.pieces] == [kind for kind, _ in drawn]
    assert (bars.first, bars.last) == (days[0][0], days[-1][0])
    for piece in bars.pieces:
        assert 0 <= piece.x < piece.x + piece.width <= WIDTH + 0.01
        assert -0.01 <= piece.y < piece.y + piece.height <= HEIGHT + 0.02
    for below, above in zip(bars.pieces, bars.pieces[1:], strict=False):
        if below.x == above.x:
            assert above.y + above.height == pytest.approx(below.y, abs=0.02)


@given(st.integers(1, 10**9))
def test_the_upper_edge_is_round_and_near(highest: int) -> None:
    top = round_top(highest)
    assert highest <= top < 2.5 * highest or top == highest == 1
    assert str(top).rstrip("0") in ("1", "2", "5")


def test_twice_as_many_are_twice_as_high() -> None:
    bars = bars_of([(FIRST, {"sent": 50}), (FIRST, {"sent": 100})], KINDS)
    assert bars is not None
    assert [piece.height for piece in bars.pieces] == [HEIGHT / 2, HEIGHT]
