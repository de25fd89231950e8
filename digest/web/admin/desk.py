"""The operator's desk: what every admin page needs: who is there, and the form of their button.

A session is a cookie that no script reads. Each form carries a token made of it, so that another
site's form does nothing (CSRF); SameSite=Lax lets the links of an operator's mails work.
"""

import hmac
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from digest.services.signing_in import SignedIn, find_session
from digest.web import routes
from digest.web.parts import Web

COOKIE = routes.ADMIN_COOKIE
Show = Callable[[Request, SignedIn], Awaitable[Response]]
Act = Callable[[Request, SignedIn, FormData], Awaitable[Response]]
_MOST_FIELDS = 500
SECTIONS = (  # of the menu: address below /admin, words
    ("", "Today"),
    # readers and their mails
    ("subscribers", "Readers"),
    ("deliveries", "Mails"),
    ("preview", "Preview"),
    ("suppression", "Barred"),
    # what is read, and for whom
    ("topics", "Topics"),
    ("sources", "Sources"),
    ("exchange", "Import and export"),
    ("audit", "Audit log"),
)


class Desk:
    """Adds admin routes to an application: each knows who is there, and refuses whoever is not."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.context = web.context
        self.root = web.pages.root

    def show(self, app: FastAPI, path: str) -> Callable[[Show], Show]:
        """Add a page that changes nothing."""

        def add(page: Show) -> Show:
            async def answer(request: Request) -> Response:
                who = await self.find(request)
                return await page(request, who) if who else self._to_login(request)

            app.add_api_route(path, answer, methods=["GET", "HEAD"])
            return page

        return add

    def act(self, app: FastAPI, path: str, files: int = 0) -> Callable[[Act], Act]:
        """Add what a form of the pages does; its session and its token are looked at first."""

        def add(deed: Act) -> Act:
            async def answer(request: Request) -> Response:
                who = await self.find(request)
                if who is None:
                    return self._to_login(request)
                async with request.form(max_files=files, max_fields=_MOST_FIELDS) as form:
                    token = str(form.get("csrf", "")).encode()
                    if not hmac.compare_digest(token, _csrf(who).encode()):
                        return self._foreign_form(who)
                    return await deed(request, who, form)

            app.add_api_route(path, answer, methods=["POST"])
            return deed

        return add

    def _foreign_form(self, who: SignedIn) -> Response:
        return self.page(
            who,
            "admin/message.html",
            403,
            title="That form is of another session",
            text="Nothing was done. Open the page again and press its button there.",
        )

    async def find(self, request: Request) -> SignedIn | None:
        """Return who is there, None for a session that does not stand."""
        cookie = request.cookies.get(COOKIE)
        return await find_session(self.context, cookie) if cookie else None

    def page(
        self, who: SignedIn, name: str, status: int = 200, *, at: str | None = None, **facts: Any
    ) -> HTMLResponse:
        """Return an admin page; ``at`` is the section of the menu that it belongs to."""
        return self.web.pages.html(
            name,
            status,
            account=who.account,
            csrf=_csrf(who),
            sections=SECTIONS,
            at=at,
            **({"notice": "", "error": ""} | facts),
        )

    def missing(self, who: SignedIn, what: str) -> HTMLResponse:
        """Return the page for a thing that is not there."""
        return self.page(
            who,
            "admin/message.html",
            404,
            title=f"There is no such {what}",
            text="It may be gone. The menu leads on.",
        )

    def keep(self, answer: Response, who: SignedIn) -> None:
        """Let the browser keep a session, until it is closed."""
        answer.set_cookie(COOKIE, who.cookie, **self.cookie_options(routes.ADMIN))

    def drop(self, answer: Response) -> None:
        """Let the browser forget its session."""
        answer.delete_cookie(COOKIE, **self.cookie_options(routes.ADMIN))

    def cookie_options(self, path: str) -> dict[str, Any]:
        """Return what every cookie of these pages has; it goes to ``path`` and below alone."""
        return {
            "path": f"{self.root}{path}",
            "secure": self.context.settings.base_url.startswith("https:"),
            "httponly": True,
            "samesite": "lax",
        }

    def _to_login(self, request: Request) -> Response:
        wanted = request.url.path.removeprefix(self.root)
        if "hx-request" in request.headers:  # a part of a page: the whole page must go
            return Response(headers={"hx-redirect": f"{self.root}{routes.ADMIN_LOGIN}"})
        if request.method not in ("GET", "HEAD") or wanted == routes.ADMIN:
            return RedirectResponse(f"{self.root}{routes.ADMIN_LOGIN}", 303)
        query = f"?{request.url.query}" if request.url.query else ""
        to = quote(wanted + query, safe="")
        return RedirectResponse(f"{self.root}{routes.ADMIN_LOGIN}?next={to}", 303)


def local_path(wanted: str) -> str:
    """Return an admin path to go on to; the front page for any other address."""
    inside = wanted == routes.ADMIN or wanted.startswith((f"{routes.ADMIN}/", f"{routes.ADMIN}?"))
    return wanted if inside and wanted.isprintable() and "\\" not in wanted else routes.ADMIN


def _csrf(who: SignedIn) -> str:
    return hmac.new(who.cookie.encode(), b"paper-digest form v1", sha256).hexdigest()
