"""A small feed to vary, and short ways to read it."""

from datetime import UTC, datetime

from digest.domain.papers import Entry
from digest.feeds.parse import Parsed
from digest.feeds.sources.feed import parse

NOW = datetime(2026, 5, 5, 9, 0, tzinfo=UTC)
URL = "https://lab.example/blog/feed.xml"
ITEM = """<item><title>A &lt;b&gt;Bold&lt;/b&gt; Title</title><link>post/1</link>
<guid isPermaLink="false">tag:1</guid><pubDate>Mon, 04 May 2026 10:00:00 +0200</pubDate>
<description>&lt;p&gt;One&amp;nbsp;two.&lt;/p&gt;</description>
<category>routing</category><category>cs.LG</category><author>a@b.example (Ada One)</author></item>
"""


def rss(*items: str, home: str = "") -> bytes:
    head = f'<rss version="2.0"><channel><title>F</title>{home}'
    return f"{head}{''.join(items)}</channel></rss>".encode()


def read(body: bytes, content_type: str = "application/rss+xml") -> Parsed:
    return parse(body, "lab", URL, content_type, NOW)


def only(body: bytes, content_type: str = "") -> Entry:
    parsed = read(body, content_type)
    assert parsed.error is None
    (entry,) = parsed.entries
    return entry
