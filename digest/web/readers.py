"""What a reader's one-click links lead to: confirm and unsubscribe; and whose a link is."""

from fastapi import FastAPI
from fastapi.responses import Response

from digest.domain import links
from digest.domain.deliveries import CONFIRM_VALID
from digest.domain.subscribers import Subscriber, SubscriberState
from digest.domain.tokens import Claims, Purpose, read_token
from digest.services import subscriptions
from digest.services.context import Context
from digest.services.subscriptions import SubscriptionError
from digest.store import subscribers
from digest.web import routes
from digest.web.pages import Pages

_DEAD = "This link does not work"
_DEAD_TEXT = "It is damaged or was renewed since. Every newer mail has working links in its footer."
_OVER_TEXT = "It is damaged, or older than 48 hours. Subscribe again to be sent a new one."
_LEFT = "You are unsubscribed"


class Gate:
    """Reads tokens: which reader a link belongs to, and whether it may do what it asks."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def read_mail(self, token: str) -> Claims | None:
        """Return the claims of a link in a mail: valid for ever, whatever the generation."""
        claims = read_token(self._context.token_keys, token)
        return claims if claims and claims.purpose is Purpose.MAIL else None

    async def reader_of(self, token: str) -> Subscriber | None:
        """Return the reader whose preferences a link may change: its generation must be theirs."""
        claims = self.read_mail(token)
        reader = await self.find_reader(claims) if claims else None
        return (
            reader if reader and claims and reader.token_generation == claims.generation else None
        )

    async def find_reader(self, claims: Claims) -> Subscriber | None:
        """Return the reader that a link was made for, or None where they are gone."""
        async with self._context.database.read() as connection:
            return await subscribers.find_subscriber(connection, claims.subscriber)

    def read_confirm(self, token: str) -> Claims | None:
        """Return the claims of a confirmation link that is not over."""
        claims = read_token(self._context.token_keys, token)
        if claims is None or claims.purpose is not Purpose.CONFIRM:
            return None
        return claims if self._context.clock.now() <= claims.issued_at + CONFIRM_VALID else None


def dead_link(pages: Pages, text: str = _DEAD_TEXT) -> Response:
    """Return the page of a link that opens nothing."""
    return pages.message(_DEAD, text, 404)


def add_readers(app: FastAPI, context: Context, pages: Pages, gate: Gate) -> None:
    """Add the routes of the links that ask for one click."""
    _add_unsubscribe(app, context, pages, gate)
    _add_confirm(app, context, pages, gate)


def _add_unsubscribe(app: FastAPI, context: Context, pages: Pages, gate: Gate) -> None:
    @app.api_route(routes.UNSUBSCRIBE, methods=["GET", "HEAD"])
    async def ask(token: str) -> Response:
        """Show the button; change nothing."""
        claims = gate.read_mail(token)
        if claims is None:
            return dead_link(pages)
        reader = await gate.find_reader(claims)
        if reader is None or reader.state is SubscriberState.UNSUBSCRIBED:
            return await _left(pages, gate, token)
        return pages.message(
            "Unsubscribe?",
            "One click, and no digest comes any more.",
            action=links.unsubscribe_url(pages.root, token),
            button="Unsubscribe",
            links=[(links.pause_url(pages.root, token), "Pause it, or get it on fewer days")],
        )

    @app.post(routes.UNSUBSCRIBE)
    async def act(token: str) -> Response:
        """Unsubscribe at once (RFC 8058 section 3.2): no login, no cookie, no redirect."""
        claims = gate.read_mail(token)
        if claims is None:
            return dead_link(pages)
        await subscriptions.unsubscribe(context, claims.subscriber)
        return await _left(pages, gate, token)


async def _left(pages: Pages, gate: Gate, token: str) -> Response:
    """Say that no mail comes; offer the way back where the link may still open it."""
    text = "No digest comes any more."
    reader = await gate.reader_of(token)
    if reader is None or reader.state is not SubscriberState.UNSUBSCRIBED:
        return pages.message(_LEFT, text)
    return pages.message(
        _LEFT,
        f"{text} If that was a slip, one click takes it back.",
        action=links.preferences_url(pages.root, token),
        button="Subscribe again",
        do="undo",
        quiet=True,
    )


def _add_confirm(app: FastAPI, context: Context, pages: Pages, gate: Gate) -> None:
    @app.api_route(routes.CONFIRM, methods=["GET", "HEAD"])
    async def ask(token: str) -> Response:
        """Show the button; change nothing."""
        if gate.read_confirm(token) is None:
            return dead_link(pages, _OVER_TEXT)
        return pages.message(
            "Confirm your subscription",
            "One click, and the digest comes to your inbox. Every mail has a link to leave.",
            action=links.confirm_url(pages.root, token),
            button="Confirm",
        )

    @app.post(routes.CONFIRM)
    async def act(token: str) -> Response:
        """Make the subscription active."""
        claims = gate.read_confirm(token)
        try:
            active = claims is not None and await subscriptions.confirm(context, claims.subscriber)
        except SubscriptionError:  # the reader is gone since
            active = False
        if not active:
            return dead_link(pages, _OVER_TEXT)
        text = "The first digest is on its way. Its footer has the links to change or leave."
        return pages.message("You are subscribed", text)
