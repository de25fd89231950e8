"""The preferences page: topics, time and length; pause, resume, and the way back."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from zoneinfo import available_timezones

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from digest.catalogue import read_catalogue
from digest.domain import links
from digest.domain.catalogue import CatalogueTopic
from digest.domain.preferences import PreferenceError
from digest.domain.schedule import local_date, next_edition
from digest.domain.subscribers import Subscriber, SubscriberState, mask_address
from digest.services import subscriptions
from digest.services.context import Context
from digest.services.subscriptions import SubscriptionError
from digest.store import deliveries
from digest.web import routes
from digest.web.choices import (
    Catalogue,
    Choices,
    choices_of,
    posted_choices,
    preferences_of,
    read_date,
)
from digest.web.pages import Pages
from digest.web.readers import Gate, dead_link

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DONE = {
    "save": "Saved. Topics and length count from the next digest on, everything else at once.",
    "pause": "Paused. What trends meanwhile is not sent later.",
    "resume": "The digest goes on.",
    "undo": "You are subscribed again.",
}


def add_preferences(app: FastAPI, context: Context, pages: Pages, gate: Gate) -> None:
    """Add the routes of the preferences page."""

    @app.api_route(routes.PREFERENCES, methods=["GET", "HEAD"])
    async def show(token: str) -> Response:
        """Show what the reader chose; change nothing."""
        reader = await gate.reader_of(token)
        if reader is None:
            return dead_link(pages)
        return await _page(context, pages, reader, token)

    @app.post(routes.PREFERENCES)
    async def change(token: str, request: Request) -> Response:
        """Do what the form asks: save, pause, resume, undo."""
        reader = await gate.reader_of(token)
        if reader is None:
            return dead_link(pages)
        form = await request.form(max_files=0, max_fields=200)
        do = str(form.get("do", ""))
        try:
            await _change(context, reader, do, form)
        except (SubscriptionError, PreferenceError) as error:
            typed = posted_choices(form) if do == "save" else None
            return await _page(context, pages, reader, token, typed=typed, error=str(error))
        changed = await gate.reader_of(token)
        return await _page(context, pages, changed or reader, token, notice=_DONE[do])


async def _change(context: Context, reader: Subscriber, do: str, form: FormData) -> None:
    match do:
        case "save":
            typed = posted_choices(form)
            chosen = preferences_of(typed, reader.preferences, _catalogue())
            await subscriptions.change_preferences(context, reader.id, chosen)
        case "pause":
            until = read_date(str(form.get("until", "")))
            await subscriptions.pause(context, reader.id, until)
        case "resume":
            await subscriptions.resume(context, reader.id)
        case "undo" if not await subscriptions.resubscribe(context, reader.id):
            raise PreferenceError("this address cannot be subscribed again from here")
        case "undo":
            pass
        case _:
            raise PreferenceError("the form did not say what to do; use one of the buttons below")


async def _page(
    context: Context,
    pages: Pages,
    reader: Subscriber,
    token: str,
    *,
    typed: Choices | None = None,
    error: str = "",
    notice: str = "",
) -> Response:
    held = reader.preferences
    shown = typed or choices_of(held, _catalogue())
    today = local_date(held.zone, context.clock.now())
    return pages.html(
        "preferences.html",
        422 if error else 200,
        address=mask_address(reader.address),
        state=reader.state.value,
        standing=await _standing(reader, context),
        shown=shown,
        action=links.preferences_url(pages.root, token),
        unsubscribe=links.unsubscribe_url(pages.root, token),
        groups=_groups(),
        zones=_zones(shown.zone),
        weekdays=[(day[:3].lower(), day) for day in _DAYS],
        tomorrow=today + timedelta(days=1),
        next_week=today + timedelta(days=7),
        error=error,
        notice=notice,
    )


async def _standing(reader: Subscriber, context: Context) -> str:
    """Return in one sentence what mail comes next, and if none, why."""
    chosen = reader.preferences
    match reader.state:
        case SubscriberState.ACTIVE:
            day = _spoken(await _next_day(reader, context))
            return f"The next digest comes on {day} at {chosen.hour:02d}:00, {chosen.zone}."
        case SubscriberState.PAUSED if reader.paused_until:
            return f"Paused: no digest comes before {_spoken(reader.paused_until)}."
        case SubscriberState.UNSUBSCRIBED:
            return "You are unsubscribed: no digest comes."
        case SubscriberState.SUPPRESSED:
            return f"No mail goes to this address any more: {reader.state_reason}."
        case _:
            return "Not confirmed yet: the button in the confirmation mail does it."


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


def _spoken(day: date) -> str:
    """Return a date as people say it: "Monday, 4 May 2026"."""
    return f"{_DAYS[day.weekday()]}, {day.day} {day:%B %Y}"


def _catalogue() -> Catalogue:
    return {topic.slug: topic for topic in read_catalogue()}


def _groups() -> Sequence[tuple[str, list[CatalogueTopic]]]:
    groups: dict[str, list[CatalogueTopic]] = {}
    for topic in read_catalogue():
        groups.setdefault(topic.group, []).append(topic)
    return list(groups.items())


@cache
def _places() -> tuple[str, ...]:
    named = (z for z in available_timezones() if "/" in z and not z.startswith("Etc/"))
    return (*sorted(named), "UTC")


def _zones(held: str) -> Sequence[str]:
    """Return the zones to choose from, a reader's older spelling ("Japan") among them."""
    return _places() if held in _places() else (held, *_places())
