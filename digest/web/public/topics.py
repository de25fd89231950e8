"""The ready topics, and what each of them brings."""

import asyncio
from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.responses import Response

from digest.domain.catalogue import CatalogueTopic
from digest.services.snapshot import DAYS
from digest.web import routes
from digest.web.parts import Web
from digest.web.public.answers import Answers, Made, Missing, Shown, View
from digest.web.public.lists import how_often, stretch


def add_topics(app: FastAPI, web: Web, answers: Answers) -> None:
    """Add the pages of topics."""

    @app.api_route(routes.TOPICS, methods=["GET", "HEAD"])
    async def every_topic(request: Request) -> Response:
        """List the topics by group."""

        async def make(view: View) -> Made:
            catalogue = await web.catalogues.current()
            return await asyncio.to_thread(_overview, view, catalogue)

        return await answers.answer(request, routes.TOPICS, make)

    @app.api_route(routes.TOPIC, methods=["GET", "HEAD"])
    async def one_topic(request: Request, slug: str, page: str = "") -> Response:
        """Show a topic with the papers of the last days that match it."""

        async def make(view: View) -> Made:
            catalogue = await web.catalogues.current()
            return await asyncio.to_thread(_topic, view, catalogue.get(slug))

        return await answers.answer(request, f"/topics/{slug}", make, page=page)


def _often(view: View, topic: CatalogueTopic) -> str:
    snapshot = view.snapshot
    return how_often(view.t, snapshot.per_day(snapshot.mask(topic.parsed)))


def _overview(view: View, catalogue: Mapping[str, CatalogueTopic]) -> Made:
    groups: dict[str, list[tuple[CatalogueTopic, str]]] = {}
    for topic in catalogue.values():
        groups.setdefault(topic.group, []).append((topic, _often(view, topic)))
    return Shown(
        "topics.html",
        view.t("Every ready topic, with how many papers a day it brings."),
        {"here": routes.TOPICS, "groups": groups, "window_days": DAYS},
    )


def _topic(view: View, topic: CatalogueTopic | None) -> Made:
    t = view.t
    if topic is None:
        links = ((view.link(routes.TOPICS), t("Topics")),)
        return Missing(t("There is no such topic"), t("Choose one of those there are."), links)
    found = stretch(view, view.snapshot.ranked(topic.parsed))
    if isinstance(found, Missing):
        return found
    page, papers = found
    return Shown(
        "topic.html",
        f"{topic.name}: {topic.description}",
        {
            "topic": topic,
            "often": _often(view, topic),
            "page": page,
            "papers": papers,
            "window_days": DAYS,
        },
    )
