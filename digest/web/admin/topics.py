"""Topics: who follows them, what they bring, and their words and queries to be edited."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from digest.domain.catalogue import TopicError
from digest.domain.query import QuerySyntaxError
from digest.services.signing_in import SignedIn
from digest.services.topics import (
    TopicConflictError,
    count_readers,
    list_every,
    restore_topic,
    retire_topic,
    save_topic,
    topic_of,
)
from digest.store.topics import StoredTopic
from digest.web import routes
from digest.web.admin.desk import Desk
from digest.web.admin.trials import Trial, try_topic
from digest.web.fields import pace_text

_FIELDS = ("name", "group", "description", "query")
_DONE = {
    "saved": "Saved. Whoever follows the topic follows its new query from now on.",
    "retired": "Retired. Nobody is offered it any more; its readers keep its query as their own.",
    "restored": "Back in force, and offered to readers.",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A topic as the form has it; ``version`` is the one that was opened, 0 for a new one."""

    slug: str = ""
    name: str = ""
    group: str = ""
    description: str = ""
    query: str = ""
    version: int = 0
    error: str = ""
    pointer: str = ""  # the query with a caret below its fault


@dataclass(frozen=True, slots=True)
class Line:
    """A topic of the list: its readers, and how much it brings."""

    topic: StoredTopic
    readers: int
    pace: str


def add_topics(app: FastAPI, desk: Desk) -> None:
    """Add the routes of topics."""

    @desk.show(app, routes.ADMIN_TOPICS)
    async def show(request: Request, who: SignedIn) -> Response:
        """List every topic by group."""
        del request
        return await _list(desk, who)

    _add_editing(app, desk)
    _add_new(app, desk)


def _add_editing(app: FastAPI, desk: Desk) -> None:
    @desk.show(app, routes.ADMIN_TOPIC)
    async def show(request: Request, who: SignedIn) -> Response:
        """Show a topic's form, with what its query brings."""
        held = await _find(desk, request.path_params["slug"])
        if held is None:
            return desk.missing(who, "topic")
        notice = _DONE.get(request.query_params.get("done", ""), "")
        return await _form(desk, who, held, _draft_of(held), notice=notice)

    @desk.act(app, routes.ADMIN_TOPIC)
    async def change(request: Request, who: SignedIn, form: FormData) -> Response:
        """Test, save, retire or bring back."""
        held = await _find(desk, request.path_params["slug"])
        if held is None:
            return desk.missing(who, "topic")
        draft, slug = _typed(held.slug, form), held.slug
        actor, context = who.account.name, desk.context
        match str(form.get("do", "")):
            case "save":
                return await _save(desk, who, held, draft)
            case "retire" | "restore" as deed:
                try:
                    if deed == "retire":
                        await retire_topic(context, slug, actor=actor, version=draft.version)
                    else:
                        await restore_topic(context, slug, actor=actor)
                except TopicError as error:
                    again = replace(_draft_of(held), error=str(error))
                    return await _form(desk, who, held, again, status=409)
                return _to(desk, slug, f"{deed.removesuffix('e')}ed")
        return await _form(desk, who, held, draft)

    @desk.act(app, routes.ADMIN_TOPIC_TEST)
    async def test(request: Request, who: SignedIn, form: FormData) -> Response:
        """Return the part of the page that tells what a query would have matched."""
        del who
        held = await _find(desk, request.path_params["slug"])
        trial = await _try(desk, held, str(form.get("query", "")))
        return desk.web.pages.html("admin/_trial.html", trial=trial)


def _add_new(app: FastAPI, desk: Desk) -> None:
    @desk.show(app, routes.ADMIN_NEW_TOPIC)
    async def begin(request: Request, who: SignedIn) -> Response:
        """Show the empty form."""
        del request
        return await _form(desk, who, None, Draft())

    @desk.act(app, routes.ADMIN_NEW_TOPIC)
    async def create(request: Request, who: SignedIn, form: FormData) -> Response:
        """Test a new topic, or save it."""
        del request
        draft = replace(_typed(str(form.get("slug", "")).strip(), form), version=0)
        if form.get("do") == "save":
            return await _save(desk, who, None, draft)
        return await _form(desk, who, None, draft)

    @desk.act(app, routes.ADMIN_NEW_TOPIC_TEST)
    async def test(request: Request, who: SignedIn, form: FormData) -> Response:
        """Return the part of the page that tells what a query would have matched."""
        del request, who
        trial = await _try(desk, None, str(form.get("query", "")))
        return desk.web.pages.html("admin/_trial.html", trial=trial)


async def _list(desk: Desk, who: SignedIn) -> Response:
    readers, snapshot = await count_readers(desk.context), await desk.web.snapshots.current()
    t = desk.web.pages.texts("en")
    groups: dict[str, list[Line]] = {}
    retired: list[Line] = []
    for topic in await list_every(desk.context):
        pace = pace_text(t, snapshot.per_day(snapshot.mask(topic_of(topic).parsed)))
        line = Line(topic, readers.get(topic.slug, 0), pace)
        (groups.setdefault(topic.group, []) if topic.current else retired).append(line)
    return desk.page(who, "admin/topics.html", at="topics", groups=groups, retired=retired)


async def _save(desk: Desk, who: SignedIn, held: StoredTopic | None, draft: Draft) -> Response:
    told = {field: getattr(draft, field) for field in _FIELDS}
    try:
        saved = await save_topic(
            desk.context, draft.slug, **told, actor=who.account.name, version=draft.version
        )
    except QuerySyntaxError as error:
        wrong = replace(draft, error="The query cannot be read.", pointer=error.pointer())
        return await _form(desk, who, held, wrong, status=422)
    except TopicConflictError as error:
        return await _form(desk, who, held, replace(draft, error=str(error)), status=409)
    except TopicError as error:
        return await _form(desk, who, held, replace(draft, error=str(error)), status=422)
    return _to(desk, saved.slug, "saved")


async def _form(
    desk: Desk,
    who: SignedIn,
    held: StoredTopic | None,
    draft: Draft,
    *,
    notice: str = "",
    status: int = 200,
) -> Response:
    every = await list_every(desk.context)
    readers = await count_readers(desk.context)
    return desk.page(
        who,
        "admin/topic.html",
        status,
        at="topics",
        held=held,
        draft=draft,
        readers=readers.get(held.slug, 0) if held else 0,
        groups=list(dict.fromkeys(topic.group for topic in every)),
        trial=await _try(desk, held, draft.query) if draft.query.strip() else None,
        notice=notice,
        error=draft.error,
    )


async def _try(desk: Desk, held: StoredTopic | None, text: str) -> Trial:
    present = topic_of(held).parsed if held else None
    return try_topic(await desk.web.snapshots.current(), text, present, desk.root)


async def _find(desk: Desk, slug: str) -> StoredTopic | None:
    every: Mapping[str, StoredTopic] = {row.slug: row for row in await list_every(desk.context)}
    return every.get(slug)


def _draft_of(held: StoredTopic) -> Draft:
    return Draft(held.slug, held.name, held.group, held.description, held.query, held.version)


def _typed(slug: str, form: FormData) -> Draft:
    version = str(form.get("version", ""))
    told = {field: str(form.get(field, "")) for field in _FIELDS}
    # a version that no form has conflicts with every one
    number = int(version) if version.isascii() and version.isdigit() and len(version) < 9 else -1
    return Draft(slug, **told, version=number)


def _to(desk: Desk, slug: str, done: str) -> Response:
    return RedirectResponse(f"{desk.root}{routes.ADMIN_TOPICS}/{slug}?done={done}", 303)
