"""Feeds that end in mid-item."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.feeds.syndication import read_feed
from digest.feeds.truncation import MOST_TAGS, Ending, bounded, closed, ending_of, is_honestly_empty

FEED = (
    b'<?xml version="1.0"?><rss version="2.0"><channel><title>F</title>'
    b"<item><title>One</title><link>https://a.example/1</link></item>"
    b"<item><title>Two</title><link>https://a.example/2</link>"
    b"<description><![CDATA[<p>Long &amp; winding]]> text &lt;3</description></item>"
    b"</channel></rss>"
)


@pytest.mark.parametrize(
    ("until", "ending"),
    [
        (b"</rss>", Ending.WHOLE),
        (b"</link></item>", Ending.WHOLE),
        (b"<title>One", Ending.BROKEN),
        (b"<link>https://a.example/1", Ending.BROKEN),
        (b"<link>https://a.example/2</link>", Ending.CUT),
        (b"<p>Long", Ending.CUT),
        (b"text &lt", Ending.CUT),
        (b"</descr", Ending.CUT),
    ],
)
def test_the_ending_tells_whether_title_and_link_came_whole(until: bytes, ending: Ending) -> None:
    assert ending_of(FEED[: FEED.index(until) + len(until)]) is ending


@pytest.mark.parametrize(
    ("until", "text"),
    [(b"<p>Long", "<p>Long"), (b"text &lt", "<p>Long &amp; winding text"), (b"</descr", None)],
)
def test_a_cut_feed_is_closed_with_the_text_that_came(until: bytes, text: str | None) -> None:
    read = read_feed(FEED[: FEED.index(until) + len(until)], "text/xml")
    assert [item.title for item in read.items] == ["One", "Two"]
    assert read.problem == ""
    assert read.items[1].content == (text or "<p>Long &amp; winding text <3")


@given(st.integers(0, len(FEED)))
@settings(max_examples=150, deadline=None)
def test_wherever_a_feed_is_cut_no_link_is_half(length: int) -> None:
    read = read_feed(FEED[:length], "text/xml")
    assert {item.link for item in read.items} <= {"https://a.example/1", "https://a.example/2"}
    assert {item.title for item in read.items} <= {"One", "Two"}


@given(
    st.binary(max_size=300)
    | st.text(alphabet="<>/item&;![CDAT]- link", max_size=300).map(str.encode)
)
@settings(max_examples=300, deadline=None)
def test_any_bytes_can_be_closed_and_bounded(body: bytes) -> None:
    assert bounded(body) == body
    assert isinstance(closed(body), bytes)
    assert isinstance(is_honestly_empty(body), bool)
    assert ending_of(body) in Ending


def test_a_feed_of_too_many_tags_is_read_up_to_the_limit() -> None:
    body = b"<rss>" + b"<a>" * (MOST_TAGS + 10)
    assert bounded(body).count(b"<") == MOST_TAGS
    assert bounded(body).endswith(b"<a>")


def test_an_empty_feed_is_honest_only_when_it_comes_to_its_end() -> None:
    assert is_honestly_empty(b"<rss><channel><title>&nbsp;</title></channel></rss>")
    assert not is_honestly_empty(b"<rss><channel><title>cut o")
    assert not is_honestly_empty(FEED)
