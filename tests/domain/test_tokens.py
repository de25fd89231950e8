"""Signed tokens: of one length, for one purpose, worthless once touched."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.tokens import (
    TOKEN_LENGTH,
    Claims,
    Purpose,
    derive_key,
    make_token,
    read_token,
)

KEY, OLD = derive_key("k" * 40), derive_key("o" * 40)
SAFE = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
cases = settings(max_examples=200, deadline=None)
claims = st.builds(
    Claims,
    purpose=st.sampled_from(Purpose),
    subscriber=st.integers(0, 2**48 - 1),
    delivery=st.integers(0, 2**48 - 1),
    generation=st.integers(0, 2**32 - 1),
    issued_at=st.integers(0, 2**36).map(lambda s: datetime.fromtimestamp(s, UTC)),
)


@cases
@given(claims)
def test_a_token_gives_its_claims_back(said: Claims) -> None:
    assert read_token([KEY], make_token(KEY, said)) == said


@cases
@given(claims)
def test_every_token_has_the_same_length_and_safe_letters(said: Claims) -> None:
    token = make_token(KEY, said)
    assert len(token) == TOKEN_LENGTH
    assert set(token) <= SAFE


@cases
@given(claims, st.integers(0, TOKEN_LENGTH - 1), st.sampled_from(sorted(SAFE)))
def test_a_token_with_one_other_letter_is_worthless(said: Claims, at: int, letter: str) -> None:
    token = make_token(KEY, said)
    forged = token[:at] + letter + token[at + 1 :]
    assert read_token([KEY], forged) == (said if forged == token else None)


@cases
@given(claims)
def test_another_key_reads_nothing_and_a_rotated_one_still_reads(said: Claims) -> None:
    token = make_token(OLD, said)
    assert read_token([KEY], token) is None
    assert read_token([KEY, OLD], token) == said
    assert read_token([], token) is None


@cases
@given(st.text(max_size=60) | st.text(alphabet=sorted(SAFE), min_size=52, max_size=52))
def test_any_text_is_read_as_nothing(text: str) -> None:
    assert read_token([KEY, OLD], text) is None


@pytest.mark.parametrize("text", ["A" * 51, "A" * 53, "=" * 52, "A" * 51 + "\n", "é" * 52])
def test_what_is_no_token_is_read_as_nothing(text: str) -> None:
    assert read_token([KEY], text) is None


def test_claims_that_do_not_fit_are_refused() -> None:
    with pytest.raises(OverflowError):
        make_token(KEY, Claims(Purpose.MAIL, 2**48, 0, 0, datetime(2026, 1, 1, tzinfo=UTC)))


def test_keys_of_different_secrets_differ() -> None:
    assert derive_key("a" * 40) != derive_key("b" * 40)
    assert len(derive_key("a" * 40)) == 32
