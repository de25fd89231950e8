"""Subscriptions: who reads, what they chose, and how both change. Each change acts at once."""

from dataclasses import dataclass
from datetime import date, timedelta

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.deliveries import CONFIRM_VALID, Kind
from digest.domain.preferences import PreferenceError, check_preferences
from digest.domain.schedule import due_utc, local_date
from digest.domain.subscribers import Preferences, Subscriber, SubscriberState
from digest.services.context import Context
from digest.settings.values import normalised_address
from digest.store import deliveries, slots, subscribers

log = structlog.get_logger()


class SubscriptionError(Exception):
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
        raise SubscriptionError(f"{address!r} is not an e-mail address: {error}") from error


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
            await slots.ensure_slot(connection, preferences.zone, preferences.hour, now)
            subscriber_id = await subscribers.add_subscriber(
                connection, normalised, preferences, state, now
            )
            if confirmed:
                await _owe_first(context, connection, subscriber_id, preferences)
            else:
                await deliveries.add_delivery(
                    connection,
                    subscriber_id,
                    Kind.CONFIRM,
                    now.date().isoformat(),
                    normalised,
                    preferences.language,
                    0,
                    now,
                    CONFIRM_VALID,
                )
    except IntegrityError as error:
        raise SubscriptionError(
            f"{normalised} is subscribed already; `digest subscribers list` shows how"
        ) from error
    log.info("subscribed", subscriber=subscriber_id, state=state.value)
    return Subscribed(subscriber_id, normalised, state)


async def confirm(context: Context, subscriber_id: int) -> bool:
    """Make a pending reader active, once; return whether they are active now."""
    now = context.clock.now()
    async with context.database.write() as connection:
        reader = await _get(connection, subscriber_id)
        if reader.state is SubscriberState.PENDING:
            extra = {"confirmed_at": now}
            await subscribers.save_state(
                connection, subscriber_id, SubscriberState.ACTIVE, "", extra
            )
            await _owe_first(context, connection, subscriber_id, reader.preferences)
            return True
        return reader.state is SubscriberState.ACTIVE


async def change_preferences(
    context: Context, subscriber_id: int, preferences: Preferences
) -> None:
    """Write a reader's choices. A new hour or zone moves today's edition if it has no row yet."""
    _check(preferences)
    now = context.clock.now()
    async with context.database.write() as connection:
        reader = await _get(connection, subscriber_id)
        await subscribers.save_preferences(connection, subscriber_id, preferences)
        old = reader.preferences
        if (old.zone, old.hour) == (preferences.zone, preferences.hour):
            return
        await slots.ensure_slot(connection, preferences.zone, preferences.hour, now)
        today = local_date(preferences.zone, now)
        due = due_utc(preferences.zone, today, preferences.hour)
        missed = due is not None and due <= now
        owed = missed and preferences.weekdays >> today.weekday() & 1
        await subscribers.save_at_once(connection, subscriber_id, today if owed else None)


async def unsubscribe(context: Context, subscriber_id: int, reason: str = "unsubscribed") -> bool:
    """End a subscription and cancel what was not sent yet; return False for nobody.

    Idempotent: whoever has left stays gone, and a complaint or bounce is not overwritten.
    """
    async with context.database.write() as connection:
        reader = await subscribers.find_subscriber(connection, subscriber_id)
        if reader is None:
            return False
        if reader.state is not SubscriberState.SUPPRESSED:
            await subscribers.save_state(
                connection, subscriber_id, SubscriberState.UNSUBSCRIBED, reason
            )
        await deliveries.cancel_open(connection, subscriber_id, "the reader unsubscribed")
    log.info("unsubscribed", subscriber=subscriber_id)
    return True


async def resubscribe(context: Context, subscriber_id: int) -> bool:
    """Undo an unsubscription by its own reader; return whether they are active now."""
    async with context.database.write() as connection:
        reader = await _get(connection, subscriber_id)
        if reader.state is SubscriberState.UNSUBSCRIBED and reader.confirmed_at is not None:
            await subscribers.save_state(connection, subscriber_id, SubscriberState.ACTIVE, "")
            return True
        return reader.state is SubscriberState.ACTIVE


async def pause(context: Context, subscriber_id: int, until: date) -> None:
    """Send a reader nothing before a local date; what ages out meanwhile is not sent later."""
    async with context.database.write() as connection:
        reader = await _get(connection, subscriber_id)
        today = local_date(reader.preferences.zone, context.clock.now())
        if not today < until <= today + timedelta(days=366):
            raise SubscriptionError(f"pause until a day after {today} and within a year")
        if reader.state in (SubscriberState.ACTIVE, SubscriberState.PAUSED):
            await subscribers.save_state(
                connection,
                subscriber_id,
                SubscriberState.PAUSED,
                f"paused until {until}",
                {"paused_until": until},
            )
            await deliveries.cancel_open(connection, subscriber_id, "the reader paused")


async def resume(context: Context, subscriber_id: int) -> None:
    """End a pause; the next digest comes at the reader's next hour."""
    async with context.database.write() as connection:
        reader = await _get(connection, subscriber_id)
        if reader.state is SubscriberState.PAUSED:
            await subscribers.save_state(
                connection, subscriber_id, SubscriberState.ACTIVE, "", {"paused_until": None}
            )


async def find_reader(context: Context, address: str) -> Subscriber:
    """Return the reader of an address; raise SubscriptionError where there is none."""
    async with context.database.read() as connection:
        reader = await subscribers.find_by_address(connection, address)
    if reader is None:
        raise SubscriptionError(
            f"nobody is subscribed as {address}; `digest subscribers list` shows who is"
        )
    return reader


async def _owe_first(
    context: Context, connection: AsyncConnection, subscriber_id: int, preferences: Preferences
) -> None:
    if context.settings.digest.first_at_once:
        today = local_date(preferences.zone, context.clock.now())
        await subscribers.save_at_once(connection, subscriber_id, today)


async def _get(connection: AsyncConnection, subscriber_id: int) -> Subscriber:
    reader = await subscribers.find_subscriber(connection, subscriber_id)
    if reader is None:
        raise SubscriptionError(f"there is no subscriber {subscriber_id}")
    return reader


def _check(preferences: Preferences) -> None:
    try:
        check_preferences(preferences)
    except PreferenceError as error:
        raise SubscriptionError(str(error)) from error
