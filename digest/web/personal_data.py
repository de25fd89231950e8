"""Everything held about a reader: as a file, and gone for ever."""

import json

from fastapi import FastAPI, Request
from fastapi.responses import Response

from digest.domain import links
from digest.domain.subscribers import Subscriber
from digest.services.erasure import erase
from digest.services.export import export_reader
from digest.web import routes
from digest.web.parts import Web
from digest.web.reader_pages import dead_link, small_link

FILE_NAME = "paper-digest-export.json"


def add_personal_data(app: FastAPI, web: Web) -> None:
    """Add the routes of export and erasure."""

    @app.api_route(routes.EXPORT, methods=["GET", "HEAD"])
    async def export(token: str, request: Request) -> Response:
        """Give the file."""
        opened = await _opened(web, token, request)
        if isinstance(opened, Response):
            return opened
        body = json.dumps(await export_reader(web.context, opened), indent=2)
        headers = {"content-disposition": f'attachment; filename="{FILE_NAME}"'}
        return Response(f"{body}\n", media_type="application/json", headers=headers)

    @app.api_route(routes.ERASE, methods=["GET", "HEAD"])
    async def ask(token: str, request: Request) -> Response:
        """Show what goes and what stays; change nothing."""
        opened = await _opened(web, token, request)
        if isinstance(opened, Response):
            return opened
        return web.pages.html(
            "erase.html",
            language=opened.preferences.language,
            address=opened.address,
            action=links.erase_url(web.pages.root, token),
            export=links.export_url(web.pages.root, token),
            preferences=links.preferences_url(web.pages.root, token),
        )

    @app.post(routes.ERASE)
    async def act(token: str, request: Request) -> Response:
        """Erase everything."""
        opened = await _opened(web, token, request)
        if isinstance(opened, Response):
            return opened
        return await _erased(web, opened)


async def _opened(web: Web, token: str, request: Request) -> Subscriber | Response:
    """Return the reader, or the page that says why this link does not open their data."""
    access = await web.gate.access(token)
    if access is None:
        return dead_link(web, request)
    if not access.full:
        return small_link(web, web.pages.texts(access.reader.preferences.language), token)
    return access.reader


async def _erased(web: Web, reader: Subscriber) -> Response:
    t = web.pages.texts(reader.preferences.language)
    if await erase(web.context, reader.id):
        title = t("Everything is erased")
        text = t("Nothing that names you is held any more, and no mail comes.")
    else:
        title = t("Everything is being erased")
        text = t(
            "You are unsubscribed. A mail to you is being handed over this very moment; the rest "
            "goes as soon as it is out."
        )
    return web.pages.message(title, text, home=True, language=t.language)
