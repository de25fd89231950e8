"""Writes Atom feeds (RFC 4287)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree as ET

from digest.domain.xml_text import xml_text

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
_ATOM = "http://www.w3.org/2005/Atom"
ET.register_namespace("", _ATOM)


@dataclass(frozen=True, slots=True)
class AtomEntry:
    """One entry. ``id`` is for ever; ``title`` and ``summary_html`` are HTML."""

    id: str
    title: str
    url: str
    updated: datetime
    authors: tuple[str, ...]
    category: str
    summary_html: str


@dataclass(frozen=True, slots=True)
class AtomFeed:
    """A feed; ``title``, ``subtitle`` and ``author`` are plain text."""

    id: str
    title: str
    subtitle: str
    language: str
    author: str
    self_url: str
    home_url: str
    updated: datetime
    entries: Sequence[AtomEntry]


def write_atom(feed: AtomFeed) -> bytes:
    """Return a feed as UTF-8 XML; what XML may not hold is left out."""
    root = ET.Element(f"{{{_ATOM}}}feed", {"xml:lang": feed.language})
    _put(root, "id", feed.id)
    _put(root, "title", feed.title)
    _put(root, "subtitle", feed.subtitle)
    _put(root, "updated", _instant(feed.updated))
    _put(_put(root, "author"), "name", feed.author)
    _put(root, "link", rel="self", type="application/atom+xml", href=feed.self_url)
    _put(root, "link", rel="alternate", type="text/html", href=feed.home_url)
    for entry in feed.entries:
        _put_entry(root, entry)
    body = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{body}\n'.encode()


def _put_entry(root: ET.Element, entry: AtomEntry) -> None:
    element = _put(root, "entry")
    _put(element, "id", entry.id)
    _put(element, "title", entry.title, type="html")
    _put(element, "published", _instant(entry.updated))
    _put(element, "updated", _instant(entry.updated))
    _put(element, "link", rel="alternate", type="text/html", href=entry.url)
    for name in entry.authors:
        _put(_put(element, "author"), "name", name)
    if entry.category:
        _put(element, "category", term=entry.category)
    _put(element, "summary", entry.summary_html, type="html")


def _put(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    clean = {key: xml_text(value) for key, value in attributes.items()}
    element = ET.SubElement(parent, f"{{{_ATOM}}}{name}", clean)
    element.text = xml_text(text) or None
    return element


def _instant(moment: datetime) -> str:
    return moment.replace(microsecond=0).isoformat().replace("+00:00", "Z")
