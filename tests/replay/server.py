"""A replay's life as a local HTTP server, and the count of what it was asked."""

import hashlib

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digest.web.serving import LocalServer


class ReplayServer(LocalServer):
    """Serves a router on loopback inside ``async with``; ``base_url`` is valid there.

    ``requests`` counts the questions by path, ``not_modified`` the answers that were 304.
    """

    def __init__(self, router: APIRouter) -> None:
        app = FastAPI(openapi_url=None)
        app.include_router(router)
        app.add_middleware(_Counting, server=self)
        super().__init__(app)
        self.requests: dict[str, int] = {}
        self.not_modified = 0

    def answered(self, path: str, status: int) -> None:
        """Take note of an answer."""
        self.requests[path] = self.requests.get(path, 0) + 1
        self.not_modified += status == 304


class _Counting:
    def __init__(self, app: ASGIApp, server: ReplayServer) -> None:
        self._app = app
        self._server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._server.answered(scope["path"], message["status"])
            await send(message)

        await self._app(scope, receive, noting)


def chance(*parts: object) -> float:
    """Return a number in [0, 1) that depends on the parts alone, the same in every run."""
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
