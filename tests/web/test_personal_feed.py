"""The personal feed as feed readers meet it: valid Atom, conditional, gone when it must be."""

from email.utils import format_datetime, parsedate_to_datetime
from xml.etree import ElementTree as ET

import feedparser
import pytest

from digest.services import subscriptions
from digest.services.reader_links import renew_feed
from digest.web.atom import AtomEntry, AtomFeed, write_atom
from tests.web.own_pages import feed_path
from tests.web.site import Site
from tests.world import MONDAY, hours

ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = "<script>alert(1)</script> & ]]> \x00\x08\ufffe\u202e experts $x < y$ \n and more"


async def test_the_feed_is_atom_with_an_entry_a_paper(site: Site) -> None:
    path = await feed_path(site)
    answer = await site.client.get(path)
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["cache-control"] == "private, no-cache"
    read = feedparser.parse(answer.content)
    assert not read.bozo
    assert read.version == "atom10"
    assert read.feed.id == "tag:papers.example,2026-05-04:reader/1"
    assert read.feed.updated == "2026-05-04T08:00:00Z"
    links = {link.rel: link.href for link in read.feed.links}
    assert links == {
        "self": f"https://papers.example{path}",
        "alternate": "https://papers.example/digest/",
    }
    assert {entry.id for entry in read.entries} == {f"{read.feed.id}/paper/{n}" for n in (1, 2)}
    one = next(entry for entry in read.entries if entry.id.endswith("/1"))
    assert (one.title, one.link) == ("Sparse experts", "https://arxiv.org/abs/2605.10001")
    assert one.published == "2026-05-04T08:00:00Z"
    assert [tag.term for tag in one.tags] == ["experts"]
    assert "studied here at some length" in one.summary
    # RFC 4287: each of these once in a feed, and in each entry
    root = ET.fromstring(answer.content)
    for element in (root, *root.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1
    assert root.find(f"{ATOM}author/{ATOM}name") is not None


async def test_a_client_that_holds_the_feed_is_told_so(site: Site) -> None:
    path = await feed_path(site)
    first = await site.client.get(path)
    tag, modified = first.headers["etag"], first.headers["last-modified"]
    assert parsedate_to_datetime(modified) == MONDAY + hours(8)
    older = format_datetime(MONDAY, usegmt=True)
    for headers, status in (
        ({"if-none-match": tag}, 304),
        ({"if-none-match": f'W/{tag}, "other"'}, 304),
        ({"if-modified-since": modified}, 304),
        ({"if-modified-since": older}, 200),
        ({"if-modified-since": "yesterday"}, 200),
        ({"if-modified-since": "Mon, 01 Jan 99999999999 00:00:00 GMT"}, 200),
        ({"if-none-match": '"other"', "if-modified-since": modified}, 200),
        ({}, 200),
    ):
        answer = await site.client.get(path, headers=headers)
        assert answer.status_code == status, headers
        assert answer.headers["etag"] == tag
        assert answer.content == (b"" if status == 304 else first.content)
    site.world.clock.set(MONDAY + hours(20))
    await site.world.list_papers("Experts of Tuesday")
    await site.world.at(MONDAY + hours(32))
    newer = await site.client.get(path, headers={"if-none-match": tag})
    assert newer.status_code == 200
    assert feedparser.parse(newer.content).entries[0].title == "Experts of Tuesday"
    head = await site.client.head(path)
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize("end", ["renewed", "left"])
async def test_a_feed_that_is_over_is_gone(lite: Site, end: str) -> None:
    path, context = await feed_path(lite), lite.world.app.context
    await (renew_feed if end == "renewed" else subscriptions.unsubscribe)(context, lite.reader_id)
    answer = await lite.client.get(path)
    assert answer.status_code == 410
    assert "This feed is gone" in answer.text
    other = f"/digest/feeds/{lite.token}.xml"
    assert (await lite.client.get(other)).status_code == 404
    assert (await lite.client.get("/digest/feeds/x.xml")).status_code == 404


async def test_the_feed_of_a_resting_reader_is_read(lite: Site) -> None:
    await lite.post(f"/digest/preferences/{lite.token}", do="pause", until="2026-05-12")
    assert (await lite.client.get(await feed_path(lite))).status_code == 200


async def test_hostile_papers_are_text_in_the_feed(lite: Site) -> None:
    lite.world.clock.set(MONDAY + hours(20))
    await lite.world.list_papers(
        HOSTILE.replace("\x00", ""),
        votes=900,
        url="javascript:alert(1)",
        authors=("<b>Eve</b> & co", "\x08"),
        abstract="<img src=x onerror=y> experts & <p>more</p>",
    )
    await lite.world.at(MONDAY + hours(32))
    answer = await lite.client.get(await feed_path(lite))
    ET.fromstring(answer.content)
    read = feedparser.parse(answer.content)
    assert not read.bozo
    entry = read.entries[0]
    assert "experts" in entry.title
    assert entry.link.startswith("https://papers.example/digest/paper/")
    text = answer.text
    assert "<script" not in text
    assert "&lt;script" not in text  # twice escaped: once as a text, once as XML
    assert "&amp;lt;script" in text
    assert "&lt;img" not in text
    assert "\u202e" not in text


def test_whatever_stands_in_a_feed_the_document_is_well_formed() -> None:
    entry = AtomEntry("tag:x,2026:1", HOSTILE, HOSTILE, MONDAY, (HOSTILE, ""), HOSTILE, HOSTILE)
    feed = AtomFeed(HOSTILE, HOSTILE, HOSTILE, "en", HOSTILE, HOSTILE, HOSTILE, MONDAY, [entry] * 3)
    root = ET.fromstring(write_atom(feed))
    assert len(root.findall(f"{ATOM}entry")) == 3
    assert "experts" in str(root.findtext(f"{ATOM}title"))


def test_a_feed_without_entries_is_a_feed() -> None:
    feed = AtomFeed(
        "tag:x,2026:f", "T", "S", "en", "A", "https://a.example/f", "https://a.example/", MONDAY, []
    )
    read = feedparser.parse(write_atom(feed))
    assert not read.bozo
    assert (read.feed.title, read.entries) == ("T", [])
