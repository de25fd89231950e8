"""Errors of the API: problem details (RFC 9457), without anything of the program's inside."""

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match

from digest.domain.query import QuerySyntaxError

MEDIA_TYPE = "application/problem+json"
_SAID = {
    400: "The body cannot be read as JSON.",
    404: "There is no such thing here.",
    405: "This method does not work here; the Allow header lists those that do.",
    413: "The request is too large: at most 64 KiB.",
    500: "The fault is ours and is written down. Please try again in a few minutes.",
}
_SHOWN = 20  # faults of one request; a list of a thousand wrong items needs no thousand lines


class Fault(BaseModel):
    """One thing that is wrong with a request."""

    where: str = Field(description="`body`, `query`, `path` or `header`.", examples=["body"])
    field: str = Field(description="The field, dotted; empty for the whole.", examples=["hour"])
    detail: str = Field(examples=["Input should be less than or equal to 23"])


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str = Field(
        default="about:blank", description="Always `about:blank`: the status says the kind."
    )
    title: str = Field(description="The status in words.", examples=["Not Found"])
    status: int = Field(description="The HTTP status.", examples=[404], ge=400, le=599)
    detail: str = Field(
        description="A sentence for people, in English.", examples=["There is no such paper."]
    )
    position: int | None = Field(
        default=None,
        ge=0,
        description="Of a query that cannot be read: the character at fault, from 0.",
    )
    pointer: str | None = Field(
        default=None,
        description="Of a query that cannot be read: two lines, the query and a caret under it.",
    )
    errors: list[Fault] | None = Field(
        default=None, description="Of a request that does not fit this document: each fault."
    )


class ProblemError(Exception):
    """A request that is answered with a problem; ``headers`` go with the answer."""

    def __init__(
        self, status: int, detail: str, headers: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        """Keep what the answer says; ``more`` are further members of the problem."""
        super().__init__(detail)
        self.problem = Problem(
            title=HTTPStatus(status).phrase, status=status, detail=detail, **more
        )
        self.headers = dict(headers or {})


def problem_body(status: int, detail: str = "") -> bytes:
    """Return a problem as JSON; without a ``detail``, what its status usually means."""
    return _body(ProblemError(status, detail or _SAID[status]).problem)


def _body(problem: Problem) -> bytes:
    return problem.model_dump_json(exclude_none=True).encode()


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return how an operation's problems stand in the OpenAPI document, 500 always among them."""
    schema = {"$ref": "#/components/schemas/Problem"}
    listed: dict[int | str, dict[str, Any]] = {}
    for status in sorted({*statuses, 500}):
        listed[status] = {
            "description": _MEANING[status],
            "content": {MEDIA_TYPE: {"schema": schema}},
        }
        if status in _HEADERS:
            name, text = _HEADERS[status]
            told = {"description": text, "schema": {"type": "string"}}
            listed[status]["headers"] = {name: told}
    return listed


_MEANING = {
    400: "The body is no JSON.",
    401: "The operator's token is missing or wrong.",
    403: "This installation takes no such subscription.",
    404: "There is no such thing.",
    409: "Something that is there already is in the way.",
    413: "The body is larger than 64 KiB.",
    422: "The request cannot be understood, or asks for what cannot be.",
    429: "Too many requests; `Retry-After` says when to come back.",
    500: "The fault is the program's.",
}
_HEADERS = {
    401: ("WWW-Authenticate", "How to authenticate (RFC 6750)."),
    429: ("Retry-After", "Seconds to wait."),
}


def add_problems(api: FastAPI, listed: Sequence[BaseRoute]) -> None:
    """Answer every error of an application with a problem; ``listed`` are all of its routes."""

    @api.exception_handler(ProblemError)
    async def known(request: Request, error: ProblemError) -> Response:
        del request
        return _response(error)

    @api.exception_handler(HTTPException)
    async def usual(request: Request, error: HTTPException) -> Response:
        headers = dict(error.headers or {})
        if error.status_code == 405:  # Starlette names the methods of the first match alone
            headers = {"allow": ", ".join(sorted(_allowed(request, listed)))}
        detail = _SAID.get(error.status_code, "That did not work.")
        return _response(ProblemError(error.status_code, detail, headers))

    @api.exception_handler(RequestValidationError)
    async def unfit(request: Request, error: RequestValidationError) -> Response:
        del request
        faults = [_fault(fault) for fault in error.errors()[:_SHOWN]]
        detail = "The request does not fit the description of this operation."
        return _response(ProblemError(422, detail, errors=faults))

    @api.exception_handler(QuerySyntaxError)
    async def unread(request: Request, error: QuerySyntaxError) -> Response:
        del request
        return _response(query_problem(error))

    @api.exception_handler(Exception)
    async def failed(request: Request, error: Exception) -> Response:
        del request, error  # the server logs it; a problem shows no innards
        return _response(ProblemError(500, _SAID[500]))


def query_problem(error: QuerySyntaxError) -> ProblemError:
    """Return the problem of a query that cannot be read: where, and a caret under it."""
    sentence = error.message
    return ProblemError(422, sentence, position=error.position, pointer=error.pointer())


def _response(error: ProblemError) -> Response:
    content = error.problem.model_dump(mode="json", exclude_none=True)
    return JSONResponse(content, error.problem.status, error.headers, media_type=MEDIA_TYPE)


def _fault(fault: Mapping[str, Any]) -> Fault:
    where, *path = [str(part) for part in fault["loc"]] or ["body"]
    # never the input itself: it may hold an address or a token
    return Fault(where=where, field=".".join(path)[:200], detail=_clean(str(fault["msg"]))[:300])


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _allowed(request: Request, listed: Iterable[BaseRoute]) -> set[str]:
    methods: set[str] = set()
    for route in listed:
        match, _ = route.matches(request.scope)
        if match is not Match.NONE:
            methods |= getattr(route, "methods", None) or set()
    return methods
