"""Only a signature of ours ties a mail to a delivery, wherever in the mail it stands."""

import base64
import quopri
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.domain.proofs import Means, Proof, find_leave, find_proof
from digest.domain.return_path import return_path
from digest.domain.tokens import Claims, Purpose, make_token

KEY, OLD, FORGED = b"new key", b"old key", b"another key"
KEYS = (KEY, OLD)
NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
PURPOSES = st.sampled_from(Purpose)


def stamp(key: bytes = KEY, number: int = 7, at: datetime = NOW) -> str:
    return return_path("verp", "d@papers.example", "bounces.papers.example", key, number, at)


def token(
    key: bytes = KEY, number: int = 7, at: datetime = NOW, purpose: Purpose = Purpose.MAIL
) -> str:
    return make_token(key, Claims(purpose, 3, number, 0, at))


@pytest.mark.parametrize(
    "raw",
    [
        b"Return-Path: <%s>\r\n",
        b"X-Failed: %s, and more",
        b"Original-Mail-From: rfc822; d+%s",
    ],
)
def test_a_stamp_is_found_anywhere_and_in_any_case(raw: bytes) -> None:
    for key in KEYS:
        for written in (stamp(key), stamp(key).upper()):
            found = find_proof(KEYS, (), raw % written.encode(), NOW)
            assert found == Proof(7, Means.STAMP)
    assert find_proof(KEYS, (), raw % stamp(FORGED).encode(), NOW) is None


@pytest.mark.parametrize("coding", ["base64", "quoted-printable"])
def test_a_stamp_in_an_encoded_part_is_found(coding: str) -> None:
    text = b"x" * 50 + b" Return-Path: <" + stamp().encode() + b">"
    coded = base64.encodebytes(text) if coding == "base64" else quopri.encodestring(text)
    assert stamp().encode() not in coded
    raw = f"Content-Transfer-Encoding: {coding}\r\n\r\n".encode() + coded
    assert find_proof(KEYS, (), raw, NOW) == Proof(7, Means.STAMP)


def test_the_envelope_goes_before_the_mail_and_a_stamp_before_a_link() -> None:
    raw = f"{token(number=1)} {stamp(number=2)}".encode()
    assert find_proof(KEYS, [stamp(number=3)], raw, NOW) == Proof(3, Means.STAMP)
    assert find_proof(KEYS, ["a@b.example"], raw, NOW) == Proof(2, Means.STAMP)
    assert find_proof(KEYS, (), token(number=1).encode(), NOW) == Proof(1, Means.LINK)


@given(st.integers(-40, 60), PURPOSES)
def test_only_what_is_younger_than_thirty_days_proves(days: int, purpose: Purpose) -> None:
    now = NOW + timedelta(days=days)
    for raw in (stamp().encode(), token(purpose=purpose).encode()):
        assert (find_proof(KEYS, (), raw, now) is not None) == (-1 <= days <= 30)


def test_a_link_of_no_mail_proves_nothing() -> None:
    assert find_proof(KEYS, (), token(number=0).encode(), NOW) is None


def test_a_mail_that_holds_thousands_of_forgeries_is_not_read_for_ever() -> None:
    forged = b"\n".join(stamp(FORGED, number).encode() for number in range(1, 3000))
    assert find_proof(KEYS, (), forged + b"\n" + stamp().encode(), NOW) is None


@given(st.binary(max_size=300), st.lists(st.text(max_size=80), max_size=3))
def test_nothing_made_up_proves_or_leaves(raw: bytes, texts: list[str]) -> None:
    assert find_proof(KEYS, texts, raw, NOW) is None
    assert find_leave(KEYS, texts, NOW) is None


@given(st.binary(max_size=200))
def test_a_broken_mail_with_base64_in_it_breaks_nothing(noise: bytes) -> None:
    raw = b"Content-Transfer-Encoding: base64\n" + noise
    assert find_proof(KEYS, (), raw, NOW) is None


@given(PURPOSES, st.sampled_from(["{}", "unsubscribe {}", "unsubscribe%20{}", "Re: {} x", "a+{}"]))
def test_a_token_of_a_mail_leaves_at_any_age(purpose: Purpose, form: str) -> None:
    text = form.format(token(OLD, purpose=purpose))
    found = find_leave(KEYS, ["", text], NOW + timedelta(days=9999))
    assert (found is not None) == (purpose in (Purpose.MAIL, Purpose.MANAGE))
    assert found is None or found.subscriber == 3
    assert find_leave((FORGED,), [text], NOW) is None
