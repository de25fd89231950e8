"""The front page: what trends now, without an account."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import FastAPI
from fastapi.responses import Response

from digest.domain.facts import card_of
from digest.domain.links import paper_url
from digest.domain.matching import iter_bits
from digest.mail.cards import CardText, card_text
from digest.mail.look import Level
from digest.mail.texts import DEFAULT_LANGUAGE, Texts, load_texts
from digest.resources import templates_dir
from digest.services.context import Context
from digest.services.selecting import load_pool
from digest.web import routes
from digest.web.pages import Pages

SHOWN = 20
_KEPT = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class _Front:
    made_at: datetime
    cards: tuple[CardText, ...]
    looked_at: int


def add_front(app: FastAPI, context: Context, pages: Pages) -> None:
    """Add the front page; its list is made at most once a minute."""
    kept: list[_Front] = []
    texts = load_texts(templates_dir() / "email" / "_base" / "texts")[DEFAULT_LANGUAGE]

    @app.api_route(routes.HOME, methods=["GET", "HEAD"])
    async def home() -> Response:
        """Show the overall trending list."""
        now = context.clock.now()
        if not (kept and kept[0].made_at <= now < kept[0].made_at + _KEPT):
            kept[:] = [await _make(context, texts, now)]
        days = context.settings.digest.window_days
        front = kept[0]
        return pages.html("home.html", cards=front.cards, looked_at=front.looked_at, days=days)


async def _make(context: Context, texts: Texts, now: datetime) -> _Front:
    pool = await load_pool(context, now)
    best = [pool.candidates[bit] for bit in list(iter_bits(pool.trending_bits))[:SHOWN]]
    shown = []
    for candidate in best:
        card = card_of(candidate, candidate.trend)
        page = paper_url(context.settings.base_url, card.paper_id)
        shown.append(card_text(card, Level.SHORT, texts, page))
    return _Front(now, tuple(shown), len(pool.candidates))
