"""Feeds that are broken, hostile, or no feeds at all."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.feeds.sources.feeds_of_a_lab import ITEM, only, read, rss


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "body is empty"),
        (b"\xef\xbb\xbf \n", "body is empty"),
        (b"plain words", "body is neither RSS, Atom nor JSON Feed: "),
        (b"<opml><body></body></opml>", "body is neither RSS, Atom nor JSON Feed"),
        (b"<svg></svg>", "body is neither RSS, Atom nor JSON Feed"),
        (b"{", "body is not JSON: "),
        (b"1", "body is a JSON number, not a JSON Feed"),
        (b"[]", "body is a JSON list, not a JSON Feed"),
        (b"{}", "body is JSON without items"),
        (b'{"message": "Not <i>found</i>"}', "body is JSON without items: Not found"),
        (b'{"items": [1]}', "no item could be read: 1 not an object"),
        (b"<rss version='2.0'><channel><title>cut", "feed is broken and holds no item"),
        (b"<rss version='2.0'><channel><item><title>T</title><link>/pos",
         "no item could be read: 1 cut off before its link"),
    ],
)  # fmt: skip
def test_a_body_in_which_nothing_can_be_read_says_why(body: bytes, error: str) -> None:
    parsed = read(body)
    assert parsed.error is not None
    assert parsed.error.startswith(error)
    assert parsed.entries == ()


def test_an_html_page_is_told_with_the_feed_it_names() -> None:
    page = b"""<!DOCTYPE html><html><head><link rel="stylesheet" href="x.css">
    <link rel="alternate" type="application/atom+xml" href="/atom.xml?a=1&amp;b=2"></head>
    <body><p>Hello</p></body></html>"""
    assert read(page, "text/html").error == (
        "body is an HTML page, not a feed; it names a feed at https://lab.example/atom.xml?a=1&b=2"
    )


@pytest.mark.parametrize(
    "body", [rss(), rss().replace(b">F<", b">&nbsp;<"), b'{"items": []}', b"<feed></feed>"]
)
def test_an_empty_feed_is_an_honest_nothing(body: bytes) -> None:
    parsed = read(body)
    assert (parsed.entries, parsed.dropped, parsed.error) == ((), {}, None)


@pytest.mark.parametrize("content_type", ["", "text/html", "text/plain", 'nonsense;;="', "x" * 500])
def test_a_wrong_content_type_does_no_harm(content_type: str) -> None:
    parsed = read(rss(ITEM.replace("Bold", "Bóld")), content_type)
    assert [entry.title for entry in parsed.entries] == ["A Bóld Title"]
    assert parsed.noted == {}


def test_the_charset_of_the_header_or_the_file_counts() -> None:
    koi = rss(ITEM.replace("Bold", "Жирный"))
    assert only(koi.decode().encode("koi8-r"), "text/xml; charset=koi8-r").title == "A Жирный Title"
    declared = b'<?xml version="1.0" encoding="windows-1251"?>' + koi.decode().encode("cp1251")
    assert only(declared, "application/xml").title == "A Жирный Title"
    assert only(koi.decode().encode("utf-16"), "").title == "A Жирный Title"


def test_a_broken_feed_is_read_as_far_as_it_goes() -> None:
    parsed = read(rss(ITEM, "<item><title>Q & A</title><link>/2</link><p>unclosed</item>"))
    assert [entry.title for entry in parsed.entries] == ["A Bold Title", "Q & A"]
    assert parsed.noted == {"not well-formed, read as far as it goes": 1}


def test_a_body_is_never_taken_for_a_file_or_an_address() -> None:
    for body in (b"/etc/passwd", b"http://127.0.0.1:9/feed", b"file:///etc/passwd"):
        assert read(body).error is not None


@pytest.mark.parametrize("target", ["file:///etc/passwd", "http://127.0.0.1:9/x"])
def test_entities_of_a_document_reach_nothing_outside(target: str) -> None:
    doctype = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{target}">]>'.encode()
    parsed = read(doctype + rss(ITEM.replace("Bold", "&x;")))
    assert [entry.title for entry in parsed.entries] == ["A &x; Title"]


def test_entities_that_multiply_are_not_expanded() -> None:
    lines = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    doctype = f'<!DOCTYPE rss [<!ENTITY e0 "ha">{lines}]>'.encode()
    (entry,) = read(doctype + rss(ITEM.replace("Bold", "&e11;"))).entries
    assert len(entry.title) < 100


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_bytes_give_a_result(body: bytes) -> None:
    parsed = read(body)
    assert parsed.entries or parsed.dropped or parsed.error


pieces = st.lists(
    st.sampled_from([ITEM, "<item>", "</item>", "<title>", "</title>", "<![CDATA[", "]]>", "&", "<",
                     "<entry>", "<link>", "<link/>", "<!--", "&#0;", "\x00", "<a:b>", "<guid>x",
                     "<pubDate>0</pubDate>", "<content:encoded>", "<feed", "\ud7ff", "'\""]),
    max_size=12,
)  # fmt: skip


@given(pieces)
@settings(max_examples=200, deadline=None)
def test_any_mixture_of_markup_gives_a_result(mixture: list[str]) -> None:
    for entry in read(rss(*mixture)).entries:
        assert entry.title
        assert entry.url.startswith(("https://", "http://"))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["id", "url", "title", "authors", "author", "name", "tags", "summary"]),
        inner, max_size=6),
    max_leaves=20,
)  # fmt: skip


@given(st.lists(json_values, max_size=4))
@settings(max_examples=200, deadline=None)
def test_any_json_items_give_entries_or_counted_reasons(items: list[Any]) -> None:
    parsed = read(json.dumps({"items": items}).encode())
    assert len(parsed.entries) + sum(parsed.dropped.values()) == len(items)
