"""Speaks the Daily Papers API: ``GET /api/daily_papers?date=YYYY-MM-DD&limit=N&p=N``."""

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response

from digest.ports import Clock
from digest.web.conditional import conditional_response

Item = dict[str, Any]
Listing = Callable[[date, datetime], Sequence[Item]]
"""(listing date, now) -> the items listed on that date and known by now."""

_LIMIT = 50
_LIMIT_MAX = 100


def daily_papers_router(listing: Listing, clock: Clock) -> APIRouter:
    """Return the route; without ``date`` it serves the current day's listing."""
    router = APIRouter()

    @router.get("/api/daily_papers")
    async def daily_papers(request: Request) -> Response:
        now = clock.now()
        query = request.query_params
        day = _date(query.get("date", now.date().isoformat()))
        limit = _whole("limit", query.get("limit", str(_LIMIT)), 1, _LIMIT_MAX)
        page = _whole("p", query.get("p", "0"), 0, 10_000)
        items = listing(day, now)[page * limit : (page + 1) * limit]
        body = json.dumps(list(items), ensure_ascii=False).encode()
        return conditional_response(request, body, "application/json; charset=utf-8")

    return router


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise HTTPException(400, f"date: {text!r} is no date") from None


def _whole(name: str, text: str, lowest: int, highest: int) -> int:
    if text.isascii() and text.isdecimal() and lowest <= int(text) <= highest:
        return int(text)
    raise HTTPException(400, f"{name}: {text!r} is not a number from {lowest} to {highest}")
