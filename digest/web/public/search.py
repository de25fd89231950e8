"""Search over titles and abstracts."""

from functools import partial

from fastapi import FastAPI, Request
from fastapi.responses import Response

from digest.domain.search_words import LONGEST, parse_search, searched_text
from digest.services.reading import load_candidates, search_papers
from digest.store.search import MOST_HITS
from digest.web import routes
from digest.web.parts import Web
from digest.web.public.answers import Answers, Made, Missing, Shown, View
from digest.web.public.kept import Kept
from digest.web.public.lists import stretch

_MOST_KEPT = 100_000  # ids


def add_search(app: FastAPI, web: Web, answers: Answers) -> None:
    """Add the search."""
    # what was found serves the further pages of a search too
    kept: Kept[tuple[int, ...]] = Kept(_MOST_KEPT, lambda ids: len(ids) + 1)

    @app.api_route(routes.SEARCH, methods=["GET", "HEAD"])
    async def search(request: Request, q: str = "", page: str = "") -> Response:
        """Show the papers that a visitor's words find."""

        async def make(view: View) -> Made:
            return await _results(web, view, kept)

        # one letter more than is read shows that it was too long
        asked = searched_text(q)[: LONGEST + 1]
        return await answers.answer(request, routes.SEARCH, make, q=asked, page=page)


async def _results(web: Web, view: View, kept: Kept[tuple[int, ...]]) -> Made:
    t, asked = view.t, view.query.get("q", "")
    too_long = len(asked) > LONGEST
    wanted = None if too_long else parse_search(asked)
    ids: tuple[int, ...] = ()
    if wanted:
        find = partial(search_papers, web.context, wanted, view.now)
        ids = await kept.get((wanted, view.snapshot.made_at), find)
    found = stretch(view, ids)
    if isinstance(found, Missing):
        return found
    page, shown = found
    scale = view.snapshot.pool.scale
    return Shown(
        "search.html",
        t("Search the titles and abstracts of every paper that was listed."),
        {
            "here": routes.SEARCH,
            "asked": asked,
            "too_long": too_long,
            "searched": wanted is not None,
            "longest": LONGEST,
            "more_than": len(ids) >= MOST_HITS,
            "page": page,
            "papers": await load_candidates(web.context, shown, view.now, scale),
        },
    )
