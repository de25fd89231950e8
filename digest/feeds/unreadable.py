"""Says in a line a person understands why a body is no feed."""

import re

from digest.feeds.links import safe_url

_PAGE = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
_LINK = re.compile(rb"<link\s[^<>]{0,2000}>", re.IGNORECASE)
_FEED_TYPE = re.compile(rb"application/(?:rss\+xml|atom\+xml|feed\+json)", re.IGNORECASE)
_HREF = re.compile(rb"""href\s*=\s*["']([^"'<>]{1,2000})["']""", re.IGNORECASE)
_SEARCHED = 200_000


def why_no_feed(body: bytes, url: str, kind: str = "", problem: str = "") -> str:
    """Return the reason; of an HTML page also the feed it points to, where it names one."""
    if kind:
        return f"feed is broken and holds no item that can be read: {problem}"
    if not body.strip(b"\xef\xbb\xbf \t\r\n\0"):
        return "body is empty"
    if is_html_page(body):
        found = _named_feed(body[:_SEARCHED], url)
        return "body is an HTML page, not a feed" + (
            f"; it names a feed at {found}" if found else ""
        )
    return "body is neither RSS, Atom nor JSON Feed" + (f": {problem}" if problem else "")


def is_html_page(body: bytes) -> bool:
    """Tell whether the beginning of a body is that of a web page."""
    return bool(_PAGE.search(body[:2000]))


def _named_feed(page: bytes, url: str) -> str | None:
    """Return the first feed that the page's links offer (HTML, link type ``alternate``)."""
    for link in _LINK.findall(page):
        href = _HREF.search(link)
        if href and _FEED_TYPE.search(link) and b"alternate" in link.lower():
            return safe_url(href[1].decode("utf-8", "replace").replace("&amp;", "&"), url)
    return None
