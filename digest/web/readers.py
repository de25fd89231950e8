"""What a reader's one-click link leads to: unsubscribing, and the ways back."""

from fastapi import FastAPI, Request
from fastapi.responses import Response

from digest.domain import links
from digest.domain.subscribers import SubscriberState
from digest.services import subscriptions
from digest.web import routes
from digest.web.parts import Web
from digest.web.reader_pages import dead_link


def add_readers(app: FastAPI, web: Web) -> None:
    """Add the routes of the link that asks for one click."""

    @app.api_route(routes.UNSUBSCRIBE, methods=["GET", "HEAD"])
    async def ask(token: str, request: Request) -> Response:
        """Show the button; change nothing."""
        claims = web.gate.read_leave(token)
        if claims is None:
            return dead_link(web, request)
        reader = await web.gate.find_reader(claims)
        gone = (SubscriberState.UNSUBSCRIBED, SubscriberState.ERASED)
        if reader is None or reader.state in gone:
            return await _left(web, token, request)
        t = web.pages.texts(reader.preferences.language)
        return web.pages.message(
            t("Unsubscribe?"),
            t("One click, and no digest comes any more."),
            action=links.unsubscribe_url(web.pages.root, token),
            button=t("Unsubscribe"),
            links=[(links.pause_url(web.pages.root, token), t("Pause it, or have it less often"))],
            language=t.language,
        )

    @app.post(routes.UNSUBSCRIBE)
    async def act(token: str, request: Request) -> Response:
        """Unsubscribe at once (RFC 8058 section 3.2): no login, no cookie, no redirect."""
        claims = web.gate.read_leave(token)
        if claims is None:
            return dead_link(web, request)
        await subscriptions.unsubscribe(web.context, claims.subscriber)
        return await _left(web, token, request)


async def _left(web: Web, token: str, request: Request) -> Response:
    """Say that no mail comes; offer the ways back where the link may still open them."""
    access = await web.gate.access(token)
    back = access is not None and access.reader.state is SubscriberState.UNSUBSCRIBED
    known = access is not None and access.reader.confirmed_at is not None
    t = web.pages.texts(access.reader.preferences.language) if access else web.texts(request)
    return web.pages.html(
        "left.html",
        language=t.language,
        action=links.preferences_url(web.pages.root, token) if back and known else "",
    )
