"""The operator's work on readers."""

from collections.abc import Awaitable
from datetime import date, datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from digest.domain.preferences import PreferenceError
from digest.domain.subscribers import Preferences, Subscriber, SubscriberState
from digest.services import erasure, subscriptions
from digest.services.context import Context
from digest.services.subscriptions import SubscriptionError, normalise_address
from digest.services.topics import load_catalogue
from digest.store import deliveries, subscribers
from digest.store.deliveries import Delivery
from digest.web import routes
from digest.web.api.answers import MAX_ID, told
from digest.web.api.choices import ADDRESS, Choices, SubscriberFacts, subscriber_facts
from digest.web.api.problems import ProblemError, responses

ReaderId = Annotated[int, Path(ge=1, le=MAX_ID)]
After = Annotated[int, Query(ge=0, le=MAX_ID, description="The last id of the page before.")]
Limit = Annotated[int, Query(ge=1, le=500)]
OneState = Annotated[SubscriberState | None, Query(description="In this state alone.")]
OneAddress = Annotated[str | None, Query(max_length=320, description="Of this address alone.")]
Erase = Annotated[bool, Query(description="Erase everything held about the reader.")]
_OPEN = (SubscriberState.ACTIVE, SubscriberState.PAUSED)
_LINK: dict[int | str, dict[str, Any]] = {
    200: {
        "headers": {
            "Link": {
                "description": "The `next` page, where there is one (RFC 8288).",
                "schema": {"type": "string"},
            }
        }
    }
}


class NewSubscriber(Choices):
    """A reader to add."""

    address: Annotated[str, ADDRESS]
    confirmed: bool = Field(
        default=True, strict=True, description="False sends a mail that asks them first."
    )


class ChangedSubscriber(Choices):
    """Changes of a reader."""

    state: Literal["active", "paused"] | None = Field(
        default=None, description="`paused` with `paused_until`; `active` ends a pause."
    )
    paused_until: date | None = Field(
        default=None, description="The date of the next digest: tomorrow or within a year."
    )


class SubscriberPage(BaseModel):
    """Some readers, by id."""

    items: list[SubscriberFacts]
    next: int | None = Field(description="`after` of the next page; null on the last.")


class DeliveryFacts(BaseModel):
    """One digest to a reader in the ledger."""

    id: int
    date: str = Field(description="The reader's local date.", examples=["2026-05-04"])
    state: str = Field(examples=["sent"])
    reason: str = Field(examples=["the reader paused"])
    planned_at: datetime
    next_try_at: datetime
    expires_at: datetime
    sent_at: datetime | None
    attempts: int
    reply: str = Field(description="The relay's.", examples=["250 2.0.0 ok"])
    papers: int | None = Field(description="In the mail; null before it was written.")


class DeliveryList(BaseModel):
    """The last digests, newest first."""

    items: list[DeliveryFacts]


def add_people(api: APIRouter, context: Context) -> None:
    """Add the routes of readers."""
    _add_lists(api, context)
    _add_changes(api, context)
    _add_removal(api, context)


def _add_lists(api: APIRouter, context: Context) -> None:
    @api.get(
        "/subscribers",
        response_model=SubscriberPage,
        responses=_LINK | responses(401, 422),
        summary="List readers",
    )
    async def list_subscribers(
        after: After = 0, limit: Limit = 100, state: OneState = None, address: OneAddress = None
    ) -> Response:
        """Readers in order of their ids; `next`, and the Link header, lead on."""
        wanted = address.replace("\0", "\N{REPLACEMENT CHARACTER}") if address else None
        async with context.database.read() as connection:
            found = await subscribers.list_subscribers(connection, after, limit + 1, state, wanted)
        more = found[limit - 1].id if len(found) > limit else None
        items = [subscriber_facts(reader) for reader in found[:limit]]
        answer = told(SubscriberPage(items=items, next=more))
        if more is not None:
            filters = {"state": state, "address": address}
            asked = {"after": more, "limit": limit} | {k: v for k, v in filters.items() if v}
            url = f"{context.settings.base_url}{routes.API}/subscribers?{urlencode(asked)}"
            answer.headers["link"] = f'<{url}>; rel="next"'
        return answer

    @api.get(
        "/subscribers/{subscriber_id}",
        response_model=SubscriberFacts,
        responses=responses(401, 404, 422),
        summary="Read a reader",
    )
    async def read_subscriber(subscriber_id: ReaderId) -> Response:
        """Read what a reader chose, and where they stand."""
        return told(subscriber_facts(await _find(context, subscriber_id)))

    @api.get(
        "/subscribers/{subscriber_id}/deliveries",
        response_model=DeliveryList,
        responses=responses(401, 404, 422),
        summary="List a reader's digests",
    )
    async def list_deliveries(subscriber_id: ReaderId) -> Response:
        """The last 30 digests of a reader, with what became of each."""
        await _find(context, subscriber_id)
        async with context.database.read() as connection:
            rows = await deliveries.list_digests(connection, subscriber_id, 30)
        return told(DeliveryList(items=[_delivery(row) for row in rows]))


def _add_changes(api: APIRouter, context: Context) -> None:
    @api.post(
        "/subscribers",
        status_code=201,
        response_model=SubscriberFacts,
        responses=_LOCATION | responses(400, 401, 409, 413, 422),
        summary="Add a reader",
    )
    async def add_subscriber(asked: NewSubscriber) -> Response:
        """Add a reader, confirmed unless told otherwise."""
        held = Preferences(max_papers=context.settings.digest.max_papers)
        chosen = await _chosen(context, asked, held)
        address = _address(asked.address)
        adding = subscriptions.subscribe(context, address, chosen, confirmed=asked.confirmed)
        added = await _or(409, adding)
        answer = told(subscriber_facts(await _find(context, added.id)), 201)
        base = context.settings.base_url
        answer.headers["location"] = f"{base}{routes.API}/subscribers/{added.id}"
        return answer

    @api.patch(
        "/subscribers/{subscriber_id}",
        response_model=SubscriberFacts,
        responses=responses(400, 401, 404, 409, 413, 422),
        summary="Change a reader",
    )
    async def change_subscriber(subscriber_id: ReaderId, asked: ChangedSubscriber) -> Response:
        """Change what a reader chose, pause or resume. A refused change changes nothing."""
        reader = await _find(context, subscriber_id)
        chosen = await _chosen(context, asked, reader.preferences)
        await _move(context, reader, asked)
        if chosen != reader.preferences:
            await _or(422, subscriptions.change_preferences(context, subscriber_id, chosen))
        return told(subscriber_facts(await _find(context, subscriber_id)))


def _add_removal(api: APIRouter, context: Context) -> None:
    @api.delete(
        "/subscribers/{subscriber_id}",
        status_code=204,
        response_class=Response,
        responses=_ACCEPTED | responses(401, 404, 422),
        summary="Unsubscribe or erase a reader",
    )
    async def remove_subscriber(subscriber_id: ReaderId, erase: Erase = False) -> Response:
        """Unsubscribe a reader at their wish; what is not sent yet is cancelled.

        With `erase` nothing stays of them but a number, states and dates.
        """
        if erase:
            await _find(context, subscriber_id)
            done = await erasure.erase(context, subscriber_id)
            return Response(status_code=204 if done else 202)
        reason = "unsubscribed by the operator"
        if not await subscriptions.unsubscribe(context, subscriber_id, reason):
            raise _nobody()
        return Response(status_code=204)


_ACCEPTED: dict[int | str, dict[str, Any]] = {
    202: {"description": "A mail is being handed over; the erasure is finished after it."}
}
_LOCATION: dict[int | str, dict[str, Any]] = {
    201: {"headers": {"Location": {"schema": {"type": "string"}}}}
}


async def _move(context: Context, reader: Subscriber, asked: ChangedSubscriber) -> None:
    """Pause or resume; raise ProblemError where the reader's state or the date forbids it."""
    if (asked.state == "paused") != (asked.paused_until is not None):
        raise ProblemError(422, "The state paused and a date in paused_until go together.")
    if asked.state is None:
        return
    if reader.state not in _OPEN:
        raise ProblemError(409, f"The reader is {reader.state.value}; only they can change that.")
    if asked.paused_until is not None:
        await _or(422, subscriptions.pause(context, reader.id, asked.paused_until))
    else:
        await subscriptions.resume(context, reader.id)


async def _chosen(context: Context, asked: Choices, held: Preferences) -> Preferences:
    try:
        return asked.preferences(held, await load_catalogue(context))
    except PreferenceError as error:
        raise ProblemError(422, str(error)) from error


def _address(address: str) -> str:
    try:
        return normalise_address(address)
    except SubscriptionError as error:
        raise ProblemError(422, str(error)) from error


async def _or(status: int, work: Awaitable[Any]) -> Any:
    """Return what a service does; a refusal of it is a problem of that status."""
    try:
        return await work
    except SubscriptionError as error:
        raise ProblemError(status, str(error)) from error


async def _find(context: Context, subscriber_id: int) -> Subscriber:
    async with context.database.read() as connection:
        reader = await subscribers.find_subscriber(connection, subscriber_id)
    if reader is None or reader.state is SubscriberState.ERASED:
        raise _nobody()
    return reader


def _nobody() -> ProblemError:
    return ProblemError(404, "There is no such reader.")


def _delivery(row: Delivery) -> DeliveryFacts:
    names = ("id", "reason", "planned_at", "next_try_at", "expires_at", "sent_at", "attempts")
    facts = {name: getattr(row, name) for name in names}
    return DeliveryFacts(
        **facts,
        date=row.dedupe_key[:10],
        state=row.state.value,
        reply=row.reply,
        papers=row.placed,
    )
