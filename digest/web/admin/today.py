"""The first admin page: the day at a glance, the doctor's last round, what is wrong."""

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from digest.domain.checkups import Checkup, Level
from digest.services.glance import read_glance
from digest.services.signing_in import SignedIn
from digest.web import routes
from digest.web.admin.desk import Desk

_WORST_FIRST = (Level.RED, Level.YELLOW, Level.GREEN, Level.SKIPPED)


def add_today(app: FastAPI, desk: Desk) -> None:
    """Add the route of the first page."""

    @desk.show(app, routes.ADMIN)
    async def show(request: Request, who: SignedIn) -> Response:
        """Show the day; a round of the doctor that is too old is begun anew meanwhile."""
        del request
        if desk.web.rounds is not None:
            desk.web.rounds.ask()
        return await _page(desk, who)

    @desk.act(app, routes.ADMIN)
    async def examine(request: Request, who: SignedIn, form: FormData) -> Response:
        """Have the doctor look around now."""
        del request, who, form
        if desk.web.rounds is not None:
            desk.web.rounds.ask(anew=True)
            await desk.web.rounds.wait()
        return RedirectResponse(f"{desk.root}{routes.ADMIN}#doctor", 303)


async def _page(desk: Desk, who: SignedIn) -> Response:
    rounds = desk.web.rounds
    kept = rounds.kept if rounds else None
    checkups = sorted(kept.checkups, key=_badness) if kept else []
    return desk.page(
        who,
        "admin/today.html",
        at="",
        glance=await read_glance(desk.context),
        now=desk.context.clock.now(),
        checked_at=kept.at if kept else None,
        wrong=[one for one in checkups if one.level in (Level.RED, Level.YELLOW)],
        well=[one for one in checkups if one.level is Level.GREEN],
        skipped=[one for one in checkups if one.level is Level.SKIPPED],
        doctor=rounds is not None,
        looking=rounds is not None and rounds.under_way,
    )


def _badness(one: Checkup) -> int:
    return _WORST_FIRST.index(one.level)
