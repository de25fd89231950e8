"""Taking mails apart that are broken in each way that mails are."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.mail.bounces.addresses import addresses_in, first_address, typed_address
from digest.mail.bounces.mime import (
    MAX_PARTS,
    decode_text,
    decode_words,
    read_fields,
    read_mail,
    strip_tags,
)


def texts(raw: bytes) -> list[str]:
    return [part.text().strip() for part in read_mail(raw)[1]]


def mixed(*parts: bytes, end: bytes = b"--cut--\n") -> bytes:
    head = b'Content-Type: multipart/mixed; boundary="cut"\n\n'
    return head + b"".join(b"--cut\n" + part + b"\n" for part in parts) + end


def test_parts_come_in_order_and_nested_ones_in_between() -> None:
    inner = (
        b"Content-Type: multipart/alternative; boundary=in\n\n--in\n\none\n--in\n\ntwo\n--in--\n"
    )
    assert texts(mixed(b"\nzero", inner, b"\nthree")) == ["zero", "one", "two", "three"]


def test_a_missing_end_and_a_missing_boundary_are_made_up_for() -> None:
    assert texts(mixed(b"\none", b"\ntwo", end=b"")) == ["one", "two"]
    raw = b"Content-Type: multipart/mixed\n\n--cut\nContent-Type: text/plain\n\none\n--cut--\n"
    assert texts(raw) == ["one"]
    assert texts(b"Content-Type: multipart/mixed; boundary=absent\n\nwords") == ["words"]


def test_the_number_of_parts_is_bounded() -> None:
    assert len(read_mail(mixed(*[b"\nx"] * 500))[1]) == MAX_PARTS


@pytest.mark.parametrize(
    ("fields", "body", "text"),
    [
        (b"Content-Transfer-Encoding: quoted-printable", b"a=3Db=\nc", "a=bc"),
        (b"Content-Transfer-Encoding: base64", base64.b64encode(b"hello"), "hello"),
        (b"Content-Transfer-Encoding: base64", b"aGVsb*G8", "hello"),
        (b"Content-Transfer-Encoding: base64", b"aGVsbG8gdw", "hello w"),
        (b"Content-Type: text/plain; charset=koi8-r", "нет".encode("koi8-r"), "нет"),
        (b"Content-Type: text/plain; charset=made-up", "größe".encode(), "größe"),
        (b"Content-Type: text/plain; charset=us-ascii", "größe".encode("latin-1"), "größe"),
        (b"Content-Type: text/plain; charset=punycode", b"abc", "abc"),
        (b"Content-Type: text/plain", "宛先".encode("iso-2022-jp"), "宛先"),
        (b"Content-Type: text/html", b"<style>x{}</style><p>a<br>b &lt;c&gt;", "a\nb <c>"),
    ],
)
def test_text_is_decoded_as_it_looks(fields: bytes, body: bytes, text: str) -> None:
    assert texts(fields + b"\n\n" + body) == [text]


def test_fields_end_at_the_first_line_that_is_none() -> None:
    found, rest = read_fields(b"From x\nTo: a\n b\nto : c\nno field here\nX: y\n")
    assert found == {"to": ["a b", "c"]}
    assert rest == b"no field here\nX: y\n"


def test_encoded_words_are_decoded() -> None:
    assert decode_words("=?utf-8?q?R=C3=A9p_auto?= x =?UTF-8?B?0L3QtdGC?=") == "Rép auto x нет"
    assert decode_words("=?utf-8?q?a?= =?utf-8?q?b?=") == "ab"
    assert decode_words("plain =? text") == "plain =? text"


def test_hidden_html_is_left_out_even_unclosed() -> None:
    assert strip_tags("a<script>b") == "a"
    assert strip_tags("a<script>b</script>c<b>d</b>") == "acd"


@given(st.binary(max_size=500), st.text(max_size=20))
def test_any_bytes_are_text_in_any_charset(data: bytes, charset: str) -> None:
    assert isinstance(decode_text(data, charset), str)


LOCAL = st.from_regex(r"[a-z0-9][a-z0-9._+-]{0,20}[a-z0-9]", fullmatch=True)
HOST = st.from_regex(r"[a-z0-9]{1,9}(\.[a-z0-9]{1,9}){1,3}", fullmatch=True)


@given(LOCAL, HOST, st.sampled_from(["<{}>", "({}).", " {}, ", "«{}»", '"{}":', "{}", "to {}。"]))
def test_an_address_is_found_whatever_is_around_it(local: str, host: str, around: str) -> None:
    address = f"{local}@{host}"
    text = around.format(address)
    assert first_address(text) == address
    ((start, end, _),) = addresses_in(text)
    assert text[start:end] == address
    assert typed_address(f"rfc822; {address}") == address


@given(st.text(alphabet='a@.<>" ,:', max_size=60))
def test_what_is_found_stands_in_the_text(text: str) -> None:
    for start, end, address in addresses_in(text):
        assert text[start:end] == address
        assert address.count("@") >= 1


@pytest.mark.parametrize(
    "value", ["rfc822; |/bin/x a@b.example", "@relay.example:a@b.example", "x-unix; root", ""]
)
def test_a_route_or_a_program_is_no_address(value: str) -> None:
    assert typed_address(value) == ""
