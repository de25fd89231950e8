"""Imprint, privacy, and what crawlers are told."""

from functools import partial

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

from digest.settings.values import split_mailbox
from digest.web import routes
from digest.web.parts import Web
from digest.web.public.answers import Answers, Made, Missing, Shown, View

# whatever holds a token, and what has no end
_KEPT_FROM_CRAWLERS = (
    *("/confirm/", "/preferences", "/unsubscribe/", "/feedback/", "/mail/", "/feeds/"),
    *("/api/", "/search?", "/subscribe/"),
)


def add_notices(app: FastAPI, web: Web, answers: Answers) -> None:
    """Add imprint, privacy and robots.txt."""
    site, root = web.context.settings.site, web.pages.root

    @app.api_route(routes.IMPRINT, methods=["GET", "HEAD"])
    async def imprint(request: Request) -> Response:
        """Show the operator's imprint."""
        if _is_address(site.imprint):
            return RedirectResponse(site.imprint, 302)
        return await answers.answer(request, routes.IMPRINT, partial(_imprint, site.imprint))

    @app.api_route(routes.PRIVACY, methods=["GET", "HEAD"])
    async def privacy(request: Request) -> Response:
        """Show the operator's words on privacy, else what the program keeps."""
        if _is_address(site.privacy):
            return RedirectResponse(site.privacy, 302)
        return await answers.answer(request, routes.PRIVACY, partial(_privacy, web))

    @app.api_route(routes.ROBOTS, methods=["GET", "HEAD"])
    async def robots() -> Response:
        """Keep crawlers away from readers' own pages."""
        lines = ["User-agent: *", *(f"Disallow: {root}{path}" for path in _KEPT_FROM_CRAWLERS)]
        headers = {"cache-control": "public, max-age=3600"}
        return PlainTextResponse("\n".join([*lines, ""]), headers=headers)


def _is_address(notice: str) -> bool:
    return notice.startswith(("http://", "https://"))


async def _imprint(text: str, view: View) -> Made:
    if not text:
        return Missing(view.t("There is no such page"), view.t("This site has no imprint."))
    return _notice(view.t("Imprint"), text)


async def _privacy(web: Web, view: View) -> Made:
    settings = web.context.settings
    if settings.site.privacy:
        return _notice(view.t("Privacy"), settings.site.privacy)
    _, contact = split_mailbox(settings.mail.reply_to or settings.mail.from_)
    return Shown(
        "privacy.html",
        view.t("What is kept of readers, why, for how long, and how it is erased."),
        {
            "contact": contact,
            "count_opens": settings.site.count_opens,
            "days": settings.retention.deliveries_days,
        },
    )


def _notice(title: str, text: str) -> Shown:
    paragraphs = [part.splitlines() for part in text.split("\n\n") if part.strip()]
    return Shown("notice.html", title, {"title": title, "paragraphs": paragraphs})
