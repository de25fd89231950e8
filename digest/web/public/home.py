"""The front page: what this is, a box to subscribe, and what trends now."""

import asyncio
from collections.abc import Mapping, Sequence

from fastapi import FastAPI, Request
from fastapi.responses import Response

from digest.domain.catalogue import CatalogueTopic
from digest.services.snapshot import DAYS
from digest.services.sources import asked, list_sources_in_use
from digest.settings import Settings
from digest.web import routes
from digest.web.parts import Web
from digest.web.public.answers import Answers, Made, Missing, Shown, View
from digest.web.public.lists import stretch

_DAYS_SHOWN = 7
_TOPICS_SHOWN = 10


def add_home(app: FastAPI, web: Web, answers: Answers) -> None:
    """Add the front page."""

    @app.api_route(routes.HOME, methods=["GET", "HEAD"])
    async def home(request: Request, page: str = "") -> Response:
        """Show the overall trending list."""

        async def make(view: View) -> Made:
            catalogue = await web.catalogues.current()
            in_use = asked(await list_sources_in_use(web.context))
            names = [source.name for source in in_use]
            return await asyncio.to_thread(_front, web.context.settings, view, catalogue, names)

        return await answers.answer(request, routes.HOME, make, page=page)


def _front(
    settings: Settings,
    view: View,
    catalogue: Mapping[str, CatalogueTopic],
    sources: Sequence[str],
) -> Made:
    snapshot, t = view.snapshot, view.t
    found = stretch(view, snapshot.ranked(None))
    if isinstance(found, Missing):
        return found
    page, papers = found
    busy = sorted(catalogue.values(), key=lambda topic: -snapshot.mask(topic.parsed).bit_count())
    return Shown(
        "home.html",
        t("The research papers people talk about, by mail once a day in your own topics."),
        {
            "here": routes.HOME,
            "page": page,
            "papers": papers,
            "looked_at": len(snapshot.pool.candidates),
            "window_days": DAYS,
            "days": snapshot.days[:_DAYS_SHOWN],
            "topics": busy[:_TOPICS_SHOWN],
            "sources": sources,
            "may_subscribe": settings.subscribe.mode != "closed",
        },
    )
