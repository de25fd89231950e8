"""Links mailed on request, the proof of an address, and the end of every link there was."""

from datetime import datetime, timedelta

import structlog

from digest.domain.access import MANAGE_VALID
from digest.domain.deliveries import CONFIRM_VALID, Kind
from digest.domain.subscribers import Subscriber, SubscriberState, Suppression
from digest.services import audit
from digest.services.context import Context
from digest.services.signup import admit_network
from digest.services.subscriptions import normalise_address
from digest.store import signups, single_mails, subscribers

log = structlog.get_logger()
LINKS_A_DAY = 6
_DAY = timedelta(days=1)


async def ask_for_link(context: Context, address: str, client: str) -> None:
    """Mail the owner of an address a link to everything of theirs, if there is such a reader.

    ``client`` is the IP address of whoever asks. Raises SubscriptionError for what is no address
    and SignupError for a network that asks too often; nothing tells whether a mail was queued.
    """
    normalised = normalise_address(address)
    await admit_network(context, client, "link network")
    async with context.database.read() as connection:
        reader = await subscribers.find_by_address(connection, normalised)
    if reader is not None:
        await mail_link(context, reader.id)


async def mail_link(context: Context, subscriber_id: int, *, actor: str = "") -> bool:
    """Mail a reader a link that may do everything; return False where none may be sent now.

    One an hour and generation of links, six a day; one a day to an address that bounced.
    """
    now = context.clock.now()
    async with context.database.write() as connection:
        reader = await subscribers.lock_subscriber(connection, subscriber_id)
        if reader is None or not _may_be_mailed(reader):
            return False
        kind, since = Kind.PREFERENCES_LINK, now - _DAY
        if await single_mails.count_since(connection, reader.id, kind, since) >= LINKS_A_DAY:
            return False
        queued = await single_mails.add_once(
            connection,
            reader.id,
            kind,
            _link_key(reader, now),
            reader.address,
            reader.preferences.language,
            reader.token_generation,
            now,
            MANAGE_VALID,
        )
        if queued is not None:
            await audit.note_reader(context, connection, actor, "link", reader.id)
    return queued is not None


def _may_be_mailed(reader: Subscriber) -> bool:
    if reader.erase_asked_at is not None or reader.confirmed_at is None:
        return False
    if reader.state is SubscriberState.SUPPRESSED:
        return reader.suppression is Suppression.BOUNCE
    return reader.state not in (SubscriberState.PENDING, SubscriberState.ERASED)


def _link_key(reader: Subscriber, now: datetime) -> str:
    if reader.state is SubscriberState.SUPPRESSED:
        return now.date().isoformat()
    return f"{now:%Y-%m-%dT%H}.{reader.token_generation}"


async def prove_address(context: Context, subscriber_id: int, *, actor: str = "") -> bool:
    """Mail a confirmation to an address that bounced, at its owner's wish and once a day.

    Confirming it lifts the suppression. Returns False where none may be sent now.
    """
    now = context.clock.now()
    async with context.database.write() as connection:
        reader = await subscribers.lock_subscriber(connection, subscriber_id)
        if reader is None or not is_provable(reader):
            return False
        queued = await single_mails.add_once(
            connection,
            reader.id,
            Kind.CONFIRM,
            now.date().isoformat(),
            reader.address,
            reader.preferences.language,
            reader.token_generation,
            now,
            CONFIRM_VALID,
        )
        if queued is not None:  # what it will carry to the reader is what they hold already
            await signups.add_signup(connection, reader.id, queued, reader.preferences, "page", now)
            await audit.note_reader(context, connection, actor, "prove", reader.id)
    return queued is not None


def is_provable(reader: Subscriber) -> bool:
    """Return whether a mail to the reader may lift their suppression: after a bounce alone."""
    barred = reader.state is SubscriberState.SUPPRESSED
    return barred and reader.suppression is Suppression.BOUNCE and reader.erase_asked_at is None


async def sign_out(context: Context, subscriber_id: int) -> None:
    """Void every link and the feed's address that a reader was ever sent.

    Old links still unsubscribe. Waiting digests get links that work.
    """
    async with context.database.write() as connection:
        reader = await subscribers.lock_subscriber(connection, subscriber_id)
        if reader is None or reader.state is SubscriberState.ERASED:
            return
        generation = reader.token_generation + 1
        values = {"token_generation": generation, "feed_generation": reader.feed_generation + 1}
        await subscribers.save_columns(connection, reader.id, values)
        asked = (Kind.ADDRESS_CHANGE, Kind.PREFERENCES_LINK, Kind.ALREADY_SUBSCRIBED)
        await single_mails.cancel_kinds(connection, reader.id, asked, "the links were signed out")
        await single_mails.renew_generation(connection, reader.id, generation)
    log.info("signed out", subscriber=subscriber_id)


async def renew_feed(context: Context, subscriber_id: int) -> None:
    """Give a reader's feed another secret address; the old one is gone."""
    async with context.database.write() as connection:
        reader = await subscribers.lock_subscriber(connection, subscriber_id)
        if reader is not None and reader.state is not SubscriberState.ERASED:
            values = {"feed_generation": reader.feed_generation + 1}
            await subscribers.save_columns(connection, reader.id, values)
