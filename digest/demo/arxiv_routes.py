"""Speaks like arXiv: ``/atom/CATEGORY[+CATEGORY...]`` and ``/api/query``."""

import re
from datetime import datetime

from fastapi import APIRouter, HTTPException, Request, Response

from digest.demo.arxiv_listings import ArxivListings, latest_announcement
from digest.demo.arxiv_query import QueryError, parse_query
from digest.demo.arxiv_xml import announcement_feed, error_feed, query_feed
from digest.ports import Clock
from digest.web.conditional import conditional_response

_ATOM = "application/atom+xml; charset=utf-8"
_CATEGORY = re.compile(r"[a-z-]+(\.[A-Za-z-]+)?")


def arxiv_router(listings: ArxivListings, clock: Clock) -> APIRouter:
    """Return both routes over ``listings`` as they stand at the clock's now."""
    router = APIRouter()
    standing: dict[str, tuple[datetime, bytes]] = {}  # path -> its last feed, made once a day

    @router.get("/atom/{categories}")
    async def atom(request: Request, categories: str) -> Response:
        names = categories.split("+")
        if not all(_CATEGORY.fullmatch(name) for name in names):
            raise HTTPException(400, f"{categories} is no category")
        now = clock.now()
        made_at, feed = standing.get(categories, (None, b""))
        if made_at != latest_announcement(now):
            announcement = listings.announcement(names, now)
            feed = announcement_feed(categories, announcement)
            standing[categories] = (announcement.announced_at, feed)
        return conditional_response(request, feed, _ATOM)

    @router.get("/api/query")
    async def query(request: Request) -> Response:
        now = clock.now()
        stamp = latest_announcement(now)  # answers change with an announcement, and are cached
        try:
            asked = parse_query(request.query_params)
        except QueryError as error:
            return Response(error_feed(str(error), stamp), status_code=400, media_type=_ATOM)
        records, total = asked.answer(listings.listed(now))
        feed = query_feed(
            records, echo=asked.echo, total=total, start=asked.start, size=asked.size, now=stamp
        )
        return conditional_response(request, feed, _ATOM)

    return router
