"""Writes the Atom documents of arXiv: announcements, query answers and errors."""

import re
from collections.abc import Sequence
from datetime import datetime
from xml.etree import ElementTree as ET

from digest.demo.arxiv_listings import Announced, Announcement, ArxivRecord

_ATOM = "http://www.w3.org/2005/Atom"
_ARXIV = "http://arxiv.org/schemas/atom"
_DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
_OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def announcement_feed(category: str, announcement: Announcement) -> bytes:
    """Return the feed of ``/atom/CATEGORY``; one without entries is how a weekend looks."""
    stamp = announcement.announced_at.isoformat()
    address = f"http://rss.arxiv.org/atom/{category}"
    feed = ET.Element(
        "feed",
        {"xmlns:arxiv": _ARXIV, "xmlns:dc": _DUBLIN_CORE, "xmlns": _ATOM, "xml:lang": "en-us"},
    )
    _text(feed, "id", address)
    _text(feed, "title", f"{category} updates on arXiv.org")
    _text(feed, "updated", stamp)
    ET.SubElement(feed, "link", href=address, rel="self", type="application/atom+xml")
    for announced in announcement.items:
        _announced_entry(feed, announced, stamp)
    return _document(feed)


def query_feed(
    records: Sequence[ArxivRecord], *, echo: str, total: int, start: int, size: int, now: datetime
) -> bytes:
    """Return one page of ``/api/query``; ``echo`` repeats the question, ``total`` counts all."""
    feed = _query_head(
        "https://arxiv.org/api/query", f"arXiv Query: {echo}", total, start, size, now
    )
    for record in records:
        _record_entry(feed, record)
    return _document(feed)


def error_feed(message: str, now: datetime) -> bytes:
    """Return the feed whose only entry is titled Error, as the API complains."""
    feed = _query_head("https://arxiv.org/", "arXiv Search Results", 1, 0, 1, now)
    entry = ET.SubElement(feed, "entry")
    address = f"https://arxiv.org/api/errors#{re.sub(r'[^a-zA-Z0-9.]+', '_', message)}"
    _text(entry, "id", address)
    _text(entry, "title", "Error")
    _text(entry, "updated", _stamp(now))
    ET.SubElement(entry, "link", href=address, rel="alternate", type="text/html")
    _text(entry, "summary", message)
    _text(ET.SubElement(entry, "author"), "name", "arXiv api core")
    return _document(feed)


def _announced_entry(feed: ET.Element, announced: Announced, stamp: str) -> None:
    record = announced.record
    entry = ET.SubElement(feed, "entry")
    versioned = f"{record.arxiv_id}v{record.version}"
    _text(entry, "id", f"oai:arXiv.org:{versioned}")
    _text(entry, "title", record.title)
    _text(entry, "updated", stamp)
    href = f"https://arxiv.org/abs/{record.arxiv_id}"
    ET.SubElement(entry, "link", href=href, rel="alternate", type="text/html")
    lead = f"arXiv:{versioned} Announce Type: {announced.announce_type} \nAbstract: "
    _text(entry, "summary", lead + record.abstract)
    for category in record.categories:
        ET.SubElement(entry, "category", term=category)
    _text(entry, "published", stamp[:10] + "T00:00:00-04:00")
    _text(entry, "arxiv:announce_type", announced.announce_type)
    _text(entry, "dc:rights", "http://arxiv.org/licenses/nonexclusive-distrib/1.0/")
    _text(entry, "dc:creator", ", ".join(record.authors))


def _query_head(
    address: str, title: str, total: int, start: int, size: int, now: datetime
) -> ET.Element:
    feed = ET.Element(
        "feed", {"xmlns:opensearch": _OPENSEARCH, "xmlns:arxiv": _ARXIV, "xmlns": _ATOM}
    )
    _text(feed, "id", address)
    _text(feed, "title", title)
    _text(feed, "updated", _stamp(now))
    _text(feed, "opensearch:itemsPerPage", str(size))
    _text(feed, "opensearch:totalResults", str(total))
    _text(feed, "opensearch:startIndex", str(start))
    return feed


def _record_entry(feed: ET.Element, record: ArxivRecord) -> None:
    entry = ET.SubElement(feed, "entry")
    path = f"{record.arxiv_id}v{record.version}"
    _text(entry, "id", f"http://arxiv.org/abs/{path}")
    _text(entry, "title", record.title)
    _text(entry, "updated", _stamp(record.submitted_at))
    page, pdf = f"https://arxiv.org/abs/{path}", f"https://arxiv.org/pdf/{path}"
    ET.SubElement(entry, "link", href=page, rel="alternate", type="text/html")
    ET.SubElement(entry, "link", href=pdf, rel="related", type="application/pdf", title="pdf")
    _text(entry, "summary", record.abstract)
    for category in record.categories:
        ET.SubElement(entry, "category", term=category, scheme=_ARXIV)
    _text(entry, "published", _stamp(record.submitted_at))
    if record.comment:
        _text(entry, "arxiv:comment", record.comment)
    ET.SubElement(entry, "arxiv:primary_category", term=record.categories[0])
    for author in record.authors:
        _text(ET.SubElement(entry, "author"), "name", author)


def _text(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = _NOT_XML.sub("", text)


def _stamp(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def _document(root: ET.Element) -> bytes:
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document
