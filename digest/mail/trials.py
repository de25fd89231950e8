"""Invented papers and facts with which every mail can be rendered, to try templates."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from digest.domain.deliveries import Kind
from digest.domain.editions import Card, DigestFacts, Section
from digest.domain.tokens import TOKEN_LENGTH
from digest.domain.trend import TrendPart
from digest.mail.look import View
from digest.mail.render import Renderer
from digest.texts import SOURCE_LANGUAGE

TOKEN = "-" * TOKEN_LENGTH  # no link of a sample acts for anybody
DAY = date(2026, 5, 4)
FULL = Card(
    paper_id=1,
    title="Sorting $10^6$ Pebbles by Weight at $\\mathcal{O}(n)$ Cost",
    url="https://arxiv.example.org/abs/2605.00001",
    abstract=(
        "Pebbles on a beach are sorted by the sea, slowly. We sort them by hand and measure how "
        "long that takes. A basket with holes of $k$ sizes lets the small ones fall. On three "
        "beaches it sorts a million pebbles in an afternoon, 38% faster than the tide."
    ),
    authors=("Ada Bell", "Bo Chen", "Cy Diaz", "Di Eng", "Ed Fox"),
    pdf_url="https://arxiv.example.org/pdf/2605.00001",
    code_url="https://code.example.org/pebbles",
    organization="Institute of Pebbles & Sand",
    sources=("Hugging Face", "arXiv"),
    listed_date=DAY,
    trend=91,
    trend_text="92 upvotes, rising",
    trend_parts=(TrendPart("upvotes", 92, rising=True), TrendPart("stars", 152)),
    rising=True,
    why=("pebbles", "cat:cs.LG"),
    topic="Pebbles",
)
BARE = Card(paper_id=2, title="A <Bare> Title", url="https://journal.example.org/bare?a=1&b=2")
LONG = replace(FULL, paper_id=3, title="On " + "Unbreakable" * 20, abstract=FULL.abstract * 9)
SECTIONS = (Section("Pebbles", (FULL, BARE)), Section("", (LONG,)))
MAILS: Mapping[str, Mapping[str, Any]] = {
    "test": {"relay": "main", "time": "4 May 2026, 06:00 UTC"},
    "alarm": {
        "title": "An alarm",
        "news": [
            {
                "key": "relay/main",
                "text": "it refuses the password",
                "since": "4 May, 06:00 UTC",
                "until": "",
                "times": 2,
            }
        ],
        "over": [
            {
                "key": "source/arXiv",
                "text": "stale: nothing new for 4 days",
                "since": "2 May, 06:00 UTC",
                "until": "4 May, 05:00 UTC",
                "times": 0,
            }
        ],
    },
    Kind.CONFIRM.value: {},
    Kind.ALREADY_SUBSCRIBED.value: {},
    Kind.PREFERENCES_LINK.value: {"valid_hours": 1},
    Kind.ADDRESS_CHANGE.value: {},
    Kind.ADDRESS_CHANGED_NOTICE.value: {
        "new_address": "a***@new.example",
        "owner": "owner@papers.example.org",
    },
}


def sample_digest(sections: tuple[Section, ...] = SECTIONS) -> DigestFacts:
    """Return an invented digest of Monday, 4 May 2026."""
    return DigestFacts(
        edition_date=DAY,
        planned_at=datetime(2026, 5, 4, 6, tzinfo=UTC),
        sections=sections,
        looked_at=412,
        source_count=3,
        matched=61,
        already_seen=9 if sections else 0,
    )


def trials_in(language: str) -> Iterator[Callable[[Renderer], object]]:
    """Yield what renders one mail each, until every one has been rendered in a language."""
    view = View(language, "short", ("Pebbles", "Sand"), "08:00", "Europe/Berlin")
    bare = View(language)
    for facts, seen in (
        (sample_digest(), view),
        (sample_digest(), replace(view, extract="full")),
        (sample_digest(), bare),
        (sample_digest(()), bare),
    ):
        yield partial(_digest, facts, seen)
    if language == SOURCE_LANGUAGE:  # large, and the languages differ in one line of it
        yield partial(_digest, sample_digest((Section("", tuple(_many())),)), view)
    yield partial(_page, sample_digest(), view)
    yield partial(_page, sample_digest(()), bare)
    for name, told in MAILS.items():
        yield partial(_mail, name, language, told)
    yield partial(_mail, "test", language, {})


def _many() -> Iterator[Card]:
    """Yield more papers than one mail holds, so that the line below them is rendered too."""
    for number in range(10, 120):
        yield replace(BARE, paper_id=number, title=f"Bare title {number} " * 20)


def _digest(facts: DigestFacts, view: View, renderer: Renderer) -> object:
    return renderer.render_digest(facts, view)


def _page(facts: DigestFacts, view: View, renderer: Renderer) -> object:
    return renderer.render_browser_view(facts, view, TOKEN)


def _mail(name: str, language: str, facts: Mapping[str, Any], renderer: Renderer) -> object:
    return renderer.render_mail(name, language, **facts)
