"""Public pages: the same for everybody, so each is rendered once, kept, and named by its bytes."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from digest.domain.paging import page_number
from digest.services.snapshot import Snapshot
from digest.texts import Texts
from digest.web.conditional import conditional_response, entity_tag
from digest.web.parts import Web
from digest.web.public.cards import page_card
from digest.web.public.kept import Kept

MOST_KEPT = 32 * 1024 * 1024  # bytes of rendered pages
_CACHED = {"cache-control": "public, max-age=60", "vary": "accept-language"}
_HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class View:
    """What a public page is rendered from: whose language, which address, which snapshot."""

    t: Texts
    root: str
    path: str
    query: Mapping[str, str]
    lang: str  # as asked for in the address, else ""
    snapshot: Snapshot
    now: datetime

    def address(self, **changed: object) -> str:
        """Return this page's own address without the prefix, some of its query changed."""
        return _address(self.path, {**self.query, "lang": self.lang, **changed})

    def link(self, path: str, **query: object) -> str:
        """Return the address of another page, the chosen language kept."""
        return f"{self.root}{_address(path, {**query, 'lang': self.lang})}"

    @property
    def page(self) -> int | None:
        """The page of a list that is asked for; None where the address names none."""
        return page_number(self.query.get("page", ""))


@dataclass(frozen=True, slots=True)
class Shown:
    """A page: its template and its facts. ``description`` is for search engines."""

    template: str
    description: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Missing:
    """No page: what there is not, and where else to look: (address, words)."""

    title: str
    text: str
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """No page any more: it is at another address for ever."""

    address: str


@dataclass(frozen=True, slots=True)
class Body:
    """A page as it is sent."""

    data: bytes
    tag: str


Made = Shown | Missing | Moved
Maker = Callable[[View], Awaitable[Made]]


class Answers:
    """Answers requests for public pages out of memory, as long as the snapshot is the same."""

    def __init__(self, web: Web) -> None:
        self._web = web
        self._kept: Kept[Body | Missing | Moved] = Kept(MOST_KEPT, _weight)

    async def answer(self, request: Request, path: str, make: Maker, **query: str) -> Response:
        """Return the page at a path, by ``make`` where nobody asked for it before.

        ``query`` holds what the page heeds of the address's query; anything else of it is ignored,
        so that it cannot fill the memory.
        """
        web = self._web
        snapshot = await web.snapshots.current()
        t = web.texts(request)
        lang = t.language if request.query_params.get("lang") == t.language else ""
        told = _told(query)
        view = View(t, web.pages.root, path, told, lang, snapshot, web.context.clock.now())
        key = (path, tuple(told.items()), t.language, lang, snapshot.made_at)
        found = await self._kept.get(key, partial(self._render, view, make))
        match found:
            case Body():
                return conditional_response(request, found.data, _HTML, _CACHED, found.tag)
            case Moved():
                return RedirectResponse(found.address, 301)
            case Missing():
                return self.missing(t, found)

    def missing(self, t: Texts, found: Missing) -> Response:
        """Return the page that says what there is not."""
        return self._web.pages.message(
            found.title, found.text, 404, links=found.links, home=True, language=t.language
        )

    async def _render(self, view: View, make: Maker) -> Body | Missing | Moved:
        made = await make(view)
        if not isinstance(made, Shown):
            return made
        facts = {
            "description": made.description,
            "canonical": view.address(lang=""),
            "address": view.address,
            "link": view.link,
            "keep": f"?lang={view.lang}" if view.lang else "",
            "card": partial(page_card, self._web.context.settings.base_url, view.t),
            **made.facts,
        }
        # formulas and extracts take some milliseconds a card
        text = await asyncio.to_thread(
            self._web.pages.render, made.template, view.t.language, **facts
        )
        data = text.encode("utf-8", "replace")
        return Body(data, entity_tag(data))


def _weight(found: Body | Missing | Moved) -> int:
    return len(found.data) if isinstance(found, Body) else 0


def _address(path: str, query: Mapping[str, object]) -> str:
    told = _told(query)
    return f"{path}?{urlencode(told)}" if told else path


def _told(query: Mapping[str, object]) -> dict[str, str]:
    """Return what a query says beyond what goes without saying."""
    told = {name: str(value) for name, value in query.items() if value}
    return {name: value for name, value in told.items() if (name, value) != ("page", "1")}
