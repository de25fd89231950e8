"""Canonical forms and the signature's field: the short way is the long way, and dkimpy's."""

import quopri
import re

import pytest
from dkim.canonicalization import CanonicalizationPolicy
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.dkim import (
    OVER_SIGNED,
    body_is_relaxed,
    finished_field,
    relaxed_body,
    relaxed_field,
    signature_field,
    signed_part,
    signing_input,
    split_message,
)
from digest.domain.fragments import PLACEHOLDER, encode_fragment, join_fragments
from digest.domain.tokens import TOKEN_LENGTH

RELAXED = CanonicalizationPolicy.from_c_value(b"relaxed/relaxed")
PIECES = st.sampled_from([b"\r\n", b" ", b"  ", b"\t", b"a", b"word", b"\r", b"\n", b".", b"\xff"])
BODIES = st.lists(PIECES, max_size=14).map(b"".join)
VALUES = st.lists(
    st.sampled_from([" ", "\t", "\r\n ", "\r\n\t", "a", "B:c", "word", "é"]), max_size=10
).map("".join)
NAMES = st.sampled_from(["From", "Subject", "X-Ours", "List-Id", "TO"])


@settings(max_examples=400, deadline=None)
@given(BODIES)
def test_a_body_that_passes_for_relaxed_is_its_own_relaxed_form(body: bytes) -> None:
    if body_is_relaxed(body):
        assert relaxed_body(body) == body
    assert body_is_relaxed(relaxed_body(body))


@settings(max_examples=400, deadline=None)
@given(BODIES)
def test_the_relaxed_form_of_a_body_is_the_one_of_another_program(body: bytes) -> None:
    # one that does not end in CRLF gets it before, or dkimpy would leave blanks at its end
    ended = body if body.endswith(b"\r\n") else body + b"\r\n"
    assert relaxed_body(body) == RELAXED.canonicalize_body(ended)


@pytest.mark.parametrize("body", [b"", b"a\r\n", b"a b\r\n\r\nc\r\n", b"\r\n\r\na\r\n", b" a\r\n"])
def test_an_ordinary_body_takes_the_short_way(body: bytes) -> None:
    assert body_is_relaxed(body)


@pytest.mark.parametrize(
    "body", [b"\r\n", b"a", b"a\r\n\r\n", b"a \r\n", b"a  b\r\n", b"a\tb\r\n", b"\t\r\n", b" \r\n"]
)
def test_a_body_with_something_to_fold_does_not(body: bytes) -> None:
    assert not body_is_relaxed(body)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=90),
            st.sampled_from([PLACEHOLDER, "\n", "\n\n", " ", "   ", "\t", "x" * 74, " \n"]),
        ),
        max_size=14,
    ).map("".join)
)
def test_what_we_encode_always_takes_the_short_way(text: str) -> None:
    part = join_fragments([encode_fragment(text)], "a" * TOKEN_LENGTH)
    assert body_is_relaxed(b"--x\r\n" + part + b"\r\n--x--\r\n")
    assert quopri.decodestring(part).count(b" ") == text.count(" ")


@settings(max_examples=300, deadline=None)
@given(NAMES, VALUES)
def test_the_relaxed_form_of_a_field_is_the_one_of_another_program(name: str, value: str) -> None:
    ((other_name, other_value),) = RELAXED.canonicalize_headers(
        [(name.encode(), value.encode() + b"\r\n")]
    )
    field = f"{name}:{value}".encode()
    assert relaxed_field(field) + b"\r\n" == other_name + b":" + other_value


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(NAMES, VALUES.filter(lambda text: text.strip())), min_size=1), BODIES)
def test_a_message_is_split_into_what_it_was_made_of(
    pairs: list[tuple[str, str]], body: bytes
) -> None:
    fields = tuple(f"{name}: {value.rstrip()}".encode() for name, value in pairs)
    message = b"\r\n".join(fields) + b"\r\n\r\n" + body
    assert split_message(message) == (fields, body)


def test_a_message_without_a_body_is_refused() -> None:
    with pytest.raises(ValueError, match="empty line"):
        split_message(b"From: a@b.example\r\n")


def test_what_is_no_field_is_refused() -> None:
    with pytest.raises(ValueError, match="header field"):
        relaxed_field(b"From a@b.example")


def test_every_field_is_signed_and_some_once_more_than_they_are_there() -> None:
    part = signed_part([b"From: a", b"X-A: 1", b"x-a:  2 ", b"Subject: c\r\n d"])
    assert part.names == ("from", "x-a", "x-a", "subject", *OVER_SIGNED)
    assert part.canonical == b"from:a\r\nx-a:2\r\nx-a:1\r\nsubject:c d\r\n"
    assert {"from", "subject", "date", "to", "list-unsubscribe-post"} < set(OVER_SIGNED)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from([*OVER_SIGNED, "x" * 70, "a"]), min_size=1, max_size=60),
    st.binary(min_size=32, max_size=32),
    st.binary(min_size=1, max_size=520),
    st.text("az0.", min_size=1, max_size=200),
)
def test_the_field_is_folded_and_says_what_it_was_given(
    names: list[str], body_hash: bytes, signature: bytes, domain: str
) -> None:
    unsigned = signature_field("rsa-sha256", domain, "s1", 1777874400, names, body_hash)
    field = finished_field(unsigned, signature)
    lines = field.removesuffix(b"\r\n").split(b"\r\n")
    assert all(len(line) <= 76 or domain.encode() in line for line in lines)
    assert all(line.startswith(b" ") and line.strip() for line in lines[1:])
    read = {
        name.strip(): re.sub(r"\s", "", value)
        for name, _, value in (
            tag.partition("=") for tag in field.decode().partition(":")[2].split(";")
        )
    }
    assert read["h"].split(":") == names
    assert (read["d"], read["s"], read["t"]) == (domain, "s1", "1777874400")
    assert read["c"] == "relaxed/relaxed"
    assert not {"l", "x"} & set(read)
    emptied = re.sub(rb"(?s)(?<= b=).*", b"", field)
    assert signing_input(signed_part([b"From: a"]), unsigned).endswith(relaxed_field(emptied))
