"""Hostile feeds from their bytes to the reader: parsed, merged, planned, mailed and shown."""

import asyncio
import json
import tempfile
from email import message_from_bytes, policy
from html.parser import HTMLParser
from pathlib import Path
from xml.sax.saxutils import escape

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.feeds.sources import feed
from tests.web.site import ADDRESS, Site, open_site
from tests.world import MONDAY, SOURCE, hours

SHARP = st.sampled_from(
    [
        "<script>alert(1)</script>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        '"><img src=x onerror=alert(1)>',
        "experts\r\nBcc: everybody@example.org",
        "\u202eexperts\u2066\u200f",
        "javascript:alert(1)",
        "{{ 7 * 7 }}{% include 'x' %}",
        "$\\frac{1}{$ \\href{javascript:alert(1)}{x}",
        "x" * 1_000_000,
        "experts \x00\x08\x1b[31m",
        "=?utf-8?q?experts?=",
        "]]></title><script>alert(1)</script>",
    ]
)
WORDS = st.lists(st.one_of(SHARP, st.text(max_size=40)), min_size=1, max_size=4).map(" ".join)
LINKS = st.one_of(
    SHARP, st.text(max_size=60), st.just("https://papers.example/1?a=1&b=<2>"), st.just("//x")
)
ITEMS = st.fixed_dictionaries({"title": WORDS, "url": LINKS, "text": WORDS, "author": WORDS})
OWN = "https://papers.example/digest"
LARGEST = 500_000


class Page(HTMLParser):
    """What a browser would find on a page: elements, addresses, attributes that run something."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.addresses: list[str] = []
        self.running: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what could do harm."""
        told = {name: value or "" for name, value in attrs}
        if tag in ("script", "iframe", "img", "object", "embed"):
            self.scripts.append(told.get("src", ""))
        self.addresses += [told[name] for name in ("href", "src", "action") if name in told]
        self.running += [name for name in told if name.startswith("on")]


def rss(items: list[dict[str, str]]) -> bytes:
    """Return the items as RSS, escaped once as an honest program would."""
    rows = "".join(
        f"<item><guid>{number}</guid><title>{_xml(item['title'])} experts {number}</title>"
        f"<link>{_xml(item['url'])}</link><author>{_xml(item['author'])}</author>"
        f"<description>{_xml(item['text'])}</description></item>"
        for number, item in enumerate(items)
    )
    return f"<rss version='2.0'><channel><title>t</title>{rows}</channel></rss>".encode(
        "utf-8", "replace"
    )


def _xml(text: str) -> str:
    return escape("".join(c for c in text if c in "\t\n\r" or ord(c) >= 32))


def json_feed(items: list[dict[str, str]]) -> bytes:
    """Return the items as JSON Feed, which can carry every character."""
    rows = [
        {
            "id": str(number),
            "url": item["url"],
            "title": f"{item['title']} experts {number}",
            "content_html": item["text"],
            "authors": [{"name": item["author"]}],
        }
        for number, item in enumerate(items)
    ]
    version = "https://jsonfeed.org/version/1.1"
    return json.dumps({"version": version, "title": "t", "items": rows}).encode()


def check_page(html: str) -> None:
    """Assert that nothing of the feed runs, loads, or leads anywhere but to the web."""
    page = Page(html)
    assert len(html) < LARGEST
    assert all(script.startswith("/digest/assets/") for script in page.scripts), page.scripts
    assert page.running == []
    good = ("https://", "http://", "/digest", "#", "data:,", "mailto:", "?")
    assert [address for address in page.addresses if not address.startswith(good)] == []
    assert not {"\u202e", "\u2066", "\x00", "\x1b"} & set(html)


async def show(site: Site, body: bytes, kind: str) -> None:
    """Take a body in, mail what comes of it, and look at the mail and the pages."""
    site.world.clock.set(MONDAY + hours(20))
    address = "https://blog.example/feed"
    parsed = feed.parse(body, SOURCE, address, kind, site.world.now)
    ids = await site.world.ingest(parsed.entries) if parsed.entries else []
    await site.world.at(MONDAY + hours(32))
    for data in site.world.relay.messages[1:]:
        mail = message_from_bytes(data.data, policy=policy.default)
        assert mail["To"] == ADDRESS
        assert mail["Bcc"] is None
        html = mail.get_body(("html",))
        assert html is not None
        check_page(html.get_content())
        assert len(data.data) < 400_000
    papers = [f"/paper/{paper_id}" for paper_id in ids]
    for path in ("/", "/papers/2026-05-04", "/search?q=experts", "/topics", *papers):
        answer = await site.client.get(f"/digest{path}", follow_redirects=False)
        assert answer.status_code == 200, path
        check_page(answer.text)
    saved = await site.client.get(f"/digest/mail/{site.token}")
    check_page(saved.text)


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.lists(ITEMS, min_size=1, max_size=6), st.booleans())
def test_nothing_a_feed_says_reaches_mails_or_pages_but_as_text(
    items: list[dict[str, str]], as_json: bool
) -> None:
    async def run() -> None:
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite+aiosqlite:///{folder}/digest.sqlite3"
            async with open_site(Path(folder), url) as site:
                site.client.timeout = httpx.Timeout(60)
                body = json_feed(items) if as_json else rss(items)
                kind = "application/feed+json" if as_json else "application/rss+xml"
                await show(site, body, kind)

    asyncio.run(run())
