"""The preferences page: topics, time and length; pause, leave, come back; what is held."""

from datetime import date, timedelta
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response

from digest.domain import links
from digest.domain.access import Access
from digest.domain.preferences import PreferenceError
from digest.domain.reasons import reason_sentence
from digest.domain.schedule import local_date, next_edition
from digest.domain.sentences import SentenceError
from digest.domain.subscribers import Subscriber, SubscriberState, mask_address
from digest.services import reader_links
from digest.services.context import Context
from digest.services.personal_feed import feed_token
from digest.services.subscriptions import SubscriptionError
from digest.store import deliveries
from digest.texts import Texts
from digest.web import routes
from digest.web.changes import NeedsLinkError, Wish, fulfil
from digest.web.choices import Choices, choices_of, posted_choices
from digest.web.fields import field_facts
from digest.web.parts import Web
from digest.web.reader_pages import dead_link, said, small_link


def add_preferences(app: FastAPI, web: Web) -> None:
    """Add the routes of the preferences page."""

    @app.api_route(routes.PREFERENCES, methods=["GET", "HEAD"])
    async def show(token: str, request: Request) -> Response:
        """Show what the reader chose; change nothing."""
        access = await web.gate.access(token)
        if access is None:
            return dead_link(web, request)
        return await _page(web, access, token)

    @app.post(routes.PREFERENCES)
    async def change(token: str, request: Request) -> Response:
        """Do what a button asks."""
        access = await web.gate.access(token)
        if access is None:
            return dead_link(web, request)
        form = await request.form(max_files=0, max_fields=200)
        do = str(form.get("do", ""))
        if do == "signout":
            return await _sign_out(web, access, token)
        t = web.pages.texts(access.reader.preferences.language)
        try:
            done = await fulfil(Wish(web.context, access, form))
        except NeedsLinkError:
            return small_link(web, t, token)
        except (SubscriptionError, PreferenceError, SentenceError) as error:
            typed = posted_choices(form) if do == "save" else None
            new = str(form.get("address", ""))
            return await _page(web, access, token, typed=typed, new=new, error=said(t, error))
        changed = await web.gate.access(token) or access
        t = web.pages.texts(changed.reader.preferences.language)
        return await _page(web, changed, token, notice=t.say(done))


async def _sign_out(web: Web, access: Access, token: str) -> Response:
    t = web.pages.texts(access.reader.preferences.language)
    if not access.full:
        return small_link(web, t, token)
    await reader_links.sign_out(web.context, access.reader.id)
    return web.pages.message(
        t("All links are signed out"),
        t(
            "Links in mails sent until now only unsubscribe, and the feed's old address is gone. "
            "The next digest has new ones."
        ),
        links=[(links.ask_link_url(web.pages.root), t("Have a new link mailed"))],
        language=t.language,
    )


async def _page(
    web: Web,
    access: Access,
    token: str,
    *,
    typed: Choices | None = None,
    new: str = "",
    error: str = "",
    notice: str = "",
) -> Response:
    reader, root = access.reader, web.pages.root
    t = web.pages.texts(reader.preferences.language)
    catalogue = await web.catalogues.current()
    shown = typed or choices_of(reader.preferences, catalogue)
    return web.pages.html(
        "preferences.html",
        422 if error else 200,
        language=t.language,
        address=reader.address if access.full else mask_address(reader.address),
        full=access.full,
        state=reader.state.value,
        provable=reader_links.is_provable(reader),
        contact=web.context.settings.mail.contact_address,
        standing=await _standing(reader, web.context, t),
        action=links.preferences_url(root, token),
        unsubscribe=links.unsubscribe_url(root, token),
        history=links.history_url(root, token),
        saved=links.saved_url(root, token),
        preview=links.preview_url(root, token),
        export=links.export_url(root, token),
        erase=links.erase_url(root, token),
        feed=_feed_address(web.context, access),
        new_address=new,
        error=error,
        error_of="save" if typed else "",
        notice=notice,
        **_pause_days(reader, web.context),
        **field_facts(t, catalogue, await web.snapshots.current(), shown),
    )


def _pause_days(reader: Subscriber, context: Context) -> dict[str, Any]:
    today = local_date(reader.preferences.zone, context.clock.now())
    ahead = {"tomorrow": 1, "next_week": 7, "next_year": 366}
    return {name: today + timedelta(days=days) for name, days in ahead.items()}


def _feed_address(context: Context, access: Access) -> str:
    if not access.full:
        return ""
    return links.feed_url(context.settings.base_url, feed_token(context, access.reader))


async def _standing(reader: Subscriber, context: Context, t: Texts) -> str:
    """Return in one sentence what mail comes next, and if none, why."""
    chosen = reader.preferences
    match reader.state:
        case SubscriberState.ACTIVE:
            return t(
                "The next digest comes on {day} at {hour}, {zone}.",
                day=t.day(await _next_day(reader, context)),
                hour=f"{chosen.hour:02d}:00",
                zone=chosen.zone,
            )
        case SubscriberState.PAUSED if reader.paused_until:
            return t("Paused: no digest comes before {day}.", day=t.day(reader.paused_until))
        case SubscriberState.UNSUBSCRIBED:
            return t("You are unsubscribed: no digest comes.")
        case SubscriberState.SUPPRESSED:
            told = reader.state_reason or "it was reported as one that must not be mailed"
            return t(
                "No mail goes to this address any more: {reason}.",
                reason=t.say(reason_sentence(told)),
            )
        case SubscriberState.WAITING:
            return t("Confirmed. Whoever runs this site has yet to approve the subscription.")
        case _:
            return t("Not confirmed yet: the button in the confirmation mail does it.")


async def _next_day(reader: Subscriber, context: Context) -> date:
    """Return the local date of the next digest: one ahead that has no row in the ledger yet."""
    chosen, now = reader.preferences, context.clock.now()
    before = local_date(chosen.zone, now) - timedelta(days=1)
    day, due = next_edition(chosen.zone, chosen.hour, chosen.weekdays, before)
    async with context.database.read() as connection:
        row = await deliveries.find_digest(connection, reader.id, day)
    if due <= now or row is not None:
        day, _ = next_edition(chosen.zone, chosen.hour, chosen.weekdays, day)
    return day
