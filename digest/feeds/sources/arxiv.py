"""Reads arXiv: the daily announcements (Atom or RSS by category) and the query API.

Facts of both: https://info.arxiv.org/help/rss_specifications.html and .../help/api/user-manual.html
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote, urlencode

from digest.domain.identifiers import arxiv_id_in, normalise_doi
from digest.domain.papers import Entry
from digest.feeds.names import names_of, split_authors
from digest.feeds.parse import REPLACEMENT, Parsed, Tally, failed
from digest.feeds.sources.polls import Poll
from digest.feeds.syndication import Item, Syndicated, read_feed
from digest.feeds.text import ABSTRACT_CHARACTERS, TITLE_CHARACTERS, text_of
from digest.feeds.unreadable import why_no_feed

MOST_IDS = 100
_ACCEPT = "application/atom+xml, application/rss+xml;q=0.9, application/xml;q=0.5"

_REAL_CATEGORY = re.compile(
    r"(?:astro-ph|cond-mat|cs|econ|eess|math|nlin|physics|q-bio|q-fin|stat)\.[A-Za-z]{2}"
    r"|(?:cond-mat|physics)\.[a-z]{2,5}-[a-z]{2,5}|cond-mat\.(?:other|soft|supr-con|quant-gas)"
    r"|physics\.optics|acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn"
    r"|chem-ph|cmp-lg|comp-gas|cond-mat|dg-ga|funct-an|gr-qc|hep-(?:ex|lat|ph|th)|math-ph"
    r"|mtrl-th|nucl-(?:ex|th)|patt-sol|plasm-ph|q-alg|q-bio|quant-ph|solv-int|supr-con"
)
_ANNOUNCEMENT = re.compile(
    r"\s*arXiv:\S+\s+Announce Type:\s*(?P<kind>[a-z-]+)\s*(?:Abstract:\s*)?", re.IGNORECASE
)
_NEWS = frozenset({"new", "cross"})


@dataclass(frozen=True, slots=True)
class ApiPage:
    """One page of API results; ``total`` is what the query matches in all, where it is told."""

    parsed: Parsed
    total: int | None = None


def polls(rss_base_url: str, categories: Iterable[str]) -> tuple[Poll, ...]:
    """Return one announcement feed for each category; the key of each is the category."""
    base = rss_base_url.rstrip("/")
    return tuple(
        Poll(category, f"{base}/atom/{quote(category, safe='')}", _ACCEPT)
        for category in dict.fromkeys(categories)
    )


def parse_announcements(body: bytes, source: str, poll: Poll, now: datetime) -> Parsed:
    """Return the new and cross-listed papers of a day; replacements are counted. Never raises.

    A weekend's feed without items is an honest nothing.
    """
    read = read_feed(body)
    if not read.readable:
        return failed(why_no_feed(body, poll.url, read.kind, read.problem))
    tally = _tally(read, now)
    for item in read.items:
        _announcement(item, source, read.dated_at, tally)
    return tally.result()


def id_batches(ids: Iterable[str], size: int = MOST_IDS) -> Iterator[tuple[str, ...]]:
    """Return the ids, each once, in batches for ``id_list_url``."""
    distinct = tuple(dict.fromkeys(ids))
    return (distinct[at : at + size] for at in range(0, len(distinct), size))


def id_list_url(api_base_url: str, ids: Sequence[str]) -> str:
    """Return the API query for up to 100 ids; raise ValueError for more or none."""
    if not 1 <= len(ids) <= MOST_IDS:
        raise ValueError(f"the API is asked for 1 to {MOST_IDS} ids at a time, not {len(ids)}")
    query = urlencode({"id_list": ",".join(ids), "max_results": len(ids)}, safe=",/")
    return f"{api_base_url.rstrip('/')}/api/query?{query}"


def category_url(
    api_base_url: str, category: str, first: date, last: date, start: int = 0, page: int = 500
) -> str:
    """Return one page of what was submitted to a category from ``first`` to ``last``, both in.

    The oldest come first, so that pages hold still while papers are added. Days are arXiv's,
    in GMT.
    """
    span = f"[{first:%Y%m%d}0000 TO {last:%Y%m%d}2359]"
    query = {
        "search_query": f"cat:{category} AND submittedDate:{span}",
        "sortBy": "submittedDate",
        "sortOrder": "ascending",
        "start": max(start, 0),
        "max_results": page,
    }
    return f"{api_base_url.rstrip('/')}/api/query?{urlencode(query, safe=':')}"


def parse_api(body: bytes, source: str, now: datetime) -> ApiPage:
    """Return the papers of an API answer, or arXiv's own words of what is wrong. Never raises.

    An error is an entry titled Error, under status 200 or 400.
    """
    url = "https://export.arxiv.org/api/query"
    read = read_feed(body)
    if not read.readable:
        return ApiPage(failed(why_no_feed(body, url, read.kind, read.problem)))
    for item in read.items:
        if item.title == "Error" or "/api/errors" in item.item_id:
            said = text_of(item.content, 300) or "an error without words"
            return ApiPage(failed(f"arXiv says: {said}"))
    tally = _tally(read, now)
    for item in read.items:
        _result(item, source, tally)
    return ApiPage(tally.result(), _total(read))


def real_categories(terms: Iterable[str]) -> tuple[str, ...]:
    """Return arXiv's categories out of terms that may be ACM or MSC classes or free text."""
    return tuple(dict.fromkeys(term for term in terms if _REAL_CATEGORY.fullmatch(term)))


def _tally(read: Syndicated, now: datetime) -> Tally:
    tally = Tally(now)
    if read.remark:
        tally.note(read.remark)
    if read.dropped_tail:
        tally.drop("cut off before its link")
    return tally


def _announcement(item: Item, source: str, dated_at: datetime | None, tally: Tally) -> None:
    arxiv_id = arxiv_id_in(item.link) or arxiv_id_in(item.item_id)
    title = text_of(item.title, TITLE_CHARACTERS)
    intro = _ANNOUNCEMENT.match(item.content)
    kind = (item.announce_type or (intro["kind"] if intro else "")).strip().lower()
    if kind.startswith("replace"):
        tally.drop(REPLACEMENT)
    elif kind and kind not in _NEWS:
        tally.drop("of an unknown announce type")
    elif not kind and not item.content:
        tally.drop("cut off before its announce type")
    elif arxiv_id is None:
        tally.drop("without an arXiv id")
    elif not title:
        tally.drop("without a title")
    else:
        if not kind:
            tally.note("without an announce type")
        listed_at = item.published_at or item.updated_at or dated_at
        tally.add(_announced(item, source, arxiv_id, title, kind or None, listed_at, tally))


def _announced(
    item: Item,
    source: str,
    arxiv_id: str,
    title: str,
    kind: str | None,
    listed_at: datetime | None,
    tally: Tally,
) -> Entry:
    """Return a paper as announced; when a cross-listed one was submitted the feed does not tell."""
    abstract = item.content
    if intro := _ANNOUNCEMENT.match(abstract):
        abstract = abstract[intro.end() :]
    return Entry(
        source=source,
        entry_id=arxiv_id,
        title=title,
        url=f"https://arxiv.org/abs/{arxiv_id}",
        abstract=text_of(abstract, ABSTRACT_CHARACTERS),
        authors=split_authors(", ".join(item.authors), inverted=False),
        arxiv_id=arxiv_id,
        doi=normalise_doi(item.doi),
        categories=real_categories(item.categories),
        pdf_url=f"https://arxiv.org/pdf/{arxiv_id}",
        published_at=tally.past(listed_at) if kind == "new" else None,
        listed_at=tally.past(listed_at),
        listing_date=listed_at.date() if listed_at else None,
        announce_type=kind,
    )


def _result(item: Item, source: str, tally: Tally) -> None:
    arxiv_id = arxiv_id_in(item.item_id) or arxiv_id_in(item.link)
    title = text_of(item.title, TITLE_CHARACTERS)
    if arxiv_id is None:
        tally.drop("without an arXiv id")
    elif not title:
        tally.drop("without a title")
    else:
        entry = Entry(
            source=source,
            entry_id=arxiv_id,
            title=title,
            url=f"https://arxiv.org/abs/{arxiv_id}",
            abstract=text_of(item.content),
            authors=names_of(list(item.authors)),
            arxiv_id=arxiv_id,
            doi=normalise_doi(item.doi),
            categories=real_categories(item.categories),
            pdf_url=f"https://arxiv.org/pdf/{arxiv_id}",
            published_at=tally.past(item.published_at),
        )
        tally.add(entry)


def _total(read: Syndicated) -> int | None:
    value = str(read.fields.get("opensearch_totalresults", "")).strip()
    return int(value) if re.fullmatch(r"[0-9]{1,12}", value) else None
