"""Every real and every odd body at hand: no exception, and nothing lost without a word."""

import gzip
import json
import re
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.feeds.parse import Parsed
from digest.feeds.sources import arxiv, feed, huggingface
from digest.feeds.sources.polls import Poll
from tests.shared_data import shared_data

NOW = datetime(2026, 6, 1, tzinfo=UTC)
_ITEM = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]")
_HEADER = re.compile(rb"Header:\s*Content-type:([^\r\n]*)", re.IGNORECASE)


def files_of(archive: Path, endings: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(archive) as bundle:
        for member in bundle:
            content = bundle.extractfile(member) if member.name.endswith(endings) else None
            if content is not None:
                yield member.name, content.read()


def is_accounted_for(parsed: Parsed, body: bytes) -> bool:
    """Whether entries or reasons came out of a body in which an item began."""
    return bool(parsed.entries or parsed.dropped or parsed.error) or not _ITEM.search(body)


def test_every_file_of_feedparsers_own_tests_is_accounted_for() -> None:
    archive = shared_data("feeds/feedparser_tests.tar.gz")
    lost, read, broken = [], 0, 0
    for name, body in files_of(archive, (".xml", ".json")):
        header = _HEADER.search(body)
        content_type = header[1].decode("latin-1").strip() if header else ""
        parsed = feed.parse(body, "s", "https://a.example/f", content_type, NOW)
        read += bool(parsed.entries)
        broken += "illformed" in name or "bozo" in name
        if not is_accounted_for(parsed, body):
            lost.append(name)
    assert lost == []
    assert (read, broken) == (25, 27)


def test_every_captured_feed_is_read() -> None:
    archive = shared_data("feeds/rss2email_test_data.tar.gz")
    counts = {
        name.split("/", 2)[2]: len(feed.parse(body, "s", "https://a.example/f", "", NOW).entries)
        for name, body in files_of(archive, (".rss", ".atom", ".xml"))
    }
    assert counts == {
        "allthingsrss/feed.atom": 3,
        "bbc-chinese/feed.atom": 2,
        "disqus/feed.rss": 2,
        "fastmailstatus/feed.rss": 10,
        "gmane/feed.rss": 5,
        "nodejs/feed1.xml": 1,
        "nodejs/feed2.xml": 1,
        "nodejs/feed3.xml": 1,
        "quiltville/feed.atom": 25,
        "tails/feed.rss": 10,
        "tumblr/feed.rss": 20,
    }


def test_every_hugging_face_day_is_read_whole() -> None:
    for path in sorted(shared_data("huggingface").glob("*/*.json.gz")):
        body = gzip.decompress(path.read_bytes())
        items = json.loads(body)
        parsed = huggingface.parse(body, "hf", Poll(path.name[:10], "", ""), NOW)
        if items == 1:
            assert parsed.error == "body is a JSON number, not a list"
            continue
        assert parsed.error is None, path.name
        assert (len(parsed.entries), parsed.dropped) == (len(items), {}), path.name
        for entry in parsed.entries:
            assert entry.arxiv_id == entry.entry_id
            assert entry.authors
            assert entry.abstract
            assert f"{entry.listing_date}" == path.name[:10], entry.entry_id
            assert {reading.metric for reading in entry.readings} >= {"upvotes", "comments"}


@pytest.mark.parametrize(
    ("name", "entries", "dropped", "noted"),
    [
        ("atom_cs.AI_2025-08-20_trimmed.xml", 7, {}, {}),
        ("rss_cs.CV_2025-09-18_truncated_mid_item.xml", 1, {}, {"cut off in mid-item": 1}),
        ("rss_item_replace-cross_official_example.xml", 0, {"replacement": 1}, {}),
        ("rss_physics_empty_2025-12-31.xml", 0, {}, {}),
    ],
)
def test_every_announcement_feed_is_accounted_for(
    name: str, entries: int, dropped: dict[str, int], noted: dict[str, int]
) -> None:
    body = shared_data(f"arxiv/rss/{name}").read_bytes()
    poll = Poll("cs.AI", "https://rss.arxiv.org/atom/cs.AI", "")
    parsed = arxiv.parse_announcements(body, "arxiv", poll, NOW)
    assert parsed.error is None
    assert (len(parsed.entries), parsed.dropped, parsed.noted) == (entries, dropped, noted)
    assert all(entry.abstract and entry.listed_at for entry in parsed.entries)
    assert not [entry for entry in parsed.entries if "Announce Type" in entry.abstract]


def test_every_answer_of_the_api_is_read_whole() -> None:
    for path in sorted(shared_data("arxiv/atom_api").glob("*.json")):
        recorded = json.loads(path.read_text())
        body = recorded["body"].encode("latin-1")
        page = arxiv.parse_api(body, "arxiv", NOW)
        if recorded["status_code"] == 400:
            assert page.parsed.error == "arXiv says: incorrect id format for abc"
            continue
        assert page.parsed.error is None
        assert len(page.parsed.entries) == body.count(b"<entry>")
        assert page.total is not None
        for entry in page.parsed.entries:
            assert entry.authors
            assert entry.categories
            assert entry.published_at is not None
