"""Any feed: RSS, Atom and JSON Feed."""

import json
from datetime import UTC, datetime

import pytest

from digest.domain.papers import Entry
from digest.feeds.sources.feed import polls
from tests.feeds.sources.feeds_of_a_lab import ITEM, NOW, only, read, rss


def test_an_item_of_rss_becomes_an_entry() -> None:
    assert only(rss(ITEM)) == Entry(
        source="lab",
        entry_id="tag:1",
        title="A Bold Title",
        url="https://lab.example/blog/post/1",
        abstract="One two.",
        authors=("Ada One",),
        categories=("cs.LG",),
        keywords=("routing",),
        published_at=datetime(2026, 5, 4, 8, tzinfo=UTC),
        listed_at=datetime(2026, 5, 4, 8, tzinfo=UTC),
    )


def test_an_entry_of_atom_becomes_an_entry() -> None:
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://base.example/">
    <title>F</title><entry><id>urn:1</id><title type="html">x &amp;lt; y</title>
    <link href="p/1"/><link rel="enclosure" type="application/pdf" href="/1.pdf"/>
    <updated>2026-05-04T08:00:00Z</updated><content type="xhtml"><div
    xmlns="http://www.w3.org/1999/xhtml"><p>One</p><p>two</p></div></content>
    <author><name>Ada One</name></author><author><name>Bo Two</name></author></entry></feed>"""
    entry = only(body)
    assert (entry.title, entry.abstract) == ("x < y", "One two")
    assert entry.url == "https://base.example/p/1"
    assert entry.pdf_url == "https://base.example/1.pdf"
    assert entry.authors == ("Ada One", "Bo Two")
    assert entry.published_at == datetime(2026, 5, 4, 8, tzinfo=UTC)


@pytest.mark.parametrize("version", ["0.90", "0.91", "0.92", "2.0", ""])
def test_every_dialect_of_rss_is_read(version: str) -> None:
    body = rss(ITEM).replace(b"2.0", version.encode())
    assert only(body).title == "A Bold Title"


def test_rss_1_0_is_read() -> None:
    body = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
    <channel rdf:about="https://a.example/"><title>F</title></channel>
    <item rdf:about="https://a.example/1"><title>T</title><link>https://a.example/1</link>
    <dc:creator>Doe, J., Roe, R.</dc:creator><dc:date>2026-05-04</dc:date>
    <dc:identifier>doi:10.1101/2026.05.04.123</dc:identifier></item></rdf:RDF>"""
    entry = only(body)
    assert entry.authors == ("J. Doe", "R. Roe")
    assert entry.doi == "10.1101/2026.05.04.123"
    assert entry.entry_id == "https://a.example/1"
    assert entry.published_at == datetime(2026, 5, 4, tzinfo=UTC)


def test_a_json_feed_is_read() -> None:
    item = {
        "id": 7,
        "url": "/p/7",
        "title": "T",
        "content_html": "<p>One</p>",
        "date_published": "2026-05-04T10:00:00+02:00",
        "authors": [{"name": "Ada One"}, {"name": "Bo Two"}],
        "tags": ["routing", "cs.LG", 3],
    }
    for version in ("1", "1.1"):
        body = {"version": f"https://jsonfeed.org/version/{version}", "items": [item]}
        assert only(json.dumps(body).encode()) == Entry(
            source="lab",
            entry_id="7",
            title="T",
            url="https://lab.example/p/7",
            abstract="One",
            authors=("Ada One", "Bo Two"),
            categories=("cs.LG",),
            keywords=("routing",),
            published_at=datetime(2026, 5, 4, 8, tzinfo=UTC),
            listed_at=datetime(2026, 5, 4, 8, tzinfo=UTC),
        )


def test_json_feed_1_0_has_one_author_and_the_feed_may_have_one_for_all() -> None:
    items = [
        {"id": "1", "url": "/1", "title": "T", "author": {"name": "Bo"}},
        {"url": "/2", "title": "U"},
    ]
    parsed = read(json.dumps({"author": {"name": "Ada"}, "items": items}).encode())
    assert [entry.authors for entry in parsed.entries] == [("Bo",), ("Ada",)]


def test_an_item_without_a_title_is_called_by_its_first_sentence() -> None:
    body = {"items": [{"id": "1", "url": "/1", "content_text": "Short note. With more to say."}]}
    entry = only(json.dumps(body).encode())
    assert (entry.title, entry.abstract) == ("Short note.", "Short note. With more to say.")


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("<item><title>T</title><link>/1</link></item>", "https://lab.example/1"),
        ("<item><title>T</title><link>/1</link><guid>g-1</guid></item>", "g-1"),
        ("<item><title>T</title><guid>https://a.example/1</guid></item>", "https://a.example/1"),
    ],
)
def test_an_entry_is_known_by_its_guid_or_its_link(item: str, expected: str) -> None:
    assert only(rss(item)).entry_id == expected


def test_an_overlong_id_is_replaced_by_its_hash() -> None:
    entry = only(rss(f"<item><title>T</title><link>/1</link><guid>{'g' * 900}</guid></item>"))
    assert entry.entry_id.startswith("sha256:")
    assert len(entry.entry_id) == 71


def test_items_without_a_link_lead_to_the_feeds_page_under_ids_of_their_own() -> None:
    items = "<item><title>One</title></item><item><title>Two</title></item>"
    parsed = read(rss(items, home="<link>https://lab.example/</link>"))
    assert [entry.url for entry in parsed.entries] == ["https://lab.example/"] * 2
    assert len({entry.entry_id for entry in parsed.entries}) == 2
    assert parsed.noted == {"linked to the feed's own page": 2}


def test_an_item_without_a_link_may_be_found_by_its_id() -> None:
    ids = ("oai:arXiv.org:2605.01234v2", "doi:10.1000/ABC.1")
    items = [f'<item><title>T</title><guid isPermaLink="false">{i}</guid></item>' for i in ids]
    assert [entry.url for entry in read(rss(*items)).entries] == [
        "https://arxiv.org/abs/2605.01234",
        "https://doi.org/10.1000/abc.1",
    ]


@pytest.mark.parametrize(
    ("link", "text", "arxiv_id"),
    [
        ("https://arxiv.org/abs/2605.01234v2", "", "2605.01234"),
        ("https://huggingface.co/papers/2605.01234", "", "2605.01234"),
        ("https://doi.org/10.48550/arXiv.2605.01234", "", "2605.01234"),
        ("/post", "We present arXiv:2605.01234 (again: arXiv:2605.01234v2).", "2605.01234"),
        ("/post", "Between arXiv:2605.01234 and arXiv:2605.05678.", None),
        ("https://arxiv.org/abs/2605.01234", "Unlike arXiv:2605.05678.", "2605.01234"),
        ("/post", "Costs 2605.01234 dollars.", None),
    ],
)
def test_an_arxiv_id_is_taken_from_the_text_only_where_it_is_the_only_one(
    link: str, text: str, arxiv_id: str | None
) -> None:
    body = rss(f"<item><title>T</title><link>{link}</link><description>{text}</description></item>")
    entry = only(body)
    assert entry.arxiv_id == arxiv_id
    assert entry.pdf_url == (f"https://arxiv.org/pdf/{arxiv_id}" if arxiv_id else None)


def test_dates_may_be_missing_or_in_the_future() -> None:
    assert only(rss("<item><title>T</title><link>/1</link></item>")).published_at is None
    parsed = read(rss(ITEM.replace("2026", "2031")))
    assert parsed.entries[0].published_at == NOW
    assert parsed.noted == {"date in the future": 1}


def test_items_that_cannot_be_read_and_repetitions_are_counted() -> None:
    parsed = read(
        rss(
            ITEM,
            ITEM,
            "<item></item>",
            "<item><link>https://a.example/1</link></item>",
            "<item><title>T</title></item>",
            "<item><title>T</title><link>javascript:alert(1)</link></item>",
        )
    )
    assert len(parsed.entries) == 1
    assert parsed.dropped == {
        "duplicate": 1,
        "without title and link": 1,
        "without a title": 1,
        "without a link": 2,
    }


def test_there_is_one_poll_whose_key_outlives_its_url() -> None:
    assert [poll.key for poll in polls("https://a.example/1")] == ["feed"]
    assert polls("https://a.example/1")[0].url == "https://a.example/1"
