"""One's own account: password, codes, and the browsers that are signed in."""

import segno
from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from digest.domain.operators import OperatorError
from digest.services.codes import Codes
from digest.services.operators import change_codes, change_password, get_account
from digest.services.signing_in import SignedIn, begin_session, end_session, list_sessions
from digest.web import routes
from digest.web.admin.desk import Desk


def add_account(app: FastAPI, desk: Desk) -> None:
    """Add the routes of one's own account."""

    @desk.show(app, routes.ADMIN_ACCOUNT)
    async def show(request: Request, who: SignedIn) -> Response:
        """Show the account and its sessions."""
        del request
        return await _page(desk, who)

    @desk.act(app, routes.ADMIN_ACCOUNT)
    async def change(request: Request, who: SignedIn, form: FormData) -> Response:
        """Change the password or the codes, or end a session."""
        do = str(form.get("do", ""))
        try:
            if do == "password":
                return await _change_password(desk, request, who, form)
            if do == "codes":
                return await _renew_codes(desk, request, who, form)
        except OperatorError as error:
            return await _page(desk, who, error=str(error), error_of=do, status=422)
        key = str(form.get("session", ""))
        if do == "end" and await end_session(desk.context, who.account, key):
            if key == who.session.key:
                return RedirectResponse(f"{desk.root}{routes.ADMIN_LOGIN}", 303)
            return await _page(desk, who, notice="That browser is signed out.")
        return await _page(desk, who)


async def _change_password(desk: Desk, request: Request, who: SignedIn, form: FormData) -> Response:
    old, fresh, again, code = (
        str(form.get(key, "")) for key in ("old", "password", "again", "code")
    )
    if fresh != again:
        raise OperatorError("the two new passwords differ")
    await change_password(desk.context, who.account, old, fresh, code)
    notice = "The password is changed; every other browser is signed out."
    return await _anew(desk, request, who, notice=notice)


async def _renew_codes(desk: Desk, request: Request, who: SignedIn, form: FormData) -> Response:
    old, code = str(form.get("old", "")), str(form.get("code", ""))
    made = await change_codes(desk.context, who.account, old, code)
    notice = "The codes are new; those of before are over, and every other browser is signed out."
    return await _anew(desk, request, who, notice=notice, codes=made)


async def _anew(
    desk: Desk, request: Request, who: SignedIn, *, notice: str, codes: Codes | None = None
) -> Response:
    """Begin a new session after a change has ended all of them, and show the page in it."""
    client = request.client.host if request.client else ""
    account = await get_account(desk.context, who.account.name)
    fresh = await begin_session(desk.context, account, client, who.session.agent)
    answer = await _page(desk, fresh, notice=notice, codes=codes)
    desk.keep(answer, fresh)
    return answer


async def _page(
    desk: Desk,
    who: SignedIn,
    *,
    notice: str = "",
    error: str = "",
    error_of: str = "",
    codes: Codes | None = None,
    status: int = 200,
) -> Response:
    return desk.page(
        who,
        "admin/account.html",
        status,
        at="account",
        sessions=await list_sessions(desk.context, who.account),
        own=who.session.key,
        codes=codes,
        picture=segno.make(codes.uri, error="m").svg_data_uri(scale=5) if codes else "",
        notice=notice,
        error=error,
        error_of=error_of,
    )
