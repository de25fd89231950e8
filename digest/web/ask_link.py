"""Asking for a link: whoever owns an address is mailed one to their preferences.

The answer is the same for every address, in its bytes and in its time.
"""

import asyncio
import math

from fastapi import FastAPI, Request
from fastapi.responses import Response

from digest.domain import links
from digest.domain.sentences import SentenceError
from digest.services.reader_links import ask_for_link
from digest.services.signup import SignupError
from digest.web import routes
from digest.web.parts import Web
from digest.web.reader_pages import said

FLOOR_S = 0.5  # no answer comes earlier, so that the time does not tell who is a reader


def add_ask_link(app: FastAPI, web: Web) -> None:
    """Add the routes of the page that mails a link."""

    @app.api_route(routes.ASK_LINK, methods=["GET", "HEAD"])
    async def show(request: Request) -> Response:
        """Show the form."""
        return _form(web, request)

    @app.post(routes.ASK_LINK)
    async def ask(request: Request) -> Response:
        """Queue the mail, and answer alike whether there is such a reader or not."""
        form = await request.form(max_files=0, max_fields=20)
        address = str(form.get("address", "")).strip()
        floor = asyncio.ensure_future(web.context.clock.sleep(FLOOR_S))
        client = request.client.host if request.client else ""
        try:
            await ask_for_link(web.context, address, client)
        except SentenceError as error:
            return _form(web, request, address, error)
        finally:
            await floor
        t = web.texts(request)
        return web.pages.message(
            t("Look in your inbox"),
            t(
                "If somebody reads the digest at this address, a link to their preferences is on "
                "its way. It works for an hour; one an hour is sent."
            ),
            links=[(links.ask_link_url(web.pages.root), t("Another address"))],
            language=t.language,
        )


def _form(
    web: Web, request: Request, typed: str = "", error: SentenceError | None = None
) -> Response:
    t = web.texts(request)
    wait = error.retry_after_s if isinstance(error, SignupError) else None
    return web.pages.html(
        "ask_link.html",
        429 if wait else 422 if error else 200,
        {"retry-after": str(math.ceil(wait))} if wait else {},
        language=t.language,
        action=links.ask_link_url(web.pages.root),
        typed=typed,
        error=said(t, error) if error else "",
    )
