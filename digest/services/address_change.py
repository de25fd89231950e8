"""Change of address: asked for by a link that may do everything, confirmed at the new address.

Whether the new address belongs to another reader is told to nobody but its owner.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.deliveries import CONFIRM_VALID, Kind
from digest.domain.sentences import SentenceError
from digest.domain.subscribers import Subscriber, SubscriberState, address_key
from digest.services import erasure
from digest.services.context import Context
from digest.services.subscriptions import normalise_address
from digest.store import deliveries, single_mails, subscribers
from digest.store.deliveries import Delivery

log = structlog.get_logger()
CHANGES_A_DAY = 3
_DAY = timedelta(days=1)
_NOTICE_VALID = timedelta(days=3)
_HERE = (SubscriberState.ACTIVE, SubscriberState.PAUSED)


class AddressChangeError(SentenceError):
    """A change of address that cannot be asked for, with what to do."""


@dataclass(frozen=True, slots=True)
class PendingChange:
    """A change of address that its link may still make, or ``done`` where it was made."""

    reader: Subscriber
    row: Delivery
    done: bool


async def request_change(context: Context, subscriber_id: int, address: str) -> str:
    """Send the mail that asks a new address whether it is the reader's; return that address.

    Nothing of the answer depends on whether the address is somebody else's: then its owner is
    told that they are subscribed already, once a day, and nothing changes. Raises
    AddressChangeError, and SubscriptionError for what is no address.
    """
    new = normalise_address(address)
    now = context.clock.now()
    async with context.database.write() as connection:
        reader = await subscribers.lock_subscriber(connection, subscriber_id)
        if reader is None or reader.state not in _HERE or reader.erase_asked_at is not None:
            raise AddressChangeError("Subscribe again before you change the address.")
        if address_key(new) == address_key(reader.address):
            raise AddressChangeError("The digest goes to this address already.")
        change = Kind.ADDRESS_CHANGE
        key = await _next_key(connection, reader, now)
        await single_mails.cancel_kinds(
            connection, reader.id, [change], "another address was asked for since"
        )
        row_id = await deliveries.add_delivery(
            connection,
            reader.id,
            change,
            key,
            new,
            reader.preferences.language,
            reader.token_generation,
            now,
            CONFIRM_VALID,
        )
        await _hold_back(context, connection, row_id, new, now)
    return new


async def find_change(context: Context, row: Delivery) -> PendingChange | None:
    """Return the change that a link to the delivery ``row`` makes; None where it makes none now."""
    async with context.database.read() as connection:
        reader = await subscribers.find_subscriber(connection, row.subscriber_id)
        return await _pending(connection, reader, row)


async def confirm_change(context: Context, row: Delivery) -> PendingChange | None:
    """Send everything to the new address from now on; None where the link makes no change.

    What waits for the old address is cancelled, links in mails that went there void, and the old
    address is told.
    """
    now = context.clock.now()
    try:
        async with context.database.write() as connection:
            reader = await subscribers.lock_subscriber(connection, row.subscriber_id)
            found = await _pending(connection, reader, row)
            if found is not None and not found.done:
                await _move(connection, found.reader, row, now)
    except IntegrityError:  # somebody subscribed with it since the look above
        return None
    if found is not None:
        log.info("address changed", subscriber=found.reader.id)
    return found


async def _next_key(connection: AsyncConnection, reader: Subscriber, now: datetime) -> str:
    kind = Kind.ADDRESS_CHANGE
    if await single_mails.count_since(connection, reader.id, kind, now - _DAY) >= CHANGES_A_DAY:
        raise AddressChangeError(
            "You have asked for {count} changes of address within a day. Try again tomorrow.",
            count=CHANGES_A_DAY,
        )
    newest = await single_mails.find_newest(connection, reader.id, kind)
    return f"{now:%Y-%m-%dT%H:%M}.{newest.id if newest else 0}"


async def _hold_back(
    context: Context, connection: AsyncConnection, row_id: int, new: str, now: datetime
) -> None:
    """Cancel the mail to an address that must not get it, and tell a reader who has it already."""
    owner = await subscribers.find_by_address(connection, new)
    if owner is None and not await erasure.is_barred(context, connection, new):
        return
    await single_mails.cancel_one(connection, row_id, "the address is not free")
    if owner is not None and owner.state in _HERE and owner.erase_asked_at is None:
        await single_mails.add_once(
            connection,
            owner.id,
            Kind.ALREADY_SUBSCRIBED,
            now.date().isoformat(),
            owner.address,
            owner.preferences.language,
            owner.token_generation,
            now,
            _DAY,
        )


async def _pending(
    connection: AsyncConnection, reader: Subscriber | None, row: Delivery
) -> PendingChange | None:
    if reader is None or row.kind is not Kind.ADDRESS_CHANGE or reader.state not in _HERE:
        return None
    newest = await single_mails.find_newest(connection, reader.id, Kind.ADDRESS_CHANGE)
    if newest is None or newest.id != row.id or reader.erase_asked_at is not None:
        return None
    if address_key(reader.address) == address_key(row.address):
        return PendingChange(reader, row, done=True)
    if reader.token_generation != row.token_generation:
        return None
    owner = await subscribers.find_by_address(connection, row.address)
    return None if owner is not None else PendingChange(reader, row, done=False)


async def _move(
    connection: AsyncConnection, reader: Subscriber, row: Delivery, now: datetime
) -> None:
    values = {
        "address": row.address,
        "address_key": address_key(row.address),
        "token_generation": reader.token_generation + 1,
    }
    await subscribers.save_columns(connection, reader.id, values)
    await deliveries.cancel_open(connection, reader.id, "the reader changed address")
    await single_mails.add_once(
        connection,
        reader.id,
        Kind.ADDRESS_CHANGED_NOTICE,
        str(row.id),
        reader.address,
        reader.preferences.language,
        reader.token_generation,  # the old one: the notice's link may unsubscribe and no more
        now,
        _NOTICE_VALID,
    )
