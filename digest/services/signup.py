"""Sign-ups by strangers: whatever the address is to us, the answer is the same and takes as long.

What an address is decides which mail its owner gets (`domain.signups`), by the delivery ledger.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from disposable_email_domains import blocklist
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.deliveries import CONFIRM_VALID, Kind
from digest.domain.limits import Limit, client_network, limit_key
from digest.domain.preferences import PreferenceError, check_preferences
from digest.domain.sentences import Sentence, SentenceError
from digest.domain.signups import mail_for
from digest.domain.subscribers import Preferences, Subscriber, SubscriberState, address_key
from digest.services import erasure
from digest.services.context import Context
from digest.services.subscriptions import SubscriptionError, normalise_address
from digest.settings.model import SubscribeSettings
from digest.store import buckets, deliveries, signups, subscribers

log = structlog.get_logger()
ANSWER_AFTER = timedelta(seconds=0.5)  # well over what any of the ways through takes
LINK_MAIL_VALID = timedelta(hours=24)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class SignupError(SentenceError):
    """A sign-up refused for what does not depend on the address's state.

    ``retry_after_s`` is how long to wait, where that helps.
    """

    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    address: str
    preferences: Preferences
    origin: str
    now: datetime

    @property
    def day(self) -> str:
        """The date of which an address gets one mail at most."""
        return self.now.date().isoformat()


async def request_subscription(
    context: Context, address: str, preferences: Preferences, *, client: str, origin: str
) -> None:
    """Take a sign-up in; raise SignupError for what is wrong with the request itself.

    ``client`` is the client's IP address, ``origin`` "page" or "api".
    """
    began = context.clock.now()
    normalised = admitted_address(context.settings.subscribe, address)
    try:
        check_preferences(preferences)
    except PreferenceError as error:
        raise _refusal(error) from error
    asked = _Asked(normalised, preferences, origin, began)
    await admit_network(context, client, "sign-up network")
    try:
        await _take_in(context, asked)
    except IntegrityError:  # the operator entered the same address meanwhile: now it is known
        await _take_in(context, asked)
    await answer_in_time(context, began)


async def answer_in_time(context: Context, began: datetime) -> None:
    """Wait until every sign-up that began at an instant is answered."""
    left = (began + ANSWER_AFTER - context.clock.now()).total_seconds()
    await context.clock.sleep(max(0.0, min(left, ANSWER_AFTER.total_seconds())))


def admitted_address(rules: SubscribeSettings, address: str) -> str:
    """Return the canonical form of an address that may subscribe; raise SignupError for others.

    Addresses beyond ASCII are let in: the transport speaks SMTPUTF8 (RFC 6531).
    """
    if rules.mode == "closed":
        raise SignupError("Subscribing is closed here.")
    try:
        normalised = normalise_address(address.strip())
    except SubscriptionError as error:
        raise SignupError(
            "This is not an e-mail address. It has a name, an @ and a domain, "
            "such as ada@example.org."
        ) from error
    domain = normalised.rpartition("@")[2]
    if rules.mode == "domains" and domain not in rules.domains:
        raise SignupError(
            "Only addresses of {domains} can subscribe here.", domains=", ".join(rules.domains)
        )
    if rules.refuse_disposable and _is_disposable(domain):
        raise SignupError(
            "Addresses of {domain} are thrown away after use. Take one that you will keep.",
            domain=domain,
        )
    return normalised


def _is_disposable(domain: str) -> bool:
    """Return whether a domain, or one above it, hands out addresses for an hour."""
    try:
        labels = domain.encode("idna").decode("ascii").lower().split(".")
    except UnicodeError:  # beyond what Python's own codec reads (IDNA 2003); the list has no such
        return False
    return any(".".join(labels[start:]) in blocklist for start in range(len(labels) - 1))


def _refusal(error: ValueError) -> SignupError:
    """Return another refusal as one of a sign-up, in its own words."""
    said = (
        error.sentence
        if isinstance(error, SentenceError)
        else Sentence("{reason}", {"reason": error})
    )
    refusal = SignupError("{reason}", reason=said)
    refusal.sentence = said
    return refusal


async def admit_network(context: Context, client: str, purpose: str) -> None:
    """Take one from what a client's network may ask for in an hour; raise SignupError for none.

    ``purpose`` keeps the buckets of different forms apart.
    """
    limit = Limit(context.settings.subscribe.per_network_hour, HOUR)
    network = limit_key(context.token_keys[0], purpose, client_network(client))
    async with context.database.write() as connection:
        taken = await buckets.take(connection, network, limit, context.clock.now())
    if not taken.allowed:
        error = SignupError("Too many requests came from your network. Please try again later.")
        error.retry_after_s = taken.retry_after_s
        raise error


async def _take_in(context: Context, asked: _Asked) -> None:
    rules, key = context.settings.subscribe, context.token_keys[0]
    async with context.database.write() as connection:
        # the row of the address's bucket is locked as well: its sign-ups follow each other
        address = limit_key(key, "sign-up address", address_key(asked.address))
        limit = Limit(rules.per_address_day, DAY)
        if not (await buckets.take(connection, address, limit, asked.now)).allowed:
            log.info("sign-ups of one address are over their limit")
        elif not await erasure.is_barred(context, connection, asked.address):
            await _answer_by_mail(connection, asked)


async def _answer_by_mail(connection: AsyncConnection, asked: _Asked) -> None:
    reader = await _find_locked(connection, asked.address)
    kind = mail_for(reader.state, reader.suppression) if reader else Kind.CONFIRM
    if kind is Kind.CONFIRM:
        reader_id = reader.id if reader else await _add_pending(connection, asked)
        await _ask_to_confirm(connection, reader_id, reader, asked)
    elif kind is not None and reader is not None:
        await _show_the_way(connection, reader, asked)


async def _find_locked(connection: AsyncConnection, address: str) -> Subscriber | None:
    known = await subscribers.find_by_address(connection, address)
    if known is None:
        return None
    await signups.lock_subscriber(connection, known.id)
    return await subscribers.find_by_address(connection, address)


async def _add_pending(connection: AsyncConnection, asked: _Asked) -> int:
    reader_id = await subscribers.add_subscriber(
        connection, asked.address, asked.preferences, SubscriberState.PENDING, asked.now
    )
    log.info("signed up", subscriber=reader_id, origin=asked.origin)
    return reader_id


async def _ask_to_confirm(
    connection: AsyncConnection, reader_id: int, reader: Subscriber | None, asked: _Asked
) -> None:
    """Mail the button, or where today's mail is out already, let it confirm the newer choices."""
    mailed = await signups.find_mail_of(connection, reader_id, asked.day)
    if mailed is not None:
        await signups.replace_signup(connection, mailed, asked.preferences, asked.origin, asked.now)
        return
    delivery_id = await deliveries.add_delivery(
        connection,
        reader_id,
        Kind.CONFIRM,
        asked.day,
        reader.address if reader else asked.address,
        asked.preferences.language,
        reader.token_generation if reader else 0,
        asked.now,
        CONFIRM_VALID,
    )
    await signups.add_signup(
        connection, reader_id, delivery_id, asked.preferences, asked.origin, asked.now
    )


async def _show_the_way(connection: AsyncConnection, reader: Subscriber, asked: _Asked) -> None:
    """Mail a reader that they are one, with the link to what they chose."""
    if await signups.find_mail_of(connection, reader.id, asked.day) is None:
        await deliveries.add_delivery(
            connection,
            reader.id,
            Kind.ALREADY_SUBSCRIBED,
            asked.day,
            reader.address,
            reader.preferences.language,
            reader.token_generation,
            asked.now,
            LINK_MAIL_VALID,
        )
