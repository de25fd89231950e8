"""What providers report, done by the same rules as mail that came back."""

import re
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.proofs import Means
from digest.domain.provider_events import ProviderEvent
from digest.domain.return_path import read_return_path
from digest.domain.subscribers import SubscriberState, address_key
from digest.domain.suppression import one_line
from digest.services.bounces import Done, Effect, Finding, apply, watch
from digest.services.context import Context
from digest.store import deliveries, subscribers
from digest.store.deliveries import Delivery

_OURS = re.compile(r"<?[A-Za-z0-9]{1,64}\.\d{1,9}\.(\d{1,9})@")  # `deliveries.message_id`


async def take_events(context: Context, events: Sequence[ProviderEvent], origin: str) -> list[Done]:
    """Do what a provider's events ask for, each in a transaction of its own.

    The caller has checked the provider's signature, and that is the proof.
    """
    done = []
    for event in map(_plain, events):
        async with context.database.write() as connection:
            done.append(await _take_one(context, connection, event, origin))
    for one in done:
        await watch(context, one)
    return done


def _plain(event: ProviderEvent) -> ProviderEvent:
    """Return an event whose texts a database takes, whatever the JSON held."""
    told = replace(event.told, address=one_line(event.told.address))
    return replace(event, told=told, event_id=one_line(event.event_id))


async def _take_one(
    context: Context, connection: AsyncConnection, event: ProviderEvent, origin: str
) -> Done:
    delivery = await _find_delivery(context, connection, event)
    if delivery is not None:
        reader = await subscribers.lock_subscriber(connection, delivery.subscriber_id)
    else:
        known = await subscribers.find_by_address(connection, event.told.address)
        reader = await subscribers.lock_subscriber(connection, known.id) if known else None
    if reader is None or reader.state is SubscriberState.ERASED:
        return Done(Effect.UNPROVEN)
    mark: tuple[object, ...] = (origin, event.event_id, event.told.address)
    if delivery is not None:  # the same as where the bounce itself came in by mail
        mark = (delivery.id, event.kind.value, event.told.status, event.told.reason.value)
    finding = Finding(event.kind, event.told, Means.PROVIDER, origin, mark, event.feedback)
    return await apply(context, connection, reader, delivery, finding)


async def _find_delivery(
    context: Context, connection: AsyncConnection, event: ProviderEvent
) -> Delivery | None:
    """Return the delivery that an event names, if it went to the address that the event tells."""
    named = _named(context, event)
    delivery = await deliveries.find_delivery(connection, named) if named else None
    if delivery is None or address_key(delivery.address) != address_key(event.told.address):
        return None
    return delivery


def _named(context: Context, event: ProviderEvent) -> int | None:
    today = context.clock.now().date()
    returned = read_return_path(context.token_keys, event.sender, today)
    if returned is not None:
        return returned.delivery
    ours = _OURS.match(event.message_id)
    return int(ours[1]) if ours else None
