"""Return paths come back to the delivery they left for, and nobody can make one up."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from digest.domain.return_path import Returned, read_return_path, return_path

KEY, OLD = b"k" * 32, b"o" * 32
PLANNED = datetime(2026, 5, 4, 6, tzinfo=UTC)
FROM = "digest@papers.example"


def made(mode: str, delivery: int = 7, key: bytes = KEY) -> str:
    return return_path(mode, FROM, "bounces.example", key, delivery, PLANNED)


def test_a_small_relay_gets_the_plain_sender() -> None:
    assert made("none") == FROM


def test_plus_and_verp_carry_the_stamp_where_it_belongs() -> None:
    assert made("plus").startswith("digest+b-")
    assert made("plus").endswith("@papers.example")
    assert made("verp").startswith("b-")
    assert made("verp").endswith("@bounces.example")
    assert len(made("plus").partition("@")[0]) <= 64  # RFC 5321 section 4.5.3.1.1


@given(st.integers(0, 2**40 - 1), st.sampled_from(["plus", "verp"]), st.integers(0, 30))
def test_a_return_path_is_read_for_thirty_days(delivery: int, mode: str, age: int) -> None:
    today = PLANNED.date() + timedelta(days=age)
    path = made(mode, delivery)
    assert read_return_path([KEY], path, today) == Returned(delivery, PLANNED.date())
    assert read_return_path([KEY], path.upper(), today) is not None
    assert read_return_path([KEY], path, PLANNED.date() + timedelta(days=31)) is None


def test_a_rotated_key_still_reads() -> None:
    path = made("verp", key=OLD)
    assert read_return_path([KEY, OLD], path, PLANNED.date()) is not None
    assert read_return_path([KEY], path, PLANNED.date()) is None


@given(st.text(max_size=80))
def test_nothing_made_up_is_read(text: str) -> None:
    assert read_return_path([KEY], text, date(2026, 5, 5)) is None
    assert read_return_path([KEY], f"b-{text}@bounces.example", date(2026, 5, 5)) is None


@given(st.integers(0, 23), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_a_changed_letter_is_found_out(place: int, letter: str) -> None:
    path = made("verp")
    changed = path[: 2 + place] + letter + path[3 + place :]
    if changed != path:
        assert read_return_path([KEY], changed, PLANNED.date()) is None
