"""Operators' names, passwords, sessions and the steps of their codes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.domain.operators import (
    CODE_STEP_S,
    Operator,
    OperatorError,
    Session,
    checked_name,
    checked_password,
    code_steps,
    is_let_in,
    name_key,
    numbered_name,
    plain_code,
    session_stands,
)

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
ADA = Operator(1, "Ada", "hash", "sealed", None, (), None, 3, NOW, None)
SESSION = Session("key", 1, 3, NOW, NOW, NOW + timedelta(hours=12), "")
IDLE = timedelta(hours=1)


@given(st.text())
def test_a_name_is_trimmed_or_refused_and_found_again(name: str) -> None:
    try:
        checked = checked_name(name)
    except OperatorError:
        trimmed = " ".join(name.split())
        assert not trimmed or len(trimmed) > 64 or not trimmed.isprintable()
        return
    assert checked == checked_name(f"  {checked}\n")
    assert name_key(name) == name_key(checked)
    assert name_key(name).isprintable()


@given(st.text(max_size=40), st.sampled_from(["Ada", "ada lovelace"]))
def test_a_password_is_left_as_it_is_or_refused(password: str, name: str) -> None:
    try:
        assert checked_password(password, name) == password
    except OperatorError:
        short = len(password) < 12 or len(set(password)) < 5
        assert short or name in password.casefold()
    else:
        assert len(password) >= 12


@pytest.mark.parametrize(
    "password", ["short words", "aaaaaaaaaaaaaaaa", "abababababab", "Ada Lovelace1", "x" * 1025]
)
def test_what_is_guessed_at_once_is_no_password(password: str) -> None:
    with pytest.raises(OperatorError):
        checked_password(password, "ada lovelace")


def test_a_session_stands_for_its_account_and_generation_alone() -> None:
    assert session_stands(SESSION, ADA, NOW, IDLE)
    for account in (
        replace(ADA, id=2),
        replace(ADA, generation=4),
        replace(ADA, disabled_at=NOW),
    ):
        assert not session_stands(SESSION, account, NOW, IDLE)


@given(st.integers(-100_000, 100_000), st.integers(0, 100_000))
def test_a_session_stands_between_its_ends_while_it_is_used(after_s: int, seen_s: int) -> None:
    now, seen = NOW + timedelta(seconds=after_s), NOW + timedelta(seconds=seen_s)
    used = replace(SESSION, seen_at=seen)
    inside = 0 <= after_s < 12 * 3600 and after_s - seen_s < 3600
    assert session_stands(used, ADA, now, IDLE) is inside


@given(st.integers(0, 2**33), st.none() | st.integers(0, 2**30))
def test_codes_of_three_steps_are_taken_and_none_twice(second: int, last: int | None) -> None:
    now = datetime.fromtimestamp(second, UTC)
    steps = code_steps(now, last)
    assert set(steps) <= {second // CODE_STEP_S + drift for drift in (-1, 0, 1)}
    assert last is None or all(step > last for step in steps)
    assert len(steps) == 3 or last is not None


@given(st.text(alphabet="abc234 -\t", max_size=20))
def test_a_code_is_read_however_it_is_spaced(typed: str) -> None:
    assert plain_code(typed) == plain_code(f" {typed.upper()}-")
    assert not set(plain_code(typed)) & set(" -\tabc")


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_verified_address_is_let_in_in_any_case_and_never_as_a_subject(
    local: str, subject: str
) -> None:
    listed = f"{local}@example.org"
    assert is_let_in([listed], subject, listed.upper(), verified=True) is (
        listed.upper().strip().casefold() == listed.strip().casefold()
    )
    assert not is_let_in([listed], subject, listed, verified=False)
    assert not is_let_in([listed], listed, "", verified=True)
    assert not is_let_in([listed], listed, "eve@example.org", verified=True)


@given(st.text(min_size=1, max_size=20), st.booleans())
def test_a_listed_subject_is_let_in_as_it_is_written(subject: str, verified: bool) -> None:
    is_one = bool(subject.strip()) and "@" not in subject and subject == subject.strip()
    assert is_let_in([subject], subject, "", verified) is is_one
    assert not is_let_in([f"{subject}x"], subject, "", verified)
    assert not is_let_in([], subject, "ada@example.org", verified)
    assert not is_let_in(["", " "], "", "", verified)


@given(st.text("ab", min_size=1, max_size=64), st.integers(1, 999))
def test_a_numbered_name_is_one_that_can_be(name: str, number: int) -> None:
    made = numbered_name(name, number)
    assert checked_name(made) == made
    assert (made == name) is (number == 1)
