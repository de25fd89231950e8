"""Reads any feed: RSS 0.9x, 1.0 and 2.0, Atom, and JSON Feed 1.0 and 1.1."""

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime

from digest.domain.identifiers import arxiv_id_in, arxiv_ids_in, normalise_doi
from digest.domain.papers import Entry
from digest.feeds.links import safe_url
from digest.feeds.names import names_of, split_authors
from digest.feeds.parse import ENTRY_ID_CHARACTERS, Parsed, Tally, failed
from digest.feeds.sources.arxiv import real_categories
from digest.feeds.sources.json_feed import feed_of, looks_like_json
from digest.feeds.sources.polls import Poll
from digest.feeds.syndication import Item, read_feed
from digest.feeds.text import TITLE_CHARACTERS, plain, shortened, text_of
from digest.feeds.unreadable import is_html_page, why_no_feed

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1"
)
_TITLE_OF_TEXT = 100  # characters of an untitled item's text that serve as its title
_MOST_KEYWORDS = 50
_SENTENCE_END = re.compile(r"(?<=[.!?])\s")


def polls(url: str) -> tuple[Poll, ...]:
    """Return the one thing to ask a feed for; its key never changes, though its URL may."""
    return (Poll("feed", url, ACCEPT),)


def parse(body: bytes, source: str, url: str, content_type: str, now: datetime) -> Parsed:
    """Return the entries of a feed of any kind; never raises.

    ``url`` is where the body came from, ``content_type`` its header. A broken feed is read as
    far as it goes; an HTML page is an error that says so; an empty feed is an honest nothing.
    """
    tally = Tally(now)
    if looks_like_json(body):
        found = feed_of(body)
        if isinstance(found, str):
            return failed(found)
        items: Iterable[Item | None] = found.items
        home = safe_url(found.home, url)
    else:
        read = read_feed(body, content_type)
        if not read.readable or (not read.kind and is_html_page(body)):
            return failed(why_no_feed(body, url, read.kind, read.problem))
        if read.remark:
            tally.note(read.remark)
        if read.dropped_tail:
            tally.drop("cut off before its link")
        items = read.items
        home = safe_url(str(read.fields.get("link") or ""), url)
    for item in items:
        _read_item(item, source, url, home, tally)
    return tally.result()


def _read_item(item: Item | None, source: str, base: str, home: str | None, tally: Tally) -> None:
    if item is None:
        tally.drop("not an object")
        return
    content = text_of(item.content)
    title = text_of(item.title, TITLE_CHARACTERS) or _opening(content)
    link = safe_url(item.link, base) or safe_url(item.item_id) or _resolved(item)
    if title and not link and home:
        link = home
        tally.note("linked to the feed's own page")
    if not title and not link:
        tally.drop("without title and link")
    elif not title:
        tally.drop("without a title")
    elif not link:
        tally.drop("without a link")
    else:
        tally.add(_entry(item, source, title, link, content, tally))


def _entry(item: Item, source: str, title: str, link: str, content: str, tally: Tally) -> Entry:
    arxiv_id = _arxiv_id(item, link, content)
    published_at = tally.past(item.published_at or item.updated_at)
    return Entry(
        source=source,
        entry_id=_entry_id(item, link),
        title=title,
        url=link,
        abstract="" if content == title else content,
        authors=_authors(item),
        arxiv_id=arxiv_id,
        doi=normalise_doi(item.doi) or normalise_doi(item.item_id) or normalise_doi(link),
        categories=real_categories(item.categories),
        keywords=_keywords(item),
        pdf_url=_pdf_url(item, arxiv_id, link),
        published_at=published_at,
        listed_at=published_at,
    )


def _resolved(item: Item) -> str | None:
    """Return the address that an id names, for items without a link."""
    if arxiv_id := arxiv_id_in(item.item_id):
        return f"https://arxiv.org/abs/{arxiv_id}"
    doi = normalise_doi(item.doi) or normalise_doi(item.item_id)
    return safe_url(f"https://doi.org/{doi}") if doi else None


def _opening(content: str) -> str:
    """Return the first sentence of an item without a title, as JSON Feed and RSS allow it."""
    return shortened(_SENTENCE_END.split(content, maxsplit=1)[0], _TITLE_OF_TEXT)


def _entry_id(item: Item, link: str) -> str:
    """Return the feed's own id, else the item's own link; else, or if long, a hash."""
    entry_id = plain(item.item_id, 10 * ENTRY_ID_CHARACTERS) or (link if item.link else "")
    if 0 < len(entry_id) <= ENTRY_ID_CHARACTERS:
        return entry_id
    named = entry_id or text_of(item.title, TITLE_CHARACTERS) or text_of(item.content)
    return "sha256:" + hashlib.sha256(named.encode()).hexdigest()


def _arxiv_id(item: Item, link: str, content: str) -> str | None:
    """Return the id that link, id or DOI name, else the only one that title and text name."""
    for field in (link, item.item_id, item.doi):
        if found := arxiv_id_in(field):
            return found
    named = arxiv_ids_in(f"{item.title} {content}")
    return next(iter(named)) if len(named) == 1 else None


def _authors(item: Item) -> tuple[str, ...]:
    """Return the names; a single field may hold a whole line of them."""
    if len(item.authors) == 1:
        return split_authors(item.authors[0])
    return names_of(list(item.authors))


def _keywords(item: Item) -> tuple[str, ...]:
    arxiv = set(real_categories(item.categories))
    terms = (text_of(term, 100) for term in item.categories[:_MOST_KEYWORDS] if term not in arxiv)
    return tuple(dict.fromkeys(filter(None, terms)))


def _pdf_url(item: Item, arxiv_id: str | None, link: str) -> str | None:
    if arxiv_id:
        return f"https://arxiv.org/pdf/{arxiv_id}"
    return safe_url(item.pdf_link, link)
