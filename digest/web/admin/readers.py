"""The readers: looked for, and each with everything about them and what may be done."""

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from digest.domain.schedule import weekday_names
from digest.domain.subscribers import EVERY_DAY, SubscriberState
from digest.services.looking_up import LONGEST, count_states, find_readers, read_reader
from digest.services.signing_in import SignedIn
from digest.services.subscriptions import SubscriptionError
from digest.web import routes
from digest.web.admin.asked import as_sentence, read_choice, read_id, with_query
from digest.web.admin.desk import Desk
from digest.web.admin.reader_deeds import DeedError, deeds_for, do_deed

_AT = "subscribers"


def add_readers(app: FastAPI, desk: Desk) -> None:
    """Add the routes of the readers."""

    @desk.show(app, routes.ADMIN_READERS)
    async def look(request: Request, who: SignedIn) -> Response:
        """List the readers that are looked for."""
        return await _list(desk, request, who)

    @desk.show(app, routes.ADMIN_READER)
    async def show(request: Request, who: SignedIn) -> Response:
        """Show everything about a reader."""
        return await _sheet(desk, request, who)

    @desk.act(app, routes.ADMIN_READER)
    async def act(request: Request, who: SignedIn, form: FormData) -> Response:
        """Do to a reader what a button says."""
        number = read_id(request.path_params["number"])
        sheet = await read_reader(desk.context, number) if number else None
        if sheet is None:
            return desk.missing(who, "reader")
        try:
            notice = await do_deed(desk.context, sheet.reader, form, who.account.name)
        except (DeedError, SubscriptionError) as error:
            return await _sheet(desk, request, who, 422, error=as_sentence(error))
        return await _sheet(desk, request, who, notice=notice)


async def _list(desk: Desk, request: Request, who: SignedIn) -> Response:
    part = request.query_params.get("q", "")
    state = read_choice(SubscriberState, request.query_params.get("state", ""))
    before = read_id(request.query_params.get("before", ""))
    found, more = await find_readers(desk.context, part, state, before)
    path = f"{desk.root}{routes.ADMIN_READERS}"
    asked = {"q": part[:LONGEST], "state": state.value if state else ""}
    return desk.page(
        who,
        "admin/readers.html",
        at=_AT,
        found=found,
        counts=await count_states(desk.context),
        states=list(SubscriberState),
        part=part[:LONGEST],
        state=state,
        first="" if before is None else with_query(path, **asked),
        older=with_query(path, **asked, before=found[-1].id) if more else "",
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
    before = read_id(request.query_params.get("before", ""))
    sheet = await read_reader(desk.context, number, before) if number else None
    if sheet is None:
        return desk.missing(who, "reader")
    path = f"{desk.root}{routes.ADMIN_READERS}/{sheet.reader.id}"
    chosen = sheet.reader.preferences
    daily = chosen.weekdays == EVERY_DAY
    return desk.page(
        who,
        "admin/reader.html",
        status,
        at=_AT,
        sheet=sheet,
        reader=sheet.reader,
        erased=sheet.reader.state is SubscriberState.ERASED,
        days="every day" if daily else ", ".join(weekday_names(chosen.weekdays)),
        deeds=deeds_for(sheet.reader),
        path=path,
        first="" if before is None else f"{path}#mails",
        older=with_query(path, before=sheet.mails[-1].id) + "#mails" if sheet.more_mails else "",
        notice=notice,
        error=error,
    )
