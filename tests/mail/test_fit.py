"""A digest is made small enough, from its end, and always in the same way."""

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.mail.fit import DECODED_LIMIT, ENCODED_LIMIT, FULL_CARDS, Size, fit_levels
from digest.mail.look import Level

CARDS = st.lists(
    st.tuples(st.integers(100, 900), st.integers(0, 2000), st.integers(0, 90_000)), max_size=80
)


def sizes(cards: list[tuple[int, int, int]], index: int, level: Level) -> Size:
    decoded = sum(cards[index][: level + 1])
    return Size(decoded, decoded * 108 // 100)


def total(cards: list[tuple[int, int, int]], base: Size, levels: list[Level]) -> Size:
    for index, level in enumerate(levels):
        base = base.plus(sizes(cards, index, level))
    return base


@settings(max_examples=300, deadline=None)
@given(CARDS, st.sampled_from([Level.SHORT, Level.FULL]))
def test_the_result_fits_and_keeps_the_order_of_importance(
    cards: list[tuple[int, int, int]], wanted: Level
) -> None:
    base = Size(6000, 7000)
    levels = fit_levels(len(cards), wanted, base, lambda i, level: sizes(cards, i, level))
    assert total(cards, base, levels).fits
    assert levels == sorted(levels, reverse=True)
    assert levels.count(Level.FULL) <= FULL_CARDS
    if len(levels) < len(cards):
        assert set(levels) <= {Level.TITLE}


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 34))
def test_what_fits_is_left_as_the_reader_wants_it(count: int) -> None:
    levels = fit_levels(count, Level.FULL, Size(0, 0), lambda _i, _level: Size(2000, 2200))
    assert levels == [Level.FULL] * count


def test_the_thirty_sixth_abstract_is_shortened_however_small() -> None:
    levels = fit_levels(40, Level.FULL, Size(0, 0), lambda _i, _level: Size(10, 10))
    assert levels == [Level.FULL] * 35 + [Level.SHORT] * 5


def test_each_limit_counts_alone() -> None:
    assert Size(DECODED_LIMIT, ENCODED_LIMIT).fits
    assert not Size(DECODED_LIMIT + 1, 0).fits
    assert not Size(0, ENCODED_LIMIT + 1).fits
