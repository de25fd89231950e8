"""The browser view: a mail as a page, its links the reader's own."""

from dataclasses import replace

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from digest.services.compose import Composer
from digest.store import deliveries
from digest.web import routes
from digest.web.parts import Web
from digest.web.safety import MAIL_POLICY


def add_mail_view(app: FastAPI, web: Web) -> None:
    """Add the route of the browser view."""

    @app.api_route(routes.MAIL, methods=["GET", "HEAD"])
    async def mail(token: str, request: Request) -> Response:
        """Show a mail as a page."""
        access = await web.gate.access(token)
        named = access.claims.delivery if access else 0
        async with web.context.database.read() as connection:
            row = await deliveries.find_delivery(connection, named)
        if access is None or row is None or row.selection_id is None:
            t = web.texts(request)
            title = t("This mail is not here")
            text = t("The link is damaged, or the mail is older than what is kept.")
            return web.pages.message(title, text, 404, language=t.language)
        composer = Composer(web.context)
        await composer.prepare([row])
        # the links are those of today, whatever was signed out since the mail
        row = replace(row, token_generation=access.reader.token_generation)
        policy = {"content-security-policy": MAIL_POLICY}
        return HTMLResponse(composer.browser_view(row), headers=policy)
