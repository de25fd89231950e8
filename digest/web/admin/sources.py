"""Sources: how they do; added, tried, paused and taken out."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from digest.domain.tex import tex_to_text
from digest.services.signing_in import SignedIn
from digest.services.source_changes import (
    SourceError,
    add_source,
    get_source,
    pause_source,
    remove_source,
    resume_source,
)
from digest.services.source_glance import get_source_glance, list_source_glances
from digest.services.source_trial import Trial, try_source
from digest.settings.added import read_source
from digest.web import routes
from digest.web.admin.desk import Desk

KINDS = {"feed": "RSS, Atom or JSON feed", "arxiv": "arXiv", "huggingface": "Hugging Face"}
_DONE = {
    "added": "Added. It is asked within a few minutes.",
    "paused": "Paused. It is not asked until it is resumed, and nobody is alarmed meanwhile.",
    "resumed": "Resumed. It is asked within a few minutes.",
}
_GONE = "Taken out. The papers that it listed stay."


@dataclass(frozen=True, slots=True)
class Draft:
    """A source as the form has it."""

    name: str = ""
    kind: str = "feed"
    url: str = ""
    categories: str = ""
    poll_minutes: str = ""

    def table(self) -> dict[str, Any]:
        """Return it as a table under ``[[sources]]``, with the keys of its kind alone."""
        told: dict[str, Any] = {"name": self.name, "kind": self.kind}
        if self.kind == "feed":
            told["url"] = self.url
        if self.kind == "arxiv":
            told["categories"] = self.categories.replace(",", " ").split()
        return told | ({"poll_minutes": self.poll_minutes} if self.poll_minutes else {})


def add_sources(app: FastAPI, desk: Desk) -> None:
    """Add the routes of sources."""

    @desk.show(app, routes.ADMIN_SOURCES)
    async def show(request: Request, who: SignedIn) -> Response:
        """List every source."""
        notice = _GONE if request.query_params.get("done") == "removed" else ""
        glances = await list_source_glances(desk.context)
        return desk.page(
            who, "admin/sources.html", at="sources", glances=glances, kinds=KINDS, notice=notice
        )

    _add_one(app, desk)
    _add_new(app, desk)


def _add_one(app: FastAPI, desk: Desk) -> None:
    @desk.show(app, routes.ADMIN_SOURCE)
    async def show(request: Request, who: SignedIn) -> Response:
        """Show one source."""
        done = _DONE.get(request.query_params.get("done", ""), "")
        return await _page(desk, who, request.query_params.get("name", ""), notice=done)

    @desk.act(app, routes.ADMIN_SOURCE)
    async def change(request: Request, who: SignedIn, form: FormData) -> Response:
        """Try, pause, resume or take out a source."""
        del request
        name, do = str(form.get("name", "")), str(form.get("do", ""))
        actor, context = who.account.name, desk.context
        try:
            match do:
                case "pause":
                    await pause_source(context, actor, name)
                case "resume":
                    await resume_source(context, actor, name)
                case "remove":
                    await remove_source(context, actor, name)
                case _:
                    return await _page(desk, who, name, trial=await _tried(desk, name))
        except SourceError as error:
            return await _page(desk, who, name, error=str(error), status=422)
        if do == "remove":
            return RedirectResponse(f"{desk.root}{routes.ADMIN_SOURCES}?done=removed", 303)
        return _to(desk, name, "paused" if do == "pause" else "resumed")


def _add_new(app: FastAPI, desk: Desk) -> None:
    @desk.show(app, routes.ADMIN_NEW_SOURCE)
    async def begin(request: Request, who: SignedIn) -> Response:
        """Show the empty form."""
        del request
        return _form(desk, who, Draft())

    @desk.act(app, routes.ADMIN_NEW_SOURCE)
    async def create(request: Request, who: SignedIn, form: FormData) -> Response:
        """Try a new source, or add it."""
        del request
        draft = _typed(form)
        try:
            if form.get("do") == "add":
                added = await add_source(desk.context, who.account.name, draft.table())
                return _to(desk, added.name, "added")
            source = read_source(draft.table())
        except (SourceError, ValueError) as error:
            return _form(desk, who, draft, error=str(error), status=422)
        return _form(desk, who, draft, trial=await try_source(desk.context, source))


async def _tried(desk: Desk, name: str) -> Trial:
    one = await get_source(desk.context, name)
    if one.settings is None:
        raise SourceError(f"{name} cannot be used: {one.trouble}")
    return await try_source(desk.context, one.settings)


async def _page(
    desk: Desk,
    who: SignedIn,
    name: str,
    *,
    trial: Trial | None = None,
    notice: str = "",
    error: str = "",
    status: int = 200,
) -> Response:
    try:
        glance = await get_source_glance(desk.context, name)
    except SourceError:
        return desk.missing(who, "source")
    return desk.page(
        who,
        "admin/source.html",
        status,
        at="sources",
        glance=glance,
        kinds=KINDS,
        latest=[(one, tex_to_text(one.title)) for one in glance.latest],
        trial=trial,
        notice=notice,
        error=error,
    )


def _form(
    desk: Desk,
    who: SignedIn,
    draft: Draft,
    *,
    trial: Trial | None = None,
    error: str = "",
    status: int = 200,
) -> Response:
    facts: dict[str, Any] = {"draft": draft, "kinds": KINDS, "trial": trial, "error": error}
    return desk.page(who, "admin/new_source.html", status, at="sources", **facts)


def _typed(form: FormData) -> Draft:
    fields = ("name", "kind", "url", "categories", "poll_minutes")
    return Draft(**{field: str(form.get(field, "")).strip() for field in fields})


def _to(desk: Desk, name: str, done: str) -> Response:
    query = f"?name={quote(name, safe='')}&done={done}"
    return RedirectResponse(f"{desk.root}{routes.ADMIN_SOURCE}{query}", 303)
