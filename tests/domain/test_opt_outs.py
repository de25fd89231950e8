"""The journal of who has left: whom it names, and what holds of a reader whom a backup brings."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from digest.domain.opt_outs import (
    Act,
    OptOut,
    hashed_address,
    read_opt_outs,
    to_line,
    what_holds,
)

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
acts = st.sampled_from(Act)
moments = st.integers(-50, 50).map(lambda minutes: NOW + timedelta(minutes=minutes))


@given(moments, acts, st.none() | st.dates())
def test_what_is_written_is_read(at: datetime, act: Act, until: date | None) -> None:
    one = OptOut(at, act, "ab12", until)
    assert read_opt_outs([to_line(one)]) == {"ab12": [one]}


@given(st.lists(st.text(alphabet="ab:-2026 T0+unsubscribe\x00", max_size=60)))
def test_rubbish_is_passed_over(lines: list[str]) -> None:
    good = to_line(OptOut(NOW, Act.PAUSE, "zz", date(2026, 6, 1)))
    assert read_opt_outs([*lines, good])["zz"] == [OptOut(NOW, Act.PAUSE, "zz", date(2026, 6, 1))]
    assert read_opt_outs([good.replace("pause", "nap"), good.replace("+00:00", "")]) == {}


@given(st.emails(), st.binary(min_size=16, max_size=32))
def test_the_hash_names_nobody_and_is_the_same_for_every_spelling(address: str, key: bytes) -> None:
    told = hashed_address(key, address)
    assert told == hashed_address(key, f" {address.upper().lower()} ")
    assert told != hashed_address(key + b"x", address)
    assert len(told) == 64
    assert address not in told


def holding(*told: tuple[int, Act], since: int = 0) -> list[Act]:
    lines = [OptOut(NOW + timedelta(minutes=m), act, "x") for m, act in told]
    return [one.act for one in what_holds(lines, NOW + timedelta(minutes=since))]


def test_the_last_act_holds_unless_they_came_back() -> None:
    assert holding() == []
    assert holding((1, Act.UNSUBSCRIBE)) == [Act.UNSUBSCRIBE]
    assert holding((1, Act.UNSUBSCRIBE), (2, Act.RETURN)) == []
    assert holding((1, Act.PAUSE), (2, Act.RETURN), (3, Act.UNSUBSCRIBE)) == [Act.UNSUBSCRIBE]


def test_complaint_and_erasure_hold_whatever_came_later() -> None:
    assert holding((1, Act.COMPLAINT), (2, Act.RETURN)) == [Act.COMPLAINT]
    assert holding((1, Act.ERASE), (2, Act.COMPLAINT)) == [Act.COMPLAINT, Act.ERASE]


def test_an_operators_bar_holds_until_it_is_lifted_and_outlives_an_erasure() -> None:
    assert holding((1, Act.UNSUBSCRIBE), (2, Act.BAR)) == [Act.BAR]
    assert holding((1, Act.BAR), (2, Act.UNSUBSCRIBE)) == [Act.UNSUBSCRIBE]
    assert holding((1, Act.BAR), (2, Act.RETURN)) == []
    assert holding((1, Act.BAR), (2, Act.ERASE)) == [Act.BAR, Act.ERASE]
    assert holding((1, Act.BAR), (2, Act.UNSUBSCRIBE), (3, Act.ERASE)) == [Act.ERASE]
    assert holding((1, Act.COMPLAINT), (2, Act.BAR)) == [Act.COMPLAINT, Act.BAR]


def test_what_was_done_before_somebody_subscribed_is_not_about_them() -> None:
    assert holding((1, Act.ERASE), since=2) == []
    assert holding((2, Act.ERASE), since=2) == [Act.ERASE]


@given(st.lists(st.builds(OptOut, moments, acts, st.just("x")), max_size=8), moments)
def test_nobody_who_left_for_good_is_let_back_in(told: list[OptOut], since: datetime) -> None:
    holds = what_holds(told, since)
    mine = [one for one in told if one.at >= since]
    for act in (Act.ERASE, Act.COMPLAINT):
        assert (act in [one.act for one in holds]) is (act in [one.act for one in mine])
    assert all(one in mine and one.act is not Act.RETURN for one in holds)
