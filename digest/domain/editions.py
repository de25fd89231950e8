"""The frozen facts of a digest: what a selection keeps, and what every view of it is made from."""

from dataclasses import dataclass
from datetime import date, datetime

from digest.domain.trend import TrendPart


@dataclass(frozen=True, slots=True)
class Card:
    """One paper as it stands in a digest, frozen when the edition is planned.

    ``title`` and ``abstract`` are the source's text (TeX included, no HTML). ``sources`` are
    display names in the order of listing. ``trend`` is 0..100, ``trend_parts`` are what it is made
    of (`digest.domain.trend.trend_words` says them) and ``trend_text`` the same in English, all
    that cards of older plans hold ("61 upvotes, rising; code 152 stars"). ``why`` are the
    matched atoms of the reader's query as the reader would write them ("mixture of experts",
    "cat:cs.LG"); empty for the overall list.
    """

    paper_id: int
    title: str
    url: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    pdf_url: str | None = None
    code_url: str | None = None
    organization: str | None = None
    sources: tuple[str, ...] = ()
    listed_date: date | None = None
    trend: int = 0
    trend_text: str = ""
    trend_parts: tuple[TrendPart, ...] = ()
    rising: bool = False
    why: tuple[str, ...] = ()
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """The cards under one topic's heading, in ranked order; a card stands in one section only."""

    topic: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class DigestFacts:
    """Everything of a digest that its readers share; personal are only links, address and language.

    ``looked_at`` counts the papers of the window that were considered, ``source_count`` the sources
    they came from, ``matched`` those that matched the topics, ``already_seen`` those of them left
    out because the reader has had them.
    """

    edition_date: date
    planned_at: datetime
    sections: tuple[Section, ...]
    looked_at: int
    source_count: int
    matched: int
    already_seen: int

    @property
    def cards(self) -> tuple[Card, ...]:
        """All cards in reading order."""
        return tuple(card for section in self.sections for card in section.cards)
