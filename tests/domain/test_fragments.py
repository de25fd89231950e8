"""Fragments: quoted-printable pieces that take a token without being encoded again."""

import quopri
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.fragments import PLACEHOLDER, encode_fragment, join_fragments
from digest.domain.tokens import TOKEN_LENGTH

TOKEN = "Ab-_" * 13
TEXTS = st.lists(
    st.one_of(
        st.text(max_size=90),
        st.just(PLACEHOLDER),
        st.sampled_from(
            ["\n", "\r\n", ".", "From ", "=", " ", "\t", "x" * 74, "\x00" * 52, "é" * 40]
        ),
    ),
    max_size=12,
).map("".join)


def as_mail_text(text: str) -> str:
    """Return what a reader is to see: LF line ends, the last one present, the token filled in."""
    lines = re.sub("\r\n|\r", "\n", text.replace(PLACEHOLDER, TOKEN))
    lines = lines.encode("utf-8", "replace").decode()
    return lines if not lines or lines.endswith("\n") else lines + "\n"


def decoded(body: bytes) -> str:
    return quopri.decodestring(body).decode("utf-8").replace("\r\n", "\n")


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_decoding_gives_the_text_back_with_the_token_in_its_places(text: str) -> None:
    assert decoded(join_fragments([encode_fragment(text)], TOKEN)) == as_mail_text(text)


@settings(max_examples=120, deadline=None)
@given(st.lists(TEXTS, max_size=4))
def test_fragments_follow_one_another_as_bytes(texts: list[str]) -> None:
    body = join_fragments([encode_fragment(text) for text in texts], TOKEN)
    assert decoded(body) == "".join(map(as_mail_text, texts))


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_every_line_is_short_and_needs_no_stuffing(text: str) -> None:
    body = join_fragments([encode_fragment(text)], TOKEN)
    assert body == b"" or body.endswith(b"\r\n")
    for line in body.split(b"\r\n"):
        assert len(line) <= 76
        assert not line.startswith((b".", b"From "))
        assert not line.endswith((b" ", b"\t"))
        assert re.fullmatch(rb"(?:[ -<>-~]|=[0-9A-F]{2})*=?", line)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_a_token_is_never_cut_by_a_soft_line_break(text: str) -> None:
    fragment = encode_fragment(text)
    assert len(fragment.pieces) == text.count(PLACEHOLDER) + 1
    assert join_fragments([fragment], TOKEN).count(TOKEN.encode()) == text.count(PLACEHOLDER)
    assert fragment.size == len(join_fragments([fragment], TOKEN))


def test_a_text_of_nuls_cannot_pretend_to_be_a_slot() -> None:
    fragment = encode_fragment("\x00" * TOKEN_LENGTH * 2)
    assert len(fragment.pieces) == 1


def test_a_megabyte_without_a_line_end_is_folded_like_any_other_text() -> None:
    text = "é." * 250_000
    assert decoded(join_fragments([encode_fragment(text)], TOKEN)) == text + "\n"


@pytest.mark.parametrize(
    "token", ["", "a" * 51, "a" * 53, "a" * 51 + "=", "é" * 52, "a" * 51 + "\n"]
)
def test_a_token_that_would_not_fit_is_refused(token: str) -> None:
    with pytest.raises(ValueError, match="52 characters"):
        join_fragments([], token)
