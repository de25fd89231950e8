"""Signing in at an OpenID provider: a way there, and the way back.

The way back is the one GET that begins something: the provider leads the browser here so
(OpenID Connect Core 1.0 section 3.1.2.5). It needs what this browser was given on its way there.
"""

import re

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from digest.domain.operators import OperatorError
from digest.ports import OpenIdProvider
from digest.services.openid import VALID, begin_openid, end_openid
from digest.web import routes
from digest.web.admin.desk import Desk, local_path
from digest.web.admin.login import login_form

KEPT = "digest_openid"
_ERROR = re.compile(r"[a-z_]{1,60}")  # RFC 6749 section 4.1.2.1


def add_openid(app: FastAPI, desk: Desk) -> None:
    """Add the routes of signing in elsewhere."""

    @app.get(routes.ADMIN_OPENID)
    async def begin(request: Request) -> Response:
        """Send the browser to the provider."""
        wanted = local_path(request.query_params.get("next", ""))
        client = request.client.host if request.client else ""
        try:
            begun = await begin_openid(desk.context, _provider(desk), wanted, client)
        except OperatorError as error:
            return await login_form(desk, wanted, error=str(error), status=503)
        answer = RedirectResponse(begun.url, 303)
        age = int(VALID.total_seconds())
        answer.set_cookie(KEPT, begun.kept, max_age=age, **desk.cookie_options(routes.ADMIN_OPENID))
        return answer

    @app.get(routes.ADMIN_OPENID_BACK)
    async def back(request: Request) -> Response:
        """Begin a session where the provider's answer holds."""
        provider = _provider(desk)
        try:
            answer = await _ended(desk, provider, request)
        except OperatorError as error:
            answer = await login_form(desk, routes.ADMIN, error=str(error), status=403)
        answer.delete_cookie(KEPT, **desk.cookie_options(routes.ADMIN_OPENID))
        return answer


async def _ended(desk: Desk, provider: OpenIdProvider, request: Request) -> Response:
    said = request.query_params
    if "error" in said:
        known = _ERROR.fullmatch(said["error"])
        reason = f": {said['error']}" if known else ""
        raise OperatorError(f"The provider did not sign you in{reason}.")
    who, wanted = await end_openid(
        desk.context,
        provider,
        request.cookies.get(KEPT, ""),
        said.get("state", ""),
        said.get("code", ""),
        request.client.host if request.client else "",
        request.headers.get("user-agent", ""),
    )
    answer = RedirectResponse(f"{desk.root}{local_path(wanted)}", 303)
    desk.keep(answer, who)
    return answer


def _provider(desk: Desk) -> OpenIdProvider:
    if desk.web.openid is None:
        raise HTTPException(404)
    return desk.web.openid
