"""Links out of feeds."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.feeds.links import LINK_CHARACTERS, safe_url

BASE = "https://feed.example/a/feed.xml"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://arxiv.org/abs/2508.13426", "https://arxiv.org/abs/2508.13426"),
        ("  HTTP://Feed.Example:8080/x  ", "http://feed.example:8080/x"),
        ("post?id=1#top", "https://feed.example/a/post?id=1#top"),
        ("/post", "https://feed.example/post"),
        ("//other.example/x", "https://other.example/x"),
        ("\\\\other.example\\x", "https://other.example/x"),
        ("https://me:secret@other.example/x", "https://other.example/x"),
        ("https://bücher.example/straße?q=ü", "https://xn--bcher-kva.example/stra%C3%9Fe?q=%C3%BC"),
        ("https://a.example/100% \"<x>\"", "https://a.example/100%25%20%22%3Cx%3E%22"),
        ("https://a.example/%7Eme", "https://a.example/%7Eme"),
        ("https://[2001:db8::1]:443/", "https://[2001:db8::1]:443/"),
    ],
)  # fmt: skip
def test_web_addresses_are_made_absolute_and_ascii(value: str, expected: str) -> None:
    assert safe_url(value, BASE) == expected


@pytest.mark.parametrize(
    "value",
    [None, "", "  ", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)",
     "data:text/html,x", "mailto:a@b.example", "ftp://a.example/", "file:///etc/passwd",
     "https://", "https:///x", "http://[::1", "http://a b/", "https://a.example:port/",
     "https://a.example:99999/", "https://exa\u202emple/", "https://a.example/\x00",
     "https://<b>.example/", "https://a..example/", "https://" + "a" * 70 + ".example/",
     "https://a.example/" + "x" * LINK_CHARACTERS],
)  # fmt: skip
def test_everything_else_is_refused(value: str | None) -> None:
    assert safe_url(value, BASE) is None


def test_a_relative_address_without_a_base_is_refused() -> None:
    assert safe_url("/post") is None
    assert safe_url("/post", "not a url") is None


@given(
    st.text(max_size=80) | st.from_regex(r"https?://[^\s]{1,60}", fullmatch=True),
    st.sampled_from([None, BASE, "", "http://["]),
)
@settings(max_examples=500, deadline=None)
def test_any_value_gives_an_ascii_web_address_or_none(value: str, base: str | None) -> None:
    url = safe_url(value, base)
    if url is not None:
        assert url.startswith(("http://", "https://"))
        assert url.isascii()
        assert url.isprintable()
        assert not set(url) & set(' "<>\\^`{|}')
        assert len(url) <= LINK_CHARACTERS
        assert safe_url(url) == url
