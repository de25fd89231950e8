"""The marker outside the database: which databases may send beside it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.domain.markers import Marker, marker_text, read_marker, trouble_with

uuids = st.uuids().map(str)
numbers = st.integers(0, 2**60)


@given(uuids, numbers)
def test_what_is_written_is_read(uuid: str, number: int) -> None:
    assert read_marker(marker_text(Marker(uuid, number))) == Marker(uuid, number)


@given(uuids, numbers, numbers)
def test_a_database_may_send_that_is_as_new_as_its_marker(uuid: str, held: int, told: int) -> None:
    trouble = trouble_with(marker_text(Marker(uuid, told)), Marker(uuid, held))
    assert (trouble is None) is (held >= told)


@given(uuids, uuids, numbers)
def test_the_marker_of_another_database_refuses(one: str, other: str, number: int) -> None:
    trouble = trouble_with(marker_text(Marker(one, 0)), Marker(other, number))
    assert (trouble is None) is (one == other)


def test_an_empty_ledger_needs_no_marker_and_any_other_does() -> None:
    assert trouble_with(None, Marker("u", 0)) is None
    assert "missing" in (trouble_with(None, Marker("u", 1)) or "")


@pytest.mark.parametrize("text", ["", "u", "u x", "u -1", "u 1 2", "u ²", "\x00"])
def test_a_damaged_marker_refuses(text: str) -> None:
    assert read_marker(text) is None
    assert "damaged" in (trouble_with(text, Marker("u", 5)) or "")
