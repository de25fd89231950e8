"""The web of one installation: what the links of a mail lead to, and a front page.

GET and HEAD never change anything, for mail scanners follow links; POST acts (RFC 8058).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from digest import __version__
from digest.ports import OpenIdProvider
from digest.resources import templates_dir
from digest.services.context import Context
from digest.services.doctor.rounds import Rounds
from digest.services.opens import OpenCounts
from digest.services.snapshot import Snapshots
from digest.services.topics import Catalogues
from digest.web.admin import add_admin
from digest.web.api.app import add_api
from digest.web.ask_link import add_ask_link
from digest.web.confirm import add_confirm
from digest.web.feedback import add_feedback
from digest.web.gate import Gate
from digest.web.history import add_history
from digest.web.hooks import add_hooks, most_bytes
from digest.web.mail_view import add_mail_view
from digest.web.metrics import add_metrics
from digest.web.observed import Observed
from digest.web.opens import add_opens
from digest.web.pages import Pages
from digest.web.parts import Web
from digest.web.personal_data import add_personal_data
from digest.web.personal_feed import add_personal_feed
from digest.web.preferences import add_preferences
from digest.web.public import add_public
from digest.web.readers import add_readers
from digest.web.safety import SafetyHeaders
from digest.web.samples import samples_in
from digest.web.serviceable import add_serviceable
from digest.web.subscribe import add_subscribe


def create_app(
    context: Context,
    pages: Pages | None = None,
    rounds: Rounds | None = None,
    openid: OpenIdProvider | None = None,
) -> FastAPI:
    """Return the application of one installation; ``pages`` are its templates unless told.

    ``rounds`` are the doctor's, and ``openid`` signs operators in, for the admin pages.

    It answers under the path prefix of its base URL and without it as well, for some reverse
    proxies pass the prefix on and others cut it off.
    """
    pages = pages or pages_of(context)
    web = Web(
        context, pages, Gate(context), Snapshots(context), Catalogues(context), rounds, openid
    )
    opens = OpenCounts(context)
    site = _site(web, opens)
    app = FastAPI(
        title="paper-digest",
        version=__version__,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=partial(_living, web, opens),
    )
    prefix = urlsplit(context.settings.base_url).path
    if prefix:
        app.mount(prefix, site)
    app.mount("", site)
    # around the whole site, so that the answer to a failure carries the headers as well
    https = context.settings.base_url.startswith("https:")
    app.add_middleware(SafetyHeaders, https=https, hook_bytes=most_bytes(context.settings.bounces))
    app.add_middleware(Observed, observer=context.observer)
    return app


def _site(web: Web, opens: OpenCounts) -> FastAPI:
    """Return all routes, to be found below the prefix and without it."""
    # no redirects to an address with a slash: they would be built from the Host header
    site = FastAPI(openapi_url=None, redirect_slashes=False)
    own = (add_ask_link, add_history, add_feedback, add_personal_data, add_personal_feed)
    readers = (add_subscribe, add_confirm, add_readers, add_preferences, *own)
    for add in (
        add_public,
        *readers,
        add_mail_view,
        add_serviceable,
        add_metrics,
        add_hooks,
        add_api,
        add_admin,
    ):
        add(site, web)
    add_opens(site, web, opens)
    _add_error_pages(site, web)
    return site


def pages_of(context: Context) -> Pages:
    """Return the pages of an installation, the operator's templates tried."""
    pages = Pages(templates_dir(), context.settings, context.overrides, context.faults)
    if context.overrides.files:
        try_pages(pages)
    context.faults.tried.add("web")
    return pages


def try_pages(pages: Pages) -> None:
    """Render every page with samples in every language, overrides that fail left aside."""
    pages.settle(sample for t in pages.languages.values() for sample in samples_in(t))


@asynccontextmanager
async def _living(web: Web, opens: OpenCounts, app: FastAPI) -> AsyncIterator[None]:
    """Leave no work behind when the server stops."""
    del app
    yield
    await opens.close()
    await web.snapshots.close()
    if web.rounds is not None:
        await web.rounds.close()


def _add_error_pages(app: FastAPI, web: Web) -> None:
    @app.exception_handler(HTTPException)
    async def plain(request: Request, error: HTTPException) -> Response:
        t = web.texts(request)
        said = {
            404: (
                t("There is no such page"),
                t("Check the address, or start from the front page."),
            ),
            405: (
                t("That does not work here"),
                t("Open the address in a browser and use its button."),
            ),
            413: (
                t("That is too much"),
                t("The request is larger than any form of these pages."),
            ),
        }
        title, text = said.get(error.status_code, (t("That did not work"), str(error.detail)))
        answer = web.pages.message(title, text, error.status_code, home=True, language=t.language)
        answer.headers.update(dict(error.headers or {}))
        return answer

    @app.exception_handler(Exception)
    async def failed(request: Request, error: Exception) -> Response:
        del error  # the server logs it; a page shows no innards
        t = web.texts(request)
        text = t("The fault is ours and is written down. Please try again in a few minutes.")
        title = t("Something went wrong")
        return web.pages.message(title, text, 500, home=True, language=t.language)
