"""Votes from a mail and the saved list: GET shows a button, POST acts, and each can be undone."""

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from digest.domain import links
from digest.domain.access import Access
from digest.domain.votes import UNDO, Opinion, Verdict
from digest.services.feedback import (
    PaperOpinion,
    SavedPaper,
    find_opinion,
    list_saved,
    record_vote,
)
from digest.texts import Texts
from digest.web import routes
from digest.web.parts import Web
from digest.web.reader_cards import ReaderCards
from digest.web.reader_pages import dead_link

_ASKED = (Verdict.MORE, Verdict.LESS, Verdict.SAVE)


def add_feedback(app: FastAPI, web: Web) -> None:
    """Add the routes of votes and of the saved list."""
    cards = ReaderCards(web.context.settings.base_url)

    @app.api_route(routes.FEEDBACK, methods=["GET", "HEAD"])
    async def ask(token: str, verdict: str, paper_id: str, request: Request) -> Response:
        """Show one button that names the paper; change nothing."""
        access = await web.gate.access(token)
        if access is None:
            return dead_link(web, request)
        asked, number = _read(verdict, paper_id)
        held = await find_opinion(web.context, access.reader.id, number)
        return _page(web, cards, access, token, asked, _known(held))

    @app.post(routes.FEEDBACK)
    async def act(token: str, verdict: str, paper_id: str, request: Request) -> Response:
        """Write the vote down, or take it back."""
        access = await web.gate.access(token)
        if access is None:
            return dead_link(web, request)
        asked, number = _read(verdict, paper_id)
        form = await request.form(max_files=0, max_fields=20)
        said = UNDO[asked] if form.get("do") == "undo" else asked
        after = await record_vote(
            web.context, access.reader.id, number, said, access.claims.delivery
        )
        return _page(web, cards, access, token, asked, _known(after), said=said)

    _add_saved(app, web, cards)


def _add_saved(app: FastAPI, web: Web, cards: ReaderCards) -> None:
    @app.api_route(routes.SAVED, methods=["GET", "HEAD"])
    async def saved(token: str, request: Request) -> Response:
        """Show the saved papers."""
        access = await web.gate.access(token)
        if access is None:
            return dead_link(web, request)
        return await _saved_page(web, cards, access, token)

    @app.post(routes.SAVED)
    async def unsave(token: str, request: Request) -> Response:
        """Take a paper off the list."""
        access = await web.gate.access(token)
        if access is None:
            return dead_link(web, request)
        form = await request.form(max_files=0, max_fields=20)
        _, number = _read(Verdict.SAVE, str(form.get("paper", "")))
        reader_id, delivery_id = access.reader.id, access.claims.delivery
        _known(await record_vote(web.context, reader_id, number, Verdict.UNSAVE, delivery_id))
        return await _saved_page(web, cards, access, token, removed=True)


def _read(verdict: str, paper_id: str) -> tuple[Verdict, int]:
    """Return what a path asks for; raise HTTPException (404) for what there cannot be."""
    number = paper_id.isascii() and paper_id.isdecimal() and len(paper_id) < 10
    if verdict not in _ASKED or not number:
        raise HTTPException(404)
    return Verdict(verdict), int(paper_id)


def _known(held: PaperOpinion | None) -> PaperOpinion:
    if held is None:
        raise HTTPException(404)
    return held


def _page(
    web: Web,
    cards: ReaderCards,
    access: Access,
    token: str,
    asked: Verdict,
    held: PaperOpinion,
    said: Verdict | None = None,
) -> Response:
    t = web.pages.texts(access.reader.preferences.language)
    root, paper_id = web.pages.root, held.paper.id
    others = [other for other in _ASKED if other is not asked]
    words = _words(t)
    done = _holds(held.opinion, asked)
    return web.pages.html(
        "feedback.html",
        language=t.language,
        card=cards.of_paper(held.paper, t.language),
        heading=_done(t)[said or asked] if said or done else words[asked],
        done=done,
        button=_undo(t)[asked] if done else words[asked],
        action=links.feedback_url(root, token, asked, paper_id),
        others=[(links.feedback_url(root, token, o, paper_id), words[o]) for o in others],
        saved=links.saved_url(root, token),
        preferences=links.preferences_url(root, token),
    )


def _holds(opinion: Opinion, asked: Verdict) -> bool:
    if asked is Verdict.SAVE:
        return opinion.saved_at is not None
    return opinion.liking is asked


def _words(t: Texts) -> dict[Verdict, str]:
    return {
        Verdict.MORE: t("More like this"),
        Verdict.LESS: t("Less like this"),
        Verdict.SAVE: t("Save this paper"),
    }


def _done(t: Texts) -> dict[Verdict, str]:
    return {
        Verdict.MORE: t("Noted: more like this"),
        Verdict.LESS: t("Noted: less like this"),
        Verdict.NEITHER: t("Taken back"),
        Verdict.SAVE: t("Saved"),
        Verdict.UNSAVE: t("No longer saved"),
    }


def _undo(t: Texts) -> dict[Verdict, str]:
    take_back = t("Take that back")
    return {
        Verdict.MORE: take_back,
        Verdict.LESS: take_back,
        Verdict.SAVE: t("Remove from the saved papers"),
    }


async def _saved_page(
    web: Web, cards: ReaderCards, access: Access, token: str, *, removed: bool = False
) -> Response:
    t = web.pages.texts(access.reader.preferences.language)
    found = await list_saved(web.context, access.reader.id)

    def shown(item: SavedPaper) -> dict[str, object]:
        card = cards.of_paper(item.paper, t.language)
        return {"id": item.paper.id, "card": card, "saved_on": t.short_day(item.saved_at.date())}

    return web.pages.html(
        "saved.html",
        language=t.language,
        papers=[shown(item) for item in found],
        removed=removed,
        action=links.saved_url(web.pages.root, token),
        preferences=links.preferences_url(web.pages.root, token),
    )
