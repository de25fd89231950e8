"""Confirmations: GET shows what is asked for and a button, POST says yes, once."""

from fastapi import FastAPI, Request
from fastapi.responses import Response

from digest.domain import links
from digest.domain.deliveries import Kind
from digest.domain.signups import Worth
from digest.domain.subscribers import Preferences, SubscriberState, mask_address
from digest.domain.tokens import Claims, Purpose, make_token
from digest.services import confirming
from digest.services.confirming import Standing
from digest.store.deliveries import Delivery
from digest.texts import Texts
from digest.web import address_change, routes
from digest.web.choices import choices_of
from digest.web.fields import weekdays_in
from digest.web.parts import Web


def add_confirm(app: FastAPI, web: Web) -> None:
    """Add the routes of the links that ask for consent."""

    @app.api_route(routes.CONFIRM, methods=["GET", "HEAD"])
    async def ask(token: str, request: Request) -> Response:
        """Show what is to be confirmed, and the button; change nothing."""
        claims, row = await _read(web, token)
        if claims is None or row is None:
            return _over(web, web.texts(request))
        match row.kind:
            case Kind.CONFIRM:
                return await _signup_page(web, claims, row, token)
            case Kind.ADDRESS_CHANGE:
                return await address_change.confirm_page(web, row, token)
            case _:
                return _over(web, web.texts(request))

    @app.post(routes.CONFIRM)
    async def act(token: str, request: Request) -> Response:
        """Do what the link was mailed for, once."""
        claims, row = await _read(web, token)
        if claims is None or row is None:
            return _over(web, web.texts(request))
        match row.kind:
            case Kind.CONFIRM:
                return await _confirm_signup(web, claims, row)
            case Kind.ADDRESS_CHANGE:
                return await address_change.confirm_change(web, row, token)
            case _:
                return _over(web, web.texts(request))


async def _read(web: Web, token: str) -> tuple[Claims | None, Delivery | None]:
    """Return what a link claims and the delivery that carried it; None for what is no more."""
    claims = web.gate.read_confirm(token)
    row = await confirming.find_row(web.context, claims) if claims else None
    return claims, row


async def _signup_page(web: Web, claims: Claims, row: Delivery, token: str) -> Response:
    standing = await confirming.find_standing(web.context, claims)
    t = web.pages.texts(row.language)
    if standing.worth is Worth.DONE:
        return _done(web, t, standing)
    if standing.worth is Worth.VOID or standing.signup is None:
        return _over(web, t)
    chosen = standing.signup.preferences
    return web.pages.html(
        "confirm.html",
        language=t.language,
        address=mask_address(row.address),
        topics=[item.name for item in chosen.topics],
        when=when_text(t, chosen),
        action=links.confirm_url(web.pages.root, token),
        approval=web.context.settings.subscribe.mode == "approval",
    )


async def _confirm_signup(web: Web, claims: Claims, row: Delivery) -> Response:
    standing = await confirming.confirm(web.context, claims)
    t = web.pages.texts(row.language)
    return _over(web, t) if standing.worth is Worth.VOID else _done(web, t, standing)


def _done(web: Web, t: Texts, standing: Standing) -> Response:
    """Say what comes next; the same whether it was confirmed now or before."""
    reader, row = standing.reader, standing.delivery
    assert reader is not None
    assert row is not None
    claims = Claims(Purpose.MAIL, reader.id, row.id, reader.token_generation, row.planned_at)
    token = make_token(web.context.token_keys[0], claims)
    way = [(links.preferences_url(web.pages.root, token), t("Your preferences"))]
    if standing.worth is Worth.DONE:
        title = t("This is confirmed already")
        text = t("Nothing was left to do. Your preferences tell what comes next.")
    elif reader.state is SubscriberState.WAITING:
        title = t("Your address is confirmed")
        text = t(
            "The operator of this site looks at every new reader. "
            "Once that is done, the first digest comes by itself."
        )
    else:
        title = t("You are subscribed")
        text = _first_text(web, t, reader.preferences)
    return web.pages.message(title, text, links=way, home=True, language=t.language)


def _first_text(web: Web, t: Texts, chosen: Preferences) -> str:
    when = when_text(t, chosen)
    if web.context.settings.digest.first_at_once:
        return t("The first digest is on its way. From then on: {when}.", when=when)
    return t("The digest comes to your inbox: {when}.", when=when)


def when_text(t: Texts, chosen: Preferences) -> str:
    """Return in a few words when a reader gets mail."""
    choices = choices_of(chosen, {})
    names = dict(weekdays_in(t))
    days = {
        "daily": t("every day"),
        "workdays": t("Monday to Friday"),
    }.get(choices.cadence) or t.listing(names[day] for day in choices.weekdays)
    return t("{days} at {hour}, {zone}", days=days, hour=f"{chosen.hour:02d}:00", zone=chosen.zone)


def _over(web: Web, t: Texts) -> Response:
    title = t("This link does not work")
    text = t(
        "It is damaged, older than 48 hours, or a newer mail took its place. "
        "Subscribe again to be sent a new one."
    )
    way = [(f"{web.pages.root}/subscribe", t("Subscribe"))]
    return web.pages.message(title, text, 404, links=way, language=t.language)
