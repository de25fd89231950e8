"""The mails of the ledger: what is held, failing or waiting first, and each with its story."""

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from digest.domain.deliveries import Kind, State
from digest.domain.tries import KEPT, LONGEST
from digest.services.by_hand import (
    ByHandError,
    cancel_mail,
    next_resend,
    resend_digest,
    resend_hindrance,
    try_now,
)
from digest.services.held import HeldError, release
from digest.services.looking_up import MailFilter, find_mails, read_mail
from digest.services.signing_in import SignedIn
from digest.web import routes
from digest.web.admin.asked import (
    as_sentence,
    read_choice,
    read_day,
    read_id,
    read_place,
    with_query,
)
from digest.web.admin.desk import Desk

_AT = "deliveries"
_UNBEGUN = (State.PENDING, State.CLAIMED)


def add_mails(app: FastAPI, desk: Desk) -> None:
    """Add the routes of the ledger's mails."""

    @desk.show(app, routes.ADMIN_MAILS)
    async def look(request: Request, who: SignedIn) -> Response:
        """List mails, what is wrong first."""
        return await _list(desk, request, who)

    @desk.show(app, routes.ADMIN_MAIL)
    async def show(request: Request, who: SignedIn) -> Response:
        """Show everything about a mail."""
        return await _sheet(desk, request, who)

    @desk.act(app, routes.ADMIN_MAIL)
    async def act(request: Request, who: SignedIn, form: FormData) -> Response:
        """Do to a mail what a button says."""
        number = read_id(request.path_params["number"])
        if number is None or await read_mail(desk.context, number) is None:
            return desk.missing(who, "mail")
        try:
            notice = await _do(desk, number, form, who.account.name)
        except (ByHandError, HeldError) as error:
            return await _sheet(desk, request, who, 422, error=as_sentence(error))
        return await _sheet(desk, request, who, notice=notice)


async def _do(desk: Desk, number: int, form: FormData, actor: str) -> str:
    match str(form.get("do", "")):
        case "resend":
            times = read_id(str(form.get("times", ""))) or 0
            queued = await resend_digest(desk.context, number, times, actor)
            return "It is on its way." if queued else "It was queued before, and goes out once."
        case "retry":
            if not await try_now(desk.context, number, actor):
                raise ByHandError("it does not wait for a later try any more")
            return "It goes out with the next sending."
        case "cancel":
            if not await cancel_mail(desk.context, number, actor):
                raise ByHandError("it is being handed over, or is settled; nothing was cancelled")
            return "It is cancelled."
        case "delivered" | "undelivered" as said:
            became = await release(
                desk.context, [number], delivered=said == "delivered", actor=actor
            )
            return f"It is {' and '.join(became)} now."
        case _:
            raise ByHandError("that cannot be done; nothing was")


async def _list(desk: Desk, request: Request, who: SignedIn) -> Response:
    query = request.query_params
    day = read_day(query.get("date", ""))
    state = read_choice(State, query.get("state", ""))
    kind = read_choice(Kind, query.get("kind", ""))
    after = read_place(query.get("after", ""))
    wanted = MailFilter(day, (state,) if state else (), kind)
    found, following = await find_mails(desk.context, wanted, after)
    path = f"{desk.root}{routes.ADMIN_MAILS}"
    asked = {"date": day or "", "state": state or "", "kind": kind or ""}
    place = f"{following.rank}.{following.id}" if following else ""
    return desk.page(
        who,
        "admin/mails.html",
        at=_AT,
        found=found,
        day=day,
        state=state,
        kind=kind,
        states=list(State),
        kinds=list(Kind),
        first="" if after is None else with_query(path, **asked),
        older=with_query(path, **asked, after=place) if place else "",
    )


async def _sheet(
    desk: Desk,
    request: Request,
    who: SignedIn,
    status: int = 200,
    *,
    notice: str = "",
    error: str = "",
) -> Response:
    number = read_id(request.path_params["number"])
    sheet = await read_mail(desk.context, number) if number else None
    if sheet is None:
        return desk.missing(who, "mail")
    row, now = sheet.row, desk.context.clock.now()
    hindrance = resend_hindrance(row, sheet.reader)
    return desk.page(
        who,
        "admin/mail.html",
        status,
        at=_AT,
        sheet=sheet,
        row=row,
        reader=sheet.reader,
        lines=list(sheet.story.lines()),
        kept=KEPT,
        longest=LONGEST,
        held=row.state is State.HELD,
        later=row.state is State.PENDING and now < min(row.next_try_at, row.expires_at),
        unbegun=row.state in _UNBEGUN,
        digest=row.kind in (Kind.DIGEST, Kind.RESEND) and row.selection_id is not None,
        hindrance=hindrance,
        times=0 if hindrance else await next_resend(desk.context, row),
        path=f"{desk.root}{routes.ADMIN_MAILS}/{row.id}",
        notice=notice,
        error=error,
    )
