"""Tests that whatever was caught can be shown."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.demo.mail_view import mail_view, opens_links_outside, shown_header
from digest.mail.catcher import CaughtMail

NOW = datetime(2026, 5, 4, tzinfo=UTC)


def caught(data: bytes) -> CaughtMail:
    return CaughtMail("a@a.example", ("b@b.example",), data, NOW)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain", "plain"),
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?utf-8?b?R3I=?= =?utf-8?b?w7zDn2U=?=", "Grüße"),
        ("a =?utf-8?q?b?= c", "a b c"),
        ("folded\r\n into two", "folded into two"),
        ("=?no-such-charset?q?x?=", "=?no-such-charset?q?x?="),
        ("=?utf-8?b?R?=", "=?utf-8?b?R?="),
        ("caf\udcc3\udca9", "café"),
        ("nul\x00 here", "nul\N{REPLACEMENT CHARACTER} here"),
    ],
)
def test_a_header_is_shown_decoded(raw: str, shown: str) -> None:
    assert shown_header(raw) == shown


def test_both_bodies_are_found_and_decoded() -> None:
    view = mail_view(
        3,
        caught(
            b"Subject: Hi\r\nContent-Type: multipart/alternative; boundary=x\r\n\r\n"
            b"--x\r\nContent-Type: text/plain; charset=latin-1\r\n\r\nna\xefve\r\n"
            b"--x\r\nContent-Type: text/html; charset=utf-8\r\n"
            b"Content-Transfer-Encoding: quoted-printable\r\n\r\n<p>na=C3=AFve\r\n--x--\r\n"
        ),
    )
    assert (view.subject, view.text.strip(), (view.html or "").strip()) == (
        "Hi",
        "naïve",
        "<p>naïve",
    )


def test_a_mail_without_subject_or_html_says_so() -> None:
    view = mail_view(0, caught(b"\r\nbody"))
    assert (view.subject, view.html, view.text) == ("(no subject)", None, "body")


def test_links_of_a_framed_mail_open_outside_the_frame() -> None:
    assert opens_links_outside("<html><HEAD lang=en><b>") == (
        '<html><HEAD lang=en><base target="_blank"><b>'
    )
    assert opens_links_outside("<p>") == '<base target="_blank"><p>'


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"Subject: =?utf-8?b?", b"Content-Type: text/html; charset=", b"\r\n"]),
)
def test_no_bytes_are_too_odd_to_show(data: bytes, lead: bytes) -> None:
    view = mail_view(0, caught(lead + data))
    shown = (view.subject, view.text, view.html or "", view.source, *sum(view.headers, ()))
    assert not any("\x00" in text for text in shown)
    assert not any("\ud800" <= letter <= "\udfff" for text in shown for letter in text)
