"""Invented facts with which every page can be rendered, to try an operator's templates."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from digest.domain.catalogue import CatalogueTopic
from digest.domain.chart import Chart
from digest.domain.paging import Page
from digest.domain.papers import Mention, Paper
from digest.domain.pool import Candidate
from digest.domain.query import parse_query
from digest.domain.search_words import LONGEST
from digest.domain.subscribers import Preferences
from digest.domain.trend import Trend
from digest.domain.trend_course import DayOfTrend
from digest.mail.cards import card_text
from digest.mail.look import Level
from digest.mail.trials import BARE, DAY, FULL
from digest.services.snapshot import DAYS
from digest.texts import Texts
from digest.web.choices import choices_of
from digest.web.fields import TopicChoice, TopicGroup, weekdays_in, zones_with
from digest.web.matches import Hit, Match
from digest.web.pages import Sample
from digest.web.public.cards import page_card
from digest.web.public.papers import paper_text

_AT = datetime(2026, 5, 4, 6, tzinfo=UTC)
_BASE = "https://papers.example.org"
_OWN = "/preferences/TOKEN"
_MANY, _ONE, _NONE = Page(2, 20, 61), Page(1, 20, 2), Page(1, 20, 0)
_TOPIC = CatalogueTopic(
    "pebbles", "Pebbles", "Beaches", "How pebbles are sorted.", "pebbles", parse_query("pebbles")
)
_PAPER = Paper(
    id=1,
    title=FULL.title,
    url=FULL.url,
    first_seen_at=_AT,
    eligible_until=_AT + timedelta(days=14),
    abstract=FULL.abstract,
    authors=tuple(f"Author {number}" for number in range(30)),
    arxiv_id="2605.00001",
    doi="10.5555/pebbles",
    categories=("cs.LG", "physics.geo-ph"),
    keywords=("pebbles", "sorting"),
    organization=FULL.organization,
    pdf_url=FULL.pdf_url,
    code_url=FULL.code_url,
    published_at=_AT,
)
_FULL = Candidate(_PAPER, (Mention("arXiv", _AT, FULL.url),), (), Trend(91.0, (), 1.0))
_BARE_PAPER = Paper(2, BARE.title, BARE.url, _AT, _AT + timedelta(days=14))
_BARE = Candidate(_BARE_PAPER, (), (), Trend(0.0, (), 1.0))
_CHART = Chart(((0.0, 160.0), (320.0, 20.0), (640.0, 40.0)), 100, 91, _AT, _AT, _AT)


def samples_in(t: Texts) -> Iterator[Sample]:
    """Yield every page with facts of each kind, in a language."""
    for name, facts in (*_own_pages(t), *_signing_up(t)):
        yield Sample(name, t.language, facts)
    for name, facts in (*_lists(), *_papers()):
        yield Sample(name, t.language, _public(t) | facts)


def _public(t: Texts) -> dict[str, Any]:
    """Return what every public page is given beside its own facts."""
    return {
        "description": "What this page shows.",
        "canonical": "/",
        "address": lambda **query: f"/?{query}",
        "link": lambda path, **query: f"{path}?{query}",
        "keep": f"?lang={t.language}",
        "card": partial(page_card, _BASE, t),
    }


def _lists() -> Iterator[tuple[str, dict[str, Any]]]:
    home = {
        "here": "/",
        "looked_at": 412,
        "window_days": DAYS,
        "days": [(DAY, 61)],
        "topics": [_TOPIC],
        "sources": ["Hugging Face", "arXiv"],
        "may_subscribe": True,
    }
    yield "home.html", home | {"page": _ONE, "papers": [_FULL, _BARE]}
    yield "home.html", home | {"page": _MANY, "papers": [_FULL], "may_subscribe": False}
    bare = {"days": [], "topics": [], "sources": [], "looked_at": 0}
    yield "home.html", home | bare | {"page": _NONE, "papers": []}
    day = {"day": DAY, "today": DAY, "earlier": date(2026, 5, 1), "later": None}
    yield "day.html", day | {"page": _MANY, "papers": [_FULL, _BARE]}
    yield "day.html", day | {"earlier": None, "later": DAY, "page": _NONE, "papers": []}
    yield (
        "topics.html",
        {"here": "/topics", "groups": {"Beaches": [(_TOPIC, "daily")]}, "window_days": DAYS},
    )
    topic = {"topic": _TOPIC, "often": "daily", "window_days": DAYS}
    yield "topic.html", topic | {"page": _MANY, "papers": [_FULL]}
    yield "topic.html", topic | {"page": _NONE, "papers": []}
    search = {"here": "/search", "too_long": False, "longest": LONGEST, "more_than": False}
    found = {"asked": "pebbles", "searched": True, "page": _MANY, "papers": [_FULL, _BARE]}
    none = {"page": _NONE, "papers": [], "searched": False}
    yield "search.html", search | found
    yield "search.html", search | none | {"asked": ""}
    yield "search.html", search | none | {"asked": "pebbles" * 99, "too_long": True}
    yield "notice.html", {"title": "Imprint", "paragraphs": [["One line,", "another."], ["More."]]}
    yield "privacy.html", {"contact": "owner@papers.example.org", "count_opens": True, "days": 400}


def _papers() -> Iterator[tuple[str, dict[str, Any]]]:
    yield (
        "paper.html",
        {
            "paper": paper_text(_FULL),
            "facts": _PAPER,
            "trend": _FULL.trend,
            "chart": _CHART,
            "days": (DayOfTrend(DAY, 91.0, {"upvotes": 92.0}),),
            "metrics": ["upvotes", "stars"],
            "seen": [("arXiv", FULL.url, _AT), ("A feed", "", _AT)],
            "first_listed": DAY,
            "topics": [_TOPIC],
            "also": ["A blog: Pebbles"],
            "aliases": [("Pebbles, first version", FULL.url)],
        },
    )
    yield (
        "paper.html",
        {
            "paper": paper_text(_BARE),
            "facts": _BARE_PAPER,
            "trend": _BARE.trend,
            "chart": None,
            "days": (),
            "metrics": [],
            "seen": [],
            "first_listed": None,
            "topics": [],
            "also": [],
            "aliases": [],
        },
    )


def _fields(t: Texts) -> dict[str, Any]:
    """Return what the macros of ``_fields.html`` are given."""
    shown = choices_of(Preferences(language=t.language), {})
    offered = TopicChoice("pebbles", "Pebbles", "How pebbles are sorted.", "2 papers a day")
    return {
        "shown": shown,
        "groups": [TopicGroup("Beaches", (offered,), 0), TopicGroup("Held", (offered,), 1)],
        "zones": zones_with(shown.zone),
        "weekdays": weekdays_in(t),
    }


def _signing_up(t: Texts) -> Iterator[tuple[str, dict[str, Any]]]:
    hit = Match("pebbles", "2 papers a day", "28 papers", (Hit(FULL.title, "/paper/1"),))
    wrong = Match("(pebbles", error="A parenthesis is open.", pointer="(pebbles\n^")
    matches = (hit, wrong)
    form = {
        "mode": "open",
        "domains": "example.org",
        "proof": False,
        "contact": "owner@papers.example.org",
        "stamp": "STAMP",
        "trap": "website",
        "address": "",
        "error": "",
        "matches": None,
        "guess_zone": True,
    } | _fields(t)
    yield "subscribe.html", form
    yield "subscribe.html", form | {"mode": "domains", "proof": True, "error": "No address."}
    yield "subscribe.html", form | {"mode": "approval", "matches": matches}
    yield "subscribe.html", form | {"mode": "closed"}
    yield "_matches.html", {"matches": matches}
    yield "_matches.html", {"matches": ()}
    for approval in (False, True):
        yield "subscribed.html", {"approval": approval}
        yield (
            "confirm.html",
            {
                "address": "a***@example.org",
                "topics": ["Pebbles"] if approval else [],
                "when": "08:00",
                "action": "/confirm/TOKEN",
                "approval": approval,
            },
        )


def _own_pages(t: Texts) -> Iterator[tuple[str, dict[str, Any]]]:
    card = card_text(FULL, Level.SHORT, t, f"{_BASE}/paper/1")
    links = {name: f"/{name}/TOKEN" for name in ("history", "saved", "preview", "export", "erase")}
    yield from _preferences(t, links)
    for action in ("", _OWN):
        yield "left.html", {"action": action}
    yield (
        "erase.html",
        {
            "address": "a***@example.org",
            "action": links["erase"],
            "export": links["export"],
            "preferences": _OWN,
        },
    )
    yield "ask_link.html", {"action": "/preferences", "typed": "", "error": ""}
    yield "ask_link.html", {"action": "/preferences", "typed": "a", "error": "No address."}
    day = {"day": t.day(DAY), "state": "Sent", "sent": True, "count": 3}
    days = [day | {"reason": "3 papers.", "url": "/mail/TOKEN"}]
    days.append(day | {"sent": False, "count": 0, "reason": "Nothing new.", "url": ""})
    for shown in (days, []):
        yield (
            "history.html",
            {"days": shown, "why": "/why/TOKEN", "preferences": _OWN, "typed": ""},
        )
    why = {"action": "/why/TOKEN", "history": links["history"], "typed": "2605.00001"}
    yield "why.html", why | {"card": card, "came": True, "reasons": ["It matched."]}
    yield "why.html", why | {"card": None, "came": False, "reasons": []}
    told: dict[str, Any] = {
        "heading": "Save",
        "action": "/feedback/TOKEN",
        "saved": links["saved"],
    }
    told |= {"preferences": _OWN, "card": card, "others": [("/feedback/TOKEN/less", "Less")]}
    for done in (False, True):
        yield "feedback.html", told | {"done": done, "button": "Save"}
    item = {"id": 1, "card": card, "saved_on": t.short_day(DAY)}
    for removed in (False, True):
        kept = [] if removed else [item]
        saved = {"action": links["saved"], "preferences": _OWN}
        yield "saved.html", saved | {"papers": kept, "removed": removed}
    message: dict[str, Any] = {
        "title": "A title",
        "text": "What it says.",
        "links": [("/", "Front")],
    }
    yield "message.html", message | {"action": "", "button": "", "do": "", "quiet": False}
    yield "message.html", message | {"action": _OWN, "button": "Go", "do": "link", "quiet": True}


def _preferences(t: Texts, links: Mapping[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    facts: dict[str, Any] = {
        "address": "a***@example.org",
        "full": False,
        "state": "active",
        "provable": False,
        "contact": "owner@papers.example.org",
        "standing": "The next digest comes tomorrow.",
        "action": _OWN,
        "unsubscribe": "/unsubscribe/TOKEN",
        "feed": "",
        "new_address": "",
        "error": "",
        "error_of": "",
        "notice": "",
        "tomorrow": DAY + timedelta(days=1),
        "next_week": DAY + timedelta(days=7),
        "next_year": DAY + timedelta(days=366),
        **links,
        **_fields(t),
    }
    yield "preferences.html", facts
    full = {"full": True, "feed": f"{_BASE}/feeds/TOKEN", "notice": "Saved."}
    yield "preferences.html", facts | full
    yield "preferences.html", facts | {"state": "paused", "error": "No.", "error_of": "save"}
    yield "preferences.html", facts | {"state": "unsubscribed"} | full
    yield "preferences.html", facts | {"state": "suppressed", "provable": True}
    yield "preferences.html", facts | {"state": "suppressed"}
