"""The links of papers in mails, where the operator counts how often they are opened."""

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from digest.domain.links import paper_url
from digest.mail.cards import web_url
from digest.services.opens import OpenCounts
from digest.services.reading import find_address, find_survivor
from digest.web import routes
from digest.web.parts import Web

_LARGEST_ID = 2**31 - 1  # of PostgreSQL's integer
_PARTS = ("paper", "pdf", "code")


def add_opens(app: FastAPI, web: Web, counts: OpenCounts) -> None:
    """Add the route that counts and leads on; it leads on where nothing is counted any more."""

    @app.api_route(routes.OPEN, methods=["GET", "HEAD"])
    async def lead_on(request: Request, part: str, paper_id: str) -> Response:
        """Go to a known paper, and nowhere else; only GET counts."""
        known = paper_id.isascii() and paper_id.isdecimal() and len(paper_id) < 11
        number = int(paper_id) if known and part in _PARTS else 0
        if not 0 < number <= _LARGEST_ID:
            raise HTTPException(404)
        survivor = await find_survivor(web.context, number)
        if survivor is None:
            raise HTTPException(404)
        if web.context.settings.site.count_opens and request.method == "GET":
            counts.add(survivor)
        address = web_url(await find_address(web.context, survivor, part))
        return RedirectResponse(address or paper_url(web.pages.root, survivor), 302)
