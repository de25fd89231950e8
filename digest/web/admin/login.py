"""Signing in and out of the admin pages."""

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from digest.domain.operators import OperatorError
from digest.services.operators import list_accounts
from digest.services.signing_in import SignedIn, end_session, sign_in
from digest.web import routes
from digest.web.admin.desk import Desk, local_path


def add_login(app: FastAPI, desk: Desk) -> None:
    """Add the routes of signing in and out."""

    @app.api_route(routes.ADMIN_LOGIN, methods=["GET", "HEAD"])
    async def ask(request: Request) -> Response:
        """Show the form; whoever is signed in goes on."""
        wanted = local_path(request.query_params.get("next", ""))
        if await desk.find(request) is not None:
            return RedirectResponse(f"{desk.root}{wanted}", 303)
        return await login_form(desk, wanted)

    @app.post(routes.ADMIN_LOGIN)
    async def enter(request: Request) -> Response:
        """Begin a session, or say what is wrong. Needs no token: it acts for nobody."""
        form = await request.form(max_files=0, max_fields=10)
        wanted = local_path(str(form.get("next", "")))
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return await login_form(
                desk, wanted, error="That form came from another site.", status=403
            )
        name, password, code = (str(form.get(key, "")) for key in ("name", "password", "code"))
        client = request.client.host if request.client else ""
        agent = request.headers.get("user-agent", "")
        try:
            who = await sign_in(desk.context, name, password, code, client, agent)
        except OperatorError as error:
            return await login_form(desk, wanted, name=name, error=str(error), status=403)
        answer = RedirectResponse(f"{desk.root}{wanted}", 303)
        desk.keep(answer, who)
        return answer

    @desk.act(app, routes.ADMIN_LOGOUT)
    async def leave(request: Request, who: SignedIn, form: FormData) -> Response:
        """End the session."""
        del request, form
        await end_session(desk.context, who.account, who.session.key)
        answer = RedirectResponse(f"{desk.root}{routes.ADMIN_LOGIN}", 303)
        desk.drop(answer)
        return answer


async def login_form(
    desk: Desk, wanted: str, *, name: str = "", error: str = "", status: int = 200
) -> Response:
    """Return the form of signing in."""
    return desk.web.pages.html(
        "admin/login.html",
        status,
        wanted=wanted,
        typed=name,
        error=error,
        openid=desk.context.settings.admin.openid,
        nobody=not await list_accounts(desk.context),
    )
