"""What a reader was sent and why: the last digests, one paper, and the next digest as a preview."""

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from digest.domain import links
from digest.domain.subscribers import Subscriber
from digest.services.preview import preview as make_preview
from digest.services.reader_history import HistoryDay, find_paper, list_history
from digest.services.why import PaperAnswer, why_paper
from digest.texts import Texts
from digest.web import routes
from digest.web.parts import Web
from digest.web.reader_cards import ReaderCards
from digest.web.reader_pages import dead_link
from digest.web.safety import MAIL_POLICY

LONGEST_QUESTION = 300  # characters of what somebody types to name a paper


def add_history(app: FastAPI, web: Web) -> None:
    """Add the routes of history, reasons and preview."""
    cards = ReaderCards(web.context.settings.base_url)

    @app.api_route(routes.HISTORY, methods=["GET", "HEAD"])
    async def history(token: str, request: Request) -> Response:
        """Show the last digests and the days without one."""
        access = await web.gate.access(token)
        if access is None:
            return dead_link(web, request)
        t = web.pages.texts(access.reader.preferences.language)
        days = await list_history(web.context, access.reader)
        return web.pages.html(
            "history.html",
            language=t.language,
            days=[_shown(web, t, day) for day in days],
            why=links.why_url(web.pages.root, token),
            preferences=links.preferences_url(web.pages.root, token),
            typed="",
        )

    @app.api_route(routes.WHY, methods=["GET", "HEAD"])
    async def why(token: str, request: Request, paper: str = "") -> Response:
        """Tell why a paper came or did not."""
        access = await web.gate.access(token)
        if access is None:
            return dead_link(web, request)
        return await _answer(web, cards, access.reader, token, paper[:LONGEST_QUESTION])

    @app.api_route(routes.PREVIEW, methods=["GET", "HEAD"])
    async def preview(token: str, request: Request) -> Response:
        """Show the next digest as it would be now: the mail itself, its links the reader's own."""
        access = await web.gate.access(token)
        if access is None:
            return dead_link(web, request)
        return await _preview(web, access.reader, token)


def _shown(web: Web, t: Texts, day: HistoryDay) -> dict[str, object]:
    states = {
        "sent": t("Sent"),
        "empty": t("Nothing new"),
        "expired": t("Not delivered in time"),
        "skipped": t("Left out"),
        "cancelled": t("Cancelled"),
        "refused": t("Refused by your mail provider"),
        "failed": t("Could not be delivered"),
        "no digest": t("No digest"),
    }
    answer = day.answer
    return {
        "day": t.day(answer.day),
        "state": states.get(answer.state, t("On its way")),
        "sent": answer.state == "sent",
        "count": len(answer.papers),
        "reason": str(answer.reason),
        "url": links.browser_view_url(web.pages.root, day.mail_token) if day.mail_token else "",
    }


async def _answer(
    web: Web, cards: ReaderCards, reader: Subscriber, token: str, typed: str
) -> Response:
    t = web.pages.texts(reader.preferences.language)
    paper_id = await find_paper(web.context, typed, web.context.settings.base_url)
    found: PaperAnswer | None = None
    if paper_id is not None:
        found = await why_paper(web.context, reader, paper_id)
    return web.pages.html(
        "why.html",
        200 if found or not typed else 404,
        language=t.language,
        typed=typed,
        card=cards.of_title(found.paper_id, found.title, t.language) if found else None,
        came=found.came if found else False,
        reasons=[str(reason) for reason in found.reasons] if found else [],
        action=links.why_url(web.pages.root, token),
        history=links.history_url(web.pages.root, token),
    )


async def _preview(web: Web, reader: Subscriber, token: str) -> Response:
    t = web.pages.texts(reader.preferences.language)
    made = await make_preview(web.context, reader, web.context.clock.now())
    if made.empty_reason:
        return web.pages.message(
            t("A digest made now would be empty"),
            t("No mail would come: {reason}.", reason=str(made.empty_reason)),
            links=[(links.preferences_url(web.pages.root, token), t("Back to your preferences"))],
            language=t.language,
        )
    page = web.context.renderer.render_browser_view(made.facts, made.view, token)
    return HTMLResponse(page, headers={"content-security-policy": MAIL_POLICY})
