"""What every answer of the API shares: entity tags, paging, reading scripts of other sites."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digest.web.conditional import conditional_response

F = TypeVar("F", bound=Callable[..., Any])
MAX_ID = 2**31 - 1  # what a database's integer holds
_FOR_A_MINUTE = "public, max-age=60"
_OPEN = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "ETag, Link",
}
_PREFLIGHT = {
    **_OPEN,
    "access-control-allow-methods": "GET, HEAD",
    "access-control-allow-headers": "If-None-Match",
    "access-control-max-age": "86400",
}
_HEADER = {"schema": {"type": "string"}}
CACHED: dict[int | str, dict[str, Any]] = {
    200: {"headers": {"ETag": _HEADER | {"description": "For `If-None-Match`."}}},
    304: {"description": "What the client holds is still right."},
}
PAGED: dict[int | str, dict[str, Any]] = {
    200: {
        "headers": {
            "Link": _HEADER
            | {"description": "The pages `first`, `prev`, `next` and `last` (RFC 8288)."},
            **CACHED[200]["headers"],
        }
    },
    304: CACHED[304],
}


def route_name(route: APIRoute) -> str:
    """Return a route's id in the document: the name of its function."""
    return route.name


def reads(router: APIRouter, path: str, **told: Any) -> Callable[[F], F]:
    """Return a decorator that answers GET, as the document says, and HEAD alike."""

    def add(function: F) -> F:
        router.get(path, **told)(function)
        router.head(path, include_in_schema=False)(function)
        return function

    return add


def cached(request: Request, content: BaseModel, links: str = "") -> Response:
    """Return a public answer with its entity tag, or 304; anybody may keep it for a minute."""
    body = content.model_dump_json().encode()
    answer = conditional_response(request, body, "application/json")
    answer.headers["cache-control"] = _FOR_A_MINUTE
    if links:
        answer.headers["link"] = links
    return answer


def told(content: BaseModel, status: int = 200) -> Response:
    """Return an answer to the operator, which nobody keeps."""
    return Response(content.model_dump_json(), status, media_type="application/json")


def page_links(url: str, asked: Mapping[str, object], page: int, last: int) -> str:
    """Return the Link header of a page (RFC 8288): first, previous, next and last."""
    wanted = {"first": 1, "prev": page - 1, "next": page + 1, "last": last}
    said = [
        f'<{url}?{urlencode({**asked, "page": number})}>; rel="{name}"'
        for name, number in wanted.items()
        if 1 <= number <= last
    ]
    return ", ".join(said)


class OpenReading:
    """Lets scripts of any site read what is public; nothing else of the API."""

    def __init__(self, app: ASGIApp, paths: tuple[str, ...]) -> None:
        self._app = app
        self._paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight, and mark the answer to a read."""
        if scope["type"] != "http" or not self._is_public(scope):
            await self._app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS":
            await Response(status_code=204, headers=_PREFLIGHT)(scope, receive, send)
            return

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_OPEN)
            await send(message)

        await self._app(scope, receive, marked)

    def _is_public(self, scope: Scope) -> bool:
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        first = "/" + path.strip("/").partition("/")[0]
        return first in self._paths and scope["method"] in {"GET", "HEAD", "OPTIONS"}
