"""The application of the API, mounted under `/api/v1`, and its OpenAPI document."""

import json
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import Response

from digest import __version__
from digest.settings import Settings
from digest.web import routes
from digest.web.api.answers import OpenReading, reads, route_name
from digest.web.api.operators import operator_router
from digest.web.api.people import add_people
from digest.web.api.problems import Problem, add_problems
from digest.web.api.reading import add_papers, add_topics
from digest.web.api.subscribing import add_subscribing
from digest.web.api.topics import add_topic_work
from digest.web.conditional import conditional_response
from digest.web.parts import Web

_SUMMARY = "Trending papers, topics and subscriptions of one installation."
_DESCRIPTION = """\
Reading needs no key and may be kept for a minute: send `If-None-Match` with the entity tag that you
hold. Readers and topics are the operator's to change, with one of the tokens in `api.tokens`.

Instants are RFC 3339 in UTC, dates `2026-05-04`, names snake_case. Errors are problem details
(RFC 9457). Members may be added to any object in any release; none is renamed or removed here.
"""
_UNUSED = ("HTTPValidationError", "ValidationError")  # FastAPI's own; ours are problems
_REFS = "#/components/schemas/{model}"


def add_api(app: FastAPI, web: Web) -> None:
    """Mount the API; it answers in JSON, errors too."""
    app.mount(routes.API, create_api(web))


def create_api(web: Web) -> FastAPI:
    """Return the API as an application of its own."""
    settings = web.context.settings
    api = FastAPI(openapi_url=None, redirect_slashes=False)
    api.add_middleware(OpenReading, paths=("/papers", "/topics", "/openapi.json"))
    routers = _public_routers(web)
    for tag, add in (("subscribers", add_people), ("topics", add_topic_work)):
        router = operator_router(settings.api.tokens, tag)
        add(router, web.context)
        routers.append(router)
    for router in routers:
        api.include_router(router)
    add_problems(api, [route for router in routers for route in router.routes])
    _add_document(api, settings)
    return api


def _public_routers(web: Web) -> list[APIRouter]:
    adders = {"papers": add_papers, "topics": add_topics, "subscriptions": add_subscribing}
    routers = []
    for tag, add in adders.items():
        router = APIRouter(tags=[tag], generate_unique_id_function=route_name)
        add(router, web)
        routers.append(router)
    return routers


def _add_document(api: FastAPI, settings: Settings) -> None:
    router = APIRouter()
    body: list[bytes] = []

    @reads(router, "/openapi.json", include_in_schema=False)
    async def openapi(request: Request) -> Response:
        """Return the OpenAPI document."""
        if not body:
            body.append(_json(document(api, settings)))
        answer = conditional_response(request, body[0], "application/json")
        answer.headers["cache-control"] = "public, max-age=3600"
        return answer

    api.include_router(router)


def document(api: FastAPI, settings: Settings) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of the API."""
    made = get_openapi(
        title=f"{settings.site.name} API",
        version=__version__,
        summary=_SUMMARY,
        description=_DESCRIPTION,
        routes=api.routes,
        servers=[{"url": f"{settings.base_url}{routes.API}"}],
        contact=_contact(settings),
    )
    schemas = made["components"]["schemas"]
    problem = Problem.model_json_schema(ref_template=_REFS)
    schemas |= problem.pop("$defs", {}) | {"Problem": problem}
    for name in _UNUSED:
        schemas.pop(name, None)
    for operations in made["paths"].values():
        for operation in operations.values():
            _drop_other_errors(operation["responses"])
    return made


def _drop_other_errors(responses: dict[str, Any]) -> None:
    """Take out the errors that FastAPI assumes where any text will do, such as a slug."""
    if "application/json" in responses.get("422", {}).get("content", {}):
        del responses["422"]


def _contact(settings: Settings) -> dict[str, str]:
    """Return whom to ask: the operator's contact, an address or a page."""
    contact = {"name": settings.site.name}
    told = settings.http.contact
    if told.startswith(("http://", "https://")):
        contact["url"] = told
    elif "@" in told:
        contact["email"] = told.removeprefix("mailto:")
    return contact


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
