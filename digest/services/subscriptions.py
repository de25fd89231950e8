"""Subscriptions: who reads, what they chose, and how both change. Each change acts at once."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.deliveries import CONFIRM_VALID, Kind
from digest.domain.opt_outs import Act
from digest.domain.preferences import PreferenceError, check_preferences
from digest.domain.schedule import due_utc, local_date
from digest.domain.sentences import SentenceError
from digest.domain.subscribers import Preferences, Subscriber, SubscriberState
from digest.services import erasure, opt_outs
from digest.services.context import Context
from digest.settings.values import normalised_address
from digest.store import deliveries, signups, slots, subscribers

log = structlog.get_logger()
OPERATOR = "operator"  # who asked for a sign-up; else the page, or the api


class SubscriptionError(SentenceError):
    """A subscription that cannot be made or changed, with what to do."""


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A new reader, and whether they have to confirm first."""

    id: int
    address: str
    state: SubscriberState


def normalise_address(address: str) -> str:
    """Return the address in its canonical form (RFC 5321, RFC 6531); raise SubscriptionError."""
    try:
        return normalised_address(address)
    except ValueError as error:
        raise SubscriptionError(
            "{address} is not an e-mail address: {reason}", address=repr(address), reason=str(error)
        ) from error


async def subscribe(
    context: Context, address: str, preferences: Preferences, *, confirmed: bool
) -> Subscribed:
    """Add a reader; an unconfirmed one is sent the mail that asks for consent.

    Raises SubscriptionError for an address that is taken or invalid, and for bad preferences.
    """
    normalised = normalise_address(address)
    _check(preferences)
    now = context.clock.now()
    state = SubscriberState.ACTIVE if confirmed else SubscriberState.PENDING
    try:
        async with context.database.write() as connection:
            if await erasure.is_barred(context, connection, normalised):
                raise SubscriptionError(
                    f"{normalised} was barred before its data was erased; nobody may mail it"
                )
            await slots.ensure_slot(connection, preferences.zone, preferences.hour, now)
            subscriber_id = await subscribers.add_subscriber(
                connection, normalised, preferences, state, now
            )
            if confirmed:
                await owe_first_digest(context, connection, subscriber_id, preferences)
            else:
                await ask_to_confirm(connection, subscriber_id, normalised, preferences, now)
    except IntegrityError as error:
        raise SubscriptionError(
            "{address} is subscribed already; `digest subscribers list` shows how",
            address=normalised,
        ) from error
    log.info("subscribed", subscriber=subscriber_id, state=state.value)
    return Subscribed(subscriber_id, normalised, state)


async def ask_to_confirm(
    connection: AsyncConnection,
    subscriber_id: int,
    address: str,
    preferences: Preferences,
    now: datetime,
) -> None:
    """Plan the mail that asks a new reader, entered by the operator, whether they agree."""
    day, language = now.date().isoformat(), preferences.language
    delivery_id = await deliveries.add_delivery(
        connection, subscriber_id, Kind.CONFIRM, day, address, language, 0, now, CONFIRM_VALID
    )
    await signups.add_signup(connection, subscriber_id, delivery_id, preferences, OPERATOR, now)


async def change_preferences(
    context: Context, subscriber_id: int, preferences: Preferences
) -> None:
    """Write a reader's choices. A new hour or zone moves today's edition if it has no row yet."""
    _check(preferences)
    now = context.clock.now()
    async with context.database.write() as connection:
        reader = await _get(connection, subscriber_id)
        await write_preferences(connection, reader, preferences, now)


async def write_preferences(
    connection: AsyncConnection, reader: Subscriber, preferences: Preferences, now: datetime
) -> None:
    """Write choices that were checked, as part of a transaction; see `change_preferences`."""
    await subscribers.save_preferences(connection, reader.id, preferences)
    old = reader.preferences
    if (old.zone, old.hour) == (preferences.zone, preferences.hour):
        return
    await slots.ensure_slot(connection, preferences.zone, preferences.hour, now)
    today = local_date(preferences.zone, now)
    due = due_utc(preferences.zone, today, preferences.hour)
    missed = due is not None and due <= now
    owed = missed and preferences.weekdays >> today.weekday() & 1
    await subscribers.save_at_once(connection, reader.id, today if owed else None)


async def unsubscribe(context: Context, subscriber_id: int, reason: str = "unsubscribed") -> bool:
    """End a subscription and cancel what was not sent yet; return False for nobody.

    Idempotent: whoever has left stays gone, and a complaint or bounce is not overwritten.
    """
    async with context.database.write() as connection:
        reader = await subscribers.find_subscriber(connection, subscriber_id)
        if reader is None:
            return False
        if reader.state not in (SubscriberState.SUPPRESSED, SubscriberState.ERASED):
            await subscribers.save_state(
                connection, subscriber_id, SubscriberState.UNSUBSCRIBED, reason
            )
            await opt_outs.note(context, connection, Act.UNSUBSCRIBE, reader.address)
        await deliveries.cancel_open(connection, subscriber_id, "the reader unsubscribed")
    log.info("unsubscribed", subscriber=subscriber_id)
    return True


async def resubscribe(
    context: Context, subscriber_id: int, *, pause_days: int = 0, weekdays: int | None = None
) -> bool:
    """Undo an unsubscription by its own reader; return whether they are subscribed now.

    Instead of all as it was, they may come back with a pause of some days or on other weekdays.
    """
    async with context.database.write() as connection:
        reader = await _get(connection, subscriber_id)
        left = reader.state is SubscriberState.UNSUBSCRIBED and reader.erase_asked_at is None
        if not left or reader.confirmed_at is None:
            return reader.state in (SubscriberState.ACTIVE, SubscriberState.PAUSED)
        if weekdays is not None:
            chosen = replace(reader.preferences, weekdays=weekdays)
            await subscribers.save_preferences(connection, subscriber_id, chosen)
        state, reason, until = SubscriberState.ACTIVE, "", None
        if pause_days:
            today = local_date(reader.preferences.zone, context.clock.now())
            until = today + timedelta(days=pause_days)
            state, reason = SubscriberState.PAUSED, f"paused until {until}"
        await subscribers.save_state(
            connection, subscriber_id, state, reason, {"paused_until": until}
        )
        await opt_outs.note(context, connection, Act.RETURN, reader.address)
        return True


async def pause(context: Context, subscriber_id: int, until: date) -> None:
    """Send a reader nothing before a local date; what ages out meanwhile is not sent later."""
    async with context.database.write() as connection:
        reader = await _get(connection, subscriber_id)
        today = local_date(reader.preferences.zone, context.clock.now())
        if not today < until <= today + timedelta(days=366):
            raise SubscriptionError("pause until a day after {day} and within a year", day=today)
        if reader.state in (SubscriberState.ACTIVE, SubscriberState.PAUSED):
            await subscribers.save_state(
                connection,
                subscriber_id,
                SubscriberState.PAUSED,
                f"paused until {until}",
                {"paused_until": until},
            )
            await deliveries.cancel_open(connection, subscriber_id, "the reader paused")
            await opt_outs.note(context, connection, Act.PAUSE, reader.address, until)


async def resume(context: Context, subscriber_id: int) -> None:
    """End a pause; the next digest comes at the reader's next hour."""
    async with context.database.write() as connection:
        reader = await _get(connection, subscriber_id)
        if reader.state is SubscriberState.PAUSED:
            await subscribers.save_state(
                connection, subscriber_id, SubscriberState.ACTIVE, "", {"paused_until": None}
            )
            await opt_outs.note(context, connection, Act.RETURN, reader.address)


async def find_reader(context: Context, address: str) -> Subscriber:
    """Return the reader of an address; raise SubscriptionError where there is none."""
    async with context.database.read() as connection:
        reader = await subscribers.find_by_address(connection, address)
    if reader is None:
        raise SubscriptionError(
            "nobody is subscribed as {address}; `digest subscribers list` shows who is",
            address=address,
        )
    return reader


async def owe_first_digest(
    context: Context, connection: AsyncConnection, subscriber_id: int, preferences: Preferences
) -> None:
    """Ask the next plan for a new reader's first digest, where the settings want it at once."""
    if context.settings.digest.first_at_once:
        today = local_date(preferences.zone, context.clock.now())
        await subscribers.save_at_once(connection, subscriber_id, today)


async def _get(connection: AsyncConnection, subscriber_id: int) -> Subscriber:
    reader = await subscribers.find_subscriber(connection, subscriber_id)
    if reader is None:
        raise SubscriptionError("there is no subscriber {number}", number=subscriber_id)
    return reader


def _check(preferences: Preferences) -> None:
    try:
        check_preferences(preferences)
    except PreferenceError as error:
        raise SubscriptionError(error.sentence) from error
