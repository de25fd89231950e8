"""The web of one installation: what the links of a mail lead to, and a front page.

GET and HEAD never change anything, for mail scanners follow links; POST acts (RFC 8058).
"""

from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.exceptions import HTTPException

from digest import __version__
from digest.resources import templates_dir
from digest.services.compose import Composer
from digest.services.context import Context
from digest.store import deliveries
from digest.web import routes
from digest.web.front import add_front
from digest.web.pages import Pages
from digest.web.preferences import add_preferences
from digest.web.readers import Gate, add_readers
from digest.web.safety import MAIL_POLICY, SafetyHeaders


def create_app(context: Context) -> FastAPI:
    """Return the application of one installation.

    It answers under the path prefix of its base URL and without it as well, for some reverse
    proxies pass the prefix on and others cut it off.
    """
    pages = Pages(templates_dir(), context.settings)
    gate = Gate(context)
    site = FastAPI(openapi_url=None)
    add_front(site, context, pages)
    add_readers(site, context, pages, gate)
    add_preferences(site, context, pages, gate)
    _add_mail_view(site, context, pages, gate)
    _add_health(site, context, pages)
    _add_error_pages(site, pages)
    app = FastAPI(title="paper-digest", version=__version__, openapi_url=None)
    prefix = urlsplit(context.settings.base_url).path
    if prefix:
        app.mount(prefix, site)
    app.mount("", site)
    # around the whole site, so that the answer to a failure carries the headers as well
    https = context.settings.base_url.startswith("https:")
    app.add_middleware(SafetyHeaders, https=https)
    return app


def _add_mail_view(app: FastAPI, context: Context, pages: Pages, gate: Gate) -> None:
    @app.api_route(routes.MAIL, methods=["GET", "HEAD"])
    async def mail(token: str) -> Response:
        """Show a mail as a page."""
        claims = gate.read_mail(token)
        async with context.database.read() as connection:
            row = await deliveries.find_delivery(connection, claims.delivery) if claims else None
        if row is None or row.selection_id is None:
            return pages.message(
                "This mail is not here",
                "The link is damaged, or the mail is older than what is kept.",
                404,
            )
        composer = Composer(context)
        await composer.prepare([row])
        policy = {"content-security-policy": MAIL_POLICY}
        return HTMLResponse(composer.browser_view(row), headers=policy)


def _add_health(app: FastAPI, context: Context, pages: Pages) -> None:
    @app.api_route(routes.HEALTH, methods=["GET", "HEAD"])
    async def healthz() -> Response:
        """Tell whether the process answers and reads its database."""
        try:
            async with context.database.read() as connection:
                await deliveries.count_waiting(connection)
        except Exception as error:  # noqa: BLE001  whatever it is, the answer is the same
            return JSONResponse({"status": "failing", "error": type(error).__name__}, 503)
        return JSONResponse({"status": "ok", "version": __version__})

    @app.api_route(routes.STYLE, methods=["GET", "HEAD"])
    async def style() -> Response:
        """Serve the one style sheet; its address changes with its content."""
        headers = {"cache-control": "public, max-age=31536000, immutable"}
        return PlainTextResponse(pages.style, media_type="text/css", headers=headers)


_ERRORS = {
    404: ("There is no such page", "Check the address, or start from the front page."),
    405: ("That does not work here", "Open the address in a browser and use its button."),
    413: ("That is too much", "The request is larger than any form of these pages."),
}


def _add_error_pages(app: FastAPI, pages: Pages) -> None:
    @app.exception_handler(HTTPException)
    async def plain(_: Request, error: HTTPException) -> Response:
        title, text = _ERRORS.get(error.status_code, ("That did not work", str(error.detail)))
        answer = pages.message(title, text, error.status_code, home=True)
        answer.headers.update(dict(error.headers or {}))
        return answer

    @app.exception_handler(Exception)
    async def failed(_: Request, error: Exception) -> Response:
        del error  # the server logs it; a page shows no innards
        text = "The fault is ours and is written down. Please try again in a few minutes."
        return pages.message("Something went wrong", text, 500, home=True)
