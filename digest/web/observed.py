"""Around the whole web: each answer is counted and traced, by the template of its path.

The path itself holds what lets a reader act, and is told to nobody.
"""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digest.services.observing import Observer
from digest.web import routes

UNKNOWN = "other"  # an address that there is not


class Observed:
    """Tells an observer of each request."""

    def __init__(self, app: ASGIApp, *, observer: Observer) -> None:
        self._app = app
        self._observer = observer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, began = 500, time.perf_counter()

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with self._observer.span("web request") as span:
            try:
                await self._app(scope, receive, noting)
            finally:
                method, route = scope["method"], route_of(scope)
                span.note("http.request.method", method)
                span.note("http.route", route)
                span.note("http.response.status_code", status)
                self._observer.answered(method, route, status, began)


def route_of(scope: Scope) -> str:
    """Return the template of the path that was asked for, after routing."""
    path = getattr(scope.get("route"), "path", None)
    if not path:
        return UNKNOWN
    inside = routes.API if scope.get("root_path", "").endswith(routes.API) else ""
    return f"{inside}{path}"
