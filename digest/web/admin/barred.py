"""The suppression list: who is barred and why, barring an address, lifting a bar."""

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from digest.domain.subscribers import SubscriberState
from digest.services.barring import bar, lift
from digest.services.looking_up import LONGEST, find_barred
from digest.services.signing_in import SignedIn
from digest.services.subscriptions import SubscriptionError
from digest.web import routes
from digest.web.admin.asked import as_sentence, read_id, with_query
from digest.web.admin.desk import Desk
from digest.web.admin.reader_deeds import DeedError


def add_barred(app: FastAPI, desk: Desk) -> None:
    """Add the route of the suppression list."""

    @desk.show(app, routes.ADMIN_BARRED)
    async def look(request: Request, who: SignedIn) -> Response:
        """List who is barred."""
        return await _page(desk, request, who)

    @desk.act(app, routes.ADMIN_BARRED)
    async def act(request: Request, who: SignedIn, form: FormData) -> Response:
        """Bar an address, or lift what bars one."""
        address, do = str(form.get("address", "")).strip(), str(form.get("do", ""))
        try:
            notice = await _do(desk, address, do, who.account.name)
        except (DeedError, SubscriptionError) as error:
            return await _page(desk, request, who, 422, error=as_sentence(error), typed=address)
        return await _page(desk, request, who, notice=notice)


async def _do(desk: Desk, address: str, do: str, actor: str) -> str:
    if do == "bar":
        await bar(desk.context, address, actor)
        return f"{address} is barred."
    if do == "lift":
        state = await lift(desk.context, address, actor=actor)
        reads = "; its reader reads on" if state is SubscriberState.ACTIVE else ""
        return f"The bar of {address} is lifted{reads}."
    raise DeedError("that cannot be done; nothing was")


async def _page(
    desk: Desk,
    request: Request,
    who: SignedIn,
    status: int = 200,
    *,
    notice: str = "",
    error: str = "",
    typed: str = "",
) -> Response:
    part = request.query_params.get("q", "")
    before = read_id(request.query_params.get("before", ""))
    found, more = await find_barred(desk.context, part, before)
    path, shown = f"{desk.root}{routes.ADMIN_BARRED}", part[:LONGEST]
    return desk.page(
        who,
        "admin/barred.html",
        status,
        at="suppression",
        found=found,
        part=shown,
        typed=typed[:LONGEST],
        first="" if before is None else with_query(path, q=shown),
        older=with_query(path, q=shown, before=found[-1].reader.id) if more else "",
        notice=notice,
        error=error,
    )
