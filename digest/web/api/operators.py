"""Who may work on readers and topics: whoever holds one of the operator's tokens."""

import hmac
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from fastapi import APIRouter, Request, Security
from fastapi.responses import Response
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from pydantic import SecretStr

from digest.web.api.answers import route_name
from digest.web.api.problems import ProblemError

_CHALLENGE = 'Bearer realm="operator"'
_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="operator",
    description="One of the tokens in the setting `api.tokens`.",
)


def operator_router(tokens: Sequence[SecretStr], tag: str) -> APIRouter:
    """Return a router that answers holders of a token alone, and nobody where there is none.

    The token is looked at before anything else of the request, so that strangers learn nothing
    from how a body or an id is refused.
    """
    keys = [token.get_secret_value().encode() for token in tokens]

    class OperatorRoute(APIRoute):
        """A route behind the operator's token."""

        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            """Return the usual handler behind the check of the token."""
            answer = super().get_route_handler()

            async def guarded(request: Request) -> Response:
                _check(request, keys)
                return await answer(request)

            return guarded

    # the dependency puts the scheme into the document; it refuses nobody
    return APIRouter(
        tags=[tag],
        route_class=OperatorRoute,
        dependencies=[Security(_bearer)],
        generate_unique_id_function=route_name,
    )


def _check(request: Request, keys: Sequence[bytes]) -> None:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not given.strip():
        raise ProblemError(
            401,
            "Send one of the operator's tokens: `Authorization: Bearer TOKEN`.",
            {"www-authenticate": _CHALLENGE},
        )
    token = given.strip().encode("utf-8", "replace")
    # every key is compared, each in constant time: time tells neither how far nor which
    if not sum(hmac.compare_digest(token, key) for key in keys):
        raise ProblemError(
            401,
            "This token is not one of the operator's.",
            {"www-authenticate": f'{_CHALLENGE}, error="invalid_token"'},
        )
