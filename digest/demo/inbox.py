"""Shows the caught mails on a local page: who got what, as html, text, headers and source."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from digest.demo.mail_view import MailView, mail_view, opens_links_outside
from digest.demo.table import DayRow
from digest.mail.catcher import MailCatcher
from digest.resources import templates_dir

TABS = {"html": "As a page", "text": "As text", "headers": "Headers", "source": "Source"}
_PAGE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# The mail's own html: no script, no request to anywhere, links open outside the frame.
_MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'"
)
_HEADERS = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}


def inbox_app(catcher: MailCatcher, rows: Sequence[DayRow], site: str = "") -> FastAPI:
    """Return the application; mails and rows that come while it runs are shown on the next load.

    ``site`` is the address of the pages that readers see, where they are served too, with
    ``operator`` below it, which signs in to the admin. ``/`` is the
    day table and the mailboxes, ``/mail/N`` one mail and ``/mail/N/TAB`` its views.
    """
    pages = _Pages(catcher, rows, site)
    app = FastAPI(openapi_url=None)

    @app.get("/")
    async def index(request: Request) -> Response:
        return pages.index(request)

    @app.get("/mail/{number}")
    async def mail(request: Request, number: int) -> Response:
        return pages.mail(request, number, "html")

    @app.get("/mail/{number}/body")
    async def body(number: int) -> Response:
        return pages.body(number)

    @app.get("/mail/{number}/raw")
    async def raw(number: int) -> Response:
        return pages.raw(number)

    @app.get("/mail/{number}/{tab}")
    async def tab(request: Request, number: int, tab: str) -> Response:
        return pages.mail(request, number, tab)

    return app


class _Pages:
    def __init__(self, catcher: MailCatcher, rows: Sequence[DayRow], site: str) -> None:
        self._site = site
        self._catcher = catcher
        self._rows = rows
        self._templates = Environment(
            loader=FileSystemLoader(templates_dir() / "web" / "inbox"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def index(self, request: Request) -> Response:
        days = [(day, list(rows)) for day, rows in groupby(self._rows, lambda row: row.date)]
        return self._page(request, "index.html", days=days)

    def mail(self, request: Request, number: int, tab: str) -> Response:
        if tab not in TABS:
            raise HTTPException(404, "no such view of a mail")
        return self._page(request, "mail.html", mail=self._view(number), tab=tab, tabs=TABS)

    def body(self, number: int) -> Response:
        html = self._view(number).html
        if html is None:
            raise HTTPException(404, "this mail has no html")
        headers = _HEADERS | {"content-security-policy": _MAIL_POLICY}
        return HTMLResponse(opens_links_outside(html), headers=headers)

    def raw(self, number: int) -> Response:
        self._view(number)
        headers = _HEADERS | {"content-disposition": f'attachment; filename="mail-{number}.eml"'}
        return PlainTextResponse(self._catcher.mails[number].data, headers=headers)

    def _view(self, number: int) -> MailView:
        mails = self._catcher.mails
        if not 0 <= number < len(mails):
            raise HTTPException(404, "no such mail")
        return mail_view(number, mails[number])

    def _page(self, request: Request, template: str, **context: Any) -> Response:
        html = self._templates.get_template(template).render(
            root=request.scope.get("root_path", "").rstrip("/"),
            site=self._site,
            boxes=mailboxes([mail_view(n, mail) for n, mail in enumerate(self._catcher.mails)]),
            **context,
        )
        return HTMLResponse(html, headers=_HEADERS | {"content-security-policy": _PAGE_POLICY})


def mailboxes(views: Sequence[MailView]) -> list[tuple[str, list[MailView]]]:
    """Return each recipient with its mails, the newest first; recipients by name."""
    boxes: dict[str, list[MailView]] = {}
    for view in reversed(views):
        boxes.setdefault(view.to, []).append(view)
    return sorted(boxes.items())
