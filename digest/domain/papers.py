"""What the rest of the program means by an entry, a paper and a signal (docs/glossary.md)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """One number that a source tells of a paper, such as ``upvotes`` 61 or ``stars`` 152."""

    metric: str
    value: float


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a feed after parsing: plain text only, whitespace folded, not yet a paper.

    ``title`` is never empty; ``abstract`` is "" and ``authors`` is () where the source is silent.
    TeX is kept as the source wrote it; HTML is already gone. ``arxiv_id`` carries no version,
    ``doi`` is lower case without resolver. URLs are absolute http or https. Instants are aware.
    """

    source: str
    entry_id: str
    title: str
    url: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    arxiv_id: str | None = None
    doi: str | None = None
    categories: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    organization: str | None = None
    pdf_url: str | None = None
    code_url: str | None = None
    published_at: datetime | None = None
    listed_at: datetime | None = None
    listing_date: date | None = None
    announce_type: str | None = None
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """One source's listing of a paper; ``listed_at`` is the first time that source listed it."""

    source: str
    listed_at: datetime
    url: str


@dataclass(frozen=True, slots=True)
class Signal:
    """A reading with its source and the instant it was taken at."""

    source: str
    metric: str
    value: float
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper, merged from every entry that names it. ``provenance`` is field name -> source."""

    id: int
    title: str
    url: str
    first_seen_at: datetime
    eligible_until: datetime
    abstract: str = ""
    authors: tuple[str, ...] = ()
    arxiv_id: str | None = None
    doi: str | None = None
    categories: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    organization: str | None = None
    pdf_url: str | None = None
    code_url: str | None = None
    published_at: datetime | None = None
    offered: bool = True
    split_from: int | None = None
    provenance: Mapping[str, str] = field(default_factory=dict)
