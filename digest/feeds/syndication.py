"""Reads RSS 0.9x, 1.0, 2.0 and Atom by feedparser, from bytes, as far as they go."""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import feedparser

from digest.feeds.instants import instant_of
from digest.feeds.names import without_address
from digest.feeds.truncation import Ending, bounded, closed, ending_of, is_honestly_empty

CUT_OFF = "cut off in mid-item"
NOT_WELL_FORMED = "not well-formed, read as far as it goes"

_MARKS = (  # the longer first: UTF-32 in little endian starts like UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Item:
    """One item as the feed has it: strings with markup, "" for what is missing."""

    item_id: str = ""
    title: str = ""
    link: str = ""
    content: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    published_at: datetime | None = None
    updated_at: datetime | None = None
    doi: str = ""
    announce_type: str = ""
    pdf_link: str = ""


@dataclass(frozen=True, slots=True)
class Syndicated:
    """A feed as read: ``kind`` is "" where the body is none.

    ``remark`` tells what is odd, ``problem`` the parser's complaint, ``dropped_tail`` that a last
    item was left out, ``empty`` that no item was ever begun, ``dated_at`` the date of the whole.
    """

    kind: str
    items: tuple[Item, ...]
    fields: dict[str, Any]
    remark: str | None = None
    problem: str = ""
    dropped_tail: bool = False
    empty: bool = False
    dated_at: datetime | None = None

    @property
    def readable(self) -> bool:
        """Whether there is something to read, be it an honest nothing."""
        return bool(self.items) or self.dropped_tail or (bool(self.kind) and self.empty)


def read_feed(body: bytes, content_type: str = "") -> Syndicated:
    """Return the items of a feed; never raises.

    ``content_type`` is the header as it came (its charset counts, RFC 7303). Links and ids stay
    as the feed has them, relative or not, so that an id outlives a move of the feed. An item in
    whose midst the body ends is kept where its title and link came whole, since a link that is
    cut can name another paper.
    """
    body, content_type = _in_utf8(bounded(body), content_type)
    ending = ending_of(body)
    try:
        # A stream, because feedparser takes bytes for a file's name. No HTML is wanted from it.
        read = feedparser.parse(
            io.BytesIO(body if ending is Ending.WHOLE else closed(body)),
            response_headers={"content-type": content_type or "application/xml"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
        fields = dict(read.feed)
        items = tuple(_item(entry) for entry in read.entries)
        kind = str(read.get("version") or "")
        problem = _problem(read)
    except Exception as error:  # noqa: BLE001  the parser is not ours, and no body may stop a round
        return Syndicated("", (), {}, problem=f"the parser gave up: {type(error).__name__}")
    dropped_tail = ending is Ending.BROKEN and bool(items)
    if dropped_tail:
        items = items[:-1]
    remark = NOT_WELL_FORMED if problem else None
    if ending is not Ending.WHOLE:
        remark = CUT_OFF
    return Syndicated(
        kind,
        items,
        fields,
        remark,
        problem,
        dropped_tail,
        empty=not problem or is_honestly_empty(body),
        dated_at=_instant(fields, "published") or _instant(fields, "updated"),
    )


def _in_utf8(body: bytes, content_type: str) -> tuple[bytes, str]:
    """Return a body that starts with the mark of UTF-16 or UTF-32 in UTF-8, with its header."""
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            text = body.decode(encoding, "replace")
            return text.encode("utf-8", "replace"), "application/xml; charset=utf-8"
    return body, content_type


def _problem(read: Any) -> str:
    """Return the complaint of the parser in one line; a wrong charset or type of media is none."""
    error = read.get("bozo_exception")
    harmless = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)
    if not read.get("bozo") or isinstance(error, harmless):
        return ""
    return " ".join(str(error).split())[:200] or type(error).__name__


def _item(entry: Any) -> Item:
    links = _dicts(entry, "links")
    return Item(
        item_id=_text(entry, "id"),
        title=_text(entry, "title"),
        link=_text(entry, "link") or _alternate(links),
        content=_content(entry),
        authors=tuple(_authors(entry)),
        categories=tuple(filter(None, (_text(tag, "term") for tag in _dicts(entry, "tags")))),
        published_at=_instant(entry, "published"),
        updated_at=_instant(entry, "updated"),
        doi=_text(entry, "arxiv_doi", "prism_doi", "doi", "dc_identifier"),
        announce_type=_text(entry, "arxiv_announce_type"),
        pdf_link=_pdf(links),
    )


def _get(entry: Any, key: str) -> Any:
    """Look up without feedparser's aliases, which warn and take one date for another."""
    return dict.get(entry, key) if isinstance(entry, dict) else None


def _text(entry: Any, *keys: str) -> str:
    for key in keys:
        value = _get(entry, key)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return ""


def _dicts(entry: Any, key: str) -> list[Any]:
    values = _get(entry, key)
    return (
        [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []
    )


def _content(entry: Any) -> str:
    """Return the summary, or the first content where the feed has no summary."""
    contents = (_text(content, "value") for content in _dicts(entry, "content"))
    return _text(entry, "summary") or next(filter(None, contents), "")


def _authors(entry: Any) -> Iterator[str]:
    named = [_text(author, "name") for author in _dicts(entry, "authors")]
    if len(named) <= 1 and "@" in _text(entry, "author"):
        yield without_address(_text(entry, "author"))
    elif any(named):
        yield from filter(None, named)
    elif author := _text(entry, "author"):
        yield author


def _instant(entry: Any, name: str) -> datetime | None:
    return instant_of(_get(entry, f"{name}_parsed")) or instant_of(_get(entry, name))


def _alternate(links: list[Any]) -> str:
    fitting = (_text(link, "href") for link in links if _text(link, "rel") in ("alternate", ""))
    return next(filter(None, fitting), "")


def _pdf(links: list[Any]) -> str:
    fitting = (_text(link, "href") for link in links if _text(link, "type") == "application/pdf")
    return next(filter(None, fitting), "")
