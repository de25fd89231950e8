"""Seen sets: canonical bytes there and back, and what a set becomes after a digest."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.seen import next_seen, pack_ids, seen_digest, seen_mask, unpack_ids

IDS = st.frozensets(st.integers(1, 2**40), max_size=60)
cases = settings(max_examples=200, deadline=None)


@cases
@given(IDS)
def test_a_set_survives_packing(ids: frozenset[int]) -> None:
    assert unpack_ids(pack_ids(ids)) == ids


@cases
@given(st.lists(st.integers(1, 10**6), max_size=40), st.randoms(use_true_random=False))
def test_equal_sets_have_equal_bytes_whatever_their_order(ids: list[int], dice: object) -> None:
    shuffled = list(ids)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    assert pack_ids(ids) == pack_ids([*shuffled, *ids])
    assert seen_digest(pack_ids(ids)) == seen_digest(pack_ids(shuffled))


@cases
@given(IDS, IDS)
def test_different_sets_have_different_bytes(one: frozenset[int], two: frozenset[int]) -> None:
    assert (pack_ids(one) == pack_ids(two)) == (one == two)


def test_a_dense_set_costs_one_byte_a_paper() -> None:
    assert len(pack_ids(range(1, 501))) == 500
    assert pack_ids([]) == b""


@pytest.mark.parametrize("bad", [0, -3])
def test_an_id_that_is_no_id_is_refused(bad: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        pack_ids([5, bad])


def test_bytes_that_are_cut_off_are_refused() -> None:
    with pytest.raises(ValueError, match="inside a number"):
        unpack_ids(pack_ids([1, 300])[:-1])


@cases
@given(st.binary(max_size=60))
def test_any_bytes_are_a_set_or_a_value_error(data: bytes) -> None:
    try:
        assert all(i >= 0 for i in unpack_ids(data))
    except ValueError:
        assert data[-1] >= 0x80


@cases
@given(IDS, IDS, IDS)
def test_the_next_set_forgets_nothing_that_may_still_be_offered(
    seen: frozenset[int], sent: frozenset[int], eligible: frozenset[int]
) -> None:
    after = next_seen(seen, sent, eligible)
    assert sent <= after
    assert seen & eligible <= after
    assert after <= sent | (seen & eligible)


@cases
@given(st.frozensets(st.integers(1, 20)), st.dictionaries(st.integers(1, 20), st.integers(0, 255)))
def test_a_mask_covers_the_bits_of_every_id_seen(
    seen: frozenset[int], masks: dict[int, int]
) -> None:
    mask = seen_mask(seen, masks)
    for bit in range(8):
        covered = any(masks.get(i, 0) >> bit & 1 for i in seen)
        assert bool(mask >> bit & 1) == covered
