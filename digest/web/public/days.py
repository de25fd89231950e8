"""The papers of one day, however long ago."""

import re
from datetime import UTC, date
from functools import partial

from fastapi import FastAPI, Request
from fastapi.responses import Response

from digest.services.reading import DayListing, list_day, load_candidates, with_best_trend
from digest.web import routes
from digest.web.parts import Web
from digest.web.public.answers import Answers, Made, Missing, Shown, View
from digest.web.public.kept import Kept
from digest.web.public.lists import stretch

_WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOST_KEPT = 100_000  # papers of rankings that are kept for their other pages


def add_days(app: FastAPI, web: Web, answers: Answers) -> None:
    """Add the pages of days."""
    rankings: Kept[DayListing] = Kept(_MOST_KEPT, lambda listing: len(listing.best) + 1)

    @app.api_route(routes.DAY, methods=["GET", "HEAD"])
    async def one_day(request: Request, day: str, page: str = "") -> Response:
        """Show the papers that were first listed on a date (UTC)."""
        asked = _date(day)
        if asked is None:
            return answers.missing(web.texts(request), _no_date(web, request))

        async def make(view: View) -> Made:
            if asked > view.now.astimezone(UTC).date():
                return Missing(
                    view.t("That day is still to come"),
                    view.t("Its papers will be here once they are listed."),
                )
            listing = await rankings.get(
                (asked, view.snapshot.made_at),
                partial(list_day, web.context, asked, view.now, view.snapshot.pool.scale),
            )
            return await _day(web, view, asked, listing)

        return await answers.answer(request, f"/papers/{asked}", make, page=page)


def _date(text: str) -> date | None:
    """Return the date of an address, which is written in one way alone."""
    if not _WRITTEN.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _no_date(web: Web, request: Request) -> Missing:
    t = web.texts(request)
    return Missing(t("There is no such day"), t("A day is written like this: 2026-05-04."))


async def _day(web: Web, view: View, day: date, listing: DayListing) -> Made:
    t = view.t
    if not listing.best and listing.earlier is None:
        first = listing.later
        words = t("The first day is {day}", day=t.day(first)) if first else ""
        links = ((view.link(f"/papers/{first}"), words),) if first else ()
        return Missing(
            t("Nothing was listed yet on that day"), t("The papers here begin later."), links
        )
    found = stretch(view, listing.best)
    if isinstance(found, Missing):
        return found
    page, best = found
    scores = dict(best)
    scale = view.snapshot.pool.scale
    candidates = await load_candidates(web.context, list(scores), view.now, scale)
    return Shown(
        "day.html",
        t("The research papers that were first listed on {day}.", day=t.day(day)),
        {
            "day": day,
            "today": view.now.astimezone(UTC).date(),
            "earlier": listing.earlier,
            "later": listing.later,
            "page": page,
            "papers": [with_best_trend(c, scores[c.paper.id]) for c in candidates],
        },
    )
