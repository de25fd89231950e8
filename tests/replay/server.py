"""A replay's life as a local HTTP server, and the count of what it was asked."""

import contextlib
import hashlib
from types import TracebackType
from typing import Self

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digest.web.serving import serve


class ReplayServer:
    """Serves a router on loopback inside ``async with``; ``base_url`` is valid there.

    ``requests`` counts the questions by path, ``not_modified`` the answers that were 304.
    """

    def __init__(self, router: APIRouter) -> None:
        self.base_url = ""
        self.requests: dict[str, int] = {}
        self.not_modified = 0
        self._app = FastAPI(openapi_url=None)
        self._app.include_router(router)
        self._app.add_middleware(_Counting, server=self)
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        port = await self._stack.enter_async_context(serve(self._app))
        self.base_url = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

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
