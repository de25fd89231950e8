"""Header fields: what parsers read back, and what can never get in."""

import re
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain import headers

ZONES = [timezone(timedelta(hours=hours)) for hours in range(-14, 15)]
WORD = re.compile(rb"=\?UTF-8\?[BQ]\?([^?]+)\?=")
ODD = st.sampled_from(
    [
        "=?UTF-8?Q?x?=",
        "  ",
        "\r\nBcc: a@b.example",
        "\x00",
        "\u2028",
        '"',
        "\\",
        "_",
        "é",
        "𝛼",
        "?=",
    ]
)
TEXTS = st.lists(st.one_of(st.text(max_size=30), ODD), max_size=8).map("".join)


def parsed(field: bytes) -> EmailMessage:
    message = message_from_bytes(field + b"\r\nbody\r\n", policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def read_name(field: bytes) -> str:
    """Return the display name as the standard library's older parser reads it.

    The newer one (policy.default, Python 3.11) puts a space between the two encoded words of a long
    name, against RFC 2047 section 6.2, so it is asked only about names of one word.
    """
    message = message_from_bytes(field + b"\r\n")
    value = str(message["To"] or message["From"])
    if "=?" not in value:
        return parseaddr(value)[0]
    name, _, _ = value.rpartition(" <")
    return str(make_header(decode_header(name)))


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_any_subject_is_read_back_as_it_was_without_its_controls(text: str) -> None:
    message = parsed(headers.text_field("Subject", text))
    assert message.keys() == ["Subject"]
    assert str(message["Subject"]) == headers.clean_text(text)


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_any_display_name_is_read_back_with_its_address(name: str) -> None:
    field = headers.mailbox_field("From", name, "news@lists.example.org")
    message = parsed(field)
    assert message.keys() == ["From"]
    (address,) = message["From"].addresses
    assert address.addr_spec == "news@lists.example.org"
    assert read_name(field) == headers.clean_name(name)
    if field.count(b"=?UTF-8?") < 2:
        assert address.display_name == headers.clean_name(name)


@settings(max_examples=200, deadline=None)
@given(st.one_of(TEXTS, st.text(min_size=200, max_size=600)))
def test_encoded_words_are_short_whole_and_apart(text: str) -> None:
    for field in (
        headers.text_field("Subject", text),
        headers.mailbox_field("To", text, "a@example.org"),
    ):
        assert field.isascii()
        assert field.endswith(b"\r\n")
        for line in field.split(b"\r\n"):
            assert len(line) <= 78
            assert b"\r" not in line
            assert b"\n" not in line
        for word in re.findall(rb"(?:(?<=\s)|^)=\?\S*\?=(?=\s|$)", field):
            assert len(word) <= 75
            assert WORD.fullmatch(word)
        assert b"?==?" not in field


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="aé€𝛼 ", min_size=1, max_size=300))
def test_no_encoded_word_splits_a_character(text: str) -> None:
    for word in headers.encoded_words(text, 20).split("\r\n "):
        read = parsed(f"Subject: {word}\r\n".encode())
        assert "\ufffd" not in str(read["Subject"])


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_clean_text_is_stable_and_free_of_controls(text: str) -> None:
    clean = headers.clean_text(text)
    assert headers.clean_text(clean) == clean
    assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029]", clean)


@settings(max_examples=200, deadline=None)
@given(st.datetimes(datetime(1990, 1, 2), datetime(2090, 1, 1), timezones=st.sampled_from(ZONES)))  # noqa: DTZ001  made aware by timezones
def test_a_date_is_written_in_utc_and_read_back(at: datetime) -> None:
    instant = at.replace(microsecond=0)
    field = headers.date_field(instant).decode()
    assert field.endswith(" +0000\r\n")
    assert parsedate_to_datetime(field[6:].strip()) == instant


def test_a_date_has_the_form_of_rfc_5322() -> None:
    field = headers.date_field(datetime(2026, 5, 4, 6, 0, tzinfo=UTC))
    assert field == b"Date: Mon, 04 May 2026 06:00:00 +0000\r\n"


def test_a_naive_date_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        headers.date_field(datetime(2026, 5, 4))  # noqa: DTZ001 - the naive instant is the case


@settings(max_examples=200, deadline=None)
@given(st.integers(20, 900))
def test_a_list_uri_of_any_length_stays_bare_on_one_line(length: int) -> None:
    uri = (
        "https://papers.example.org/".ljust(length, "u")[:length]
        if length > 27
        else "https://a.example/".ljust(length, "u")
    )
    mailto = "mailto:leave@example.org?subject=unsubscribe"
    field = headers.uri_field("List-Unsubscribe", uri, mailto)
    assert field == f"List-Unsubscribe: <{uri}>,\r\n <{mailto}>\r\n".encode()


@pytest.mark.parametrize(
    "uri",
    [
        "https://a.example/x y",
        "https://a.example/\r\nBcc: b@c.example",
        "https://a.example/>",
        "https://ä.example/",
        "/relative",
        "",
        "https://a.example/" + "x" * 1000,
        "https://a.example/\x00",
    ],
)
def test_a_uri_that_could_break_its_field_is_refused(uri: str) -> None:
    with pytest.raises(ValueError, match="List-Help"):
        headers.uri_field("List-Help", uri)


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example>\r\nRCPT TO:<x@y.example>",
        "a b@c.example",
        "a@b@c.example",
        "a@",
        "@b.example",
        "",
        "a@b.example\n",
        "<a@b.example>",
        "a,b@c.example",
        "a@b.example\x00",
        "a..b@c.example",
        ".a@c.example",
        "a@-",
        "x" * 65 + "@c.example",
        '"a b"@c.example',
        "a@b\u2028.example",
        "a\ud800@b.example",
    ],
)
def test_an_address_that_is_not_one_bare_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="mail address"):
        headers.mailbox_field("To", "Ada", address)


@pytest.mark.parametrize(
    "address",
    ["a+b@c.example", "ada.o'neil@sub.c-d.example", "δοκιμή@παράδειγμα.example", "root@localhost"],
)
def test_an_ordinary_or_international_address_is_taken(address: str) -> None:
    assert headers.mailbox_field("To", None, address) == f"To: {address}\r\n".encode()


@pytest.mark.parametrize(
    "value", ["<a@b>\r\nX: y", "a@b", "<a b@c>", "", "<é@c.example>", "<@c>", "<a@b>\n"]
)
def test_a_bad_message_id_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="Message-ID"):
        headers.message_id_field(value)


@pytest.mark.parametrize(
    "value", ["daily", "a b.example", "a.example\r\nX: y", "", "a..b", "a.b\n"]
)
def test_a_bad_list_id_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="List-Id"):
        headers.list_id_field("Papers", value)


def test_a_list_id_carries_its_phrase_before_the_identifier() -> None:
    assert (
        headers.list_id_field("Paper Digest", "daily.example.org")
        == b"List-Id: Paper Digest <daily.example.org>\r\n"
    )


@pytest.mark.parametrize("value", ["", "a b", "a\nb", "é", "x" * 1000])
def test_a_token_field_takes_one_printable_word_only(value: str) -> None:
    with pytest.raises(ValueError, match="Feedback-ID"):
        headers.token_field("Feedback-ID", value)


@pytest.mark.parametrize("name", ["", "Subject:", "Sub ject", "X\r\nY", "Ünit"])
def test_a_field_name_must_be_one(name: str) -> None:
    with pytest.raises(ValueError, match="header name"):
        headers.text_field(name, "text")


def test_a_name_with_specials_is_quoted_and_one_with_accents_is_encoded() -> None:
    assert (
        headers.mailbox_field("From", "Digest, The", "a@b.example")
        == b'From: "Digest, The" <a@b.example>\r\n'
    )
    assert (
        headers.mailbox_field("From", "Café Papers", "a@b.example")
        == b"From: =?UTF-8?Q?Caf=C3=A9_Papers?= <a@b.example>\r\n"
    )


def test_a_long_plain_subject_is_folded_at_a_space() -> None:
    field = headers.text_field("Subject", "word " * 40)
    assert field.startswith(b"Subject: word word")
    assert all(len(line) <= 78 for line in field.split(b"\r\n"))
    assert field.replace(b"\r\n", b"") == b"Subject: " + b" ".join([b"word"] * 40)
