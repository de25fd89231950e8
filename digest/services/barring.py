"""Barring an address after what came back, and clearing it again.

A bounce is lifted by its owner's proof or the operator, a complaint by the operator alone.
"""

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.opt_outs import Act
from digest.domain.subscribers import Subscriber, SubscriberState, Suppression
from digest.domain.suppression import COMPLAINED
from digest.domain.tombstones import barred_key
from digest.services import opt_outs
from digest.services.context import Context
from digest.services.subscriptions import SubscriptionError, normalise_address
from digest.store import bounces, deliveries, erasing, subscribers
from digest.store.bounces import BounceRow

log = structlog.get_logger()
_BY_HAND = {
    Suppression.BOUNCE: ("mail to it came back as undeliverable", Act.SUPPRESS),
    Suppression.COMPLAINT: ("a mail to it was reported as spam", Act.COMPLAINT),
    Suppression.OPERATOR: ("it was reported as one that must not be mailed", Act.COMPLAINT),
}
# whoever left has left, and who never confirmed is forgotten by themselves
_BOUNCES_BAR = frozenset({SubscriberState.ACTIVE, SubscriberState.PAUSED, SubscriberState.WAITING})


async def bar_bounced(
    context: Context, connection: AsyncConnection, reader: Subscriber, reason: str
) -> bool:
    """Bar a reader whose mail comes back, and cancel what was not sent; return whether it did."""
    if reader.state not in _BOUNCES_BAR:
        return False
    await _bar(connection, reader, Suppression.BOUNCE, reason)
    await deliveries.cancel_open(connection, reader.id, "mail to the address came back")
    await opt_outs.note(context, connection, Act.SUPPRESS, reader.address)
    return True


async def bar_complained(
    context: Context, connection: AsyncConnection, reader: Subscriber, address: str
) -> bool:
    """Bar an address for ever; return whether that is new.

    Where its reader has changed address since, the complaint is about the older one: whoever
    reads there now is barred, and if nobody does, the address itself.
    """
    if reader.address != address:
        known = await subscribers.find_by_address(connection, address)
        holder = known and await subscribers.lock_subscriber(connection, known.id)
        if not holder:
            key = barred_key(context.token_keys[0], address)
            return await erasing.add_barred(connection, key, context.clock.now())
        reader = holder
    lasting = (Suppression.COMPLAINT, Suppression.OPERATOR)
    if reader.state is SubscriberState.ERASED or reader.suppression in lasting:
        return False
    await _bar(connection, reader, Suppression.COMPLAINT, COMPLAINED)
    await deliveries.cancel_open(connection, reader.id, "a mail was reported as spam")
    await opt_outs.note(context, connection, Act.COMPLAINT, reader.address)
    return True


async def leave_by_report(
    context: Context, connection: AsyncConnection, reader: Subscriber
) -> bool:
    """Unsubscribe a reader whose report asks for no more than that; return whether it did."""
    if reader.state in (SubscriberState.SUPPRESSED, SubscriberState.UNSUBSCRIBED):
        return False
    state, reason = SubscriberState.UNSUBSCRIBED, "a mail was reported as spam"
    await subscribers.save_state(connection, reader.id, state, reason)
    await deliveries.cancel_open(connection, reader.id, reason)
    await opt_outs.note(context, connection, Act.UNSUBSCRIBE, reader.address)
    return True


async def leave_by_hand(context: Context, connection: AsyncConnection, reader: Subscriber) -> None:
    """Unsubscribe a reader at the operator's word, and cancel open mails."""
    values = {"at_once_on": None, "paused_until": None}
    state, reason = SubscriberState.UNSUBSCRIBED, "unsubscribed by the operator"
    await subscribers.save_state(connection, reader.id, state, reason, values)
    await deliveries.cancel_open(connection, reader.id, "the reader unsubscribed")
    await opt_outs.note(context, connection, Act.UNSUBSCRIBE, reader.address)


async def bar_by_hand(
    context: Context, connection: AsyncConnection, reader: Subscriber, why: Suppression
) -> None:
    """Bar a reader at the operator's word, for the reason that they give, and cancel open mails."""
    reason, act = _BY_HAND[why]
    await _bar(connection, reader, why, reason)
    await deliveries.cancel_open(connection, reader.id, reason)
    await opt_outs.note(context, connection, act, reader.address)


async def _bar(
    connection: AsyncConnection, reader: Subscriber, why: Suppression, reason: str
) -> None:
    values = {"suppression": why.value, "at_once_on": None, "paused_until": None}
    state = SubscriberState.SUPPRESSED
    await subscribers.save_state(connection, reader.id, state, reason, values)
    log.warning("suppressed", subscriber=reader.id, why=why.value, reason=reason)


async def note_lifted(
    context: Context, connection: AsyncConnection, subscriber_id: int, origin: str
) -> None:
    """Write down that an address was cleared: what was sent before it counts no more."""
    now = context.clock.now()
    mark = bounces.fingerprint(bounces.LIFTED, subscriber_id, now.isoformat())
    await bounces.add_bounce(
        connection,
        BounceRow(subscriber_id, None, bounces.LIFTED, False, "", "", "", origin, mark, now),
    )


async def lift(context: Context, address: str) -> SubscriberState | None:
    """Lift what bars an address, at the operator's word; return where its reader stands then.

    After a bounce they read on. After a complaint, or the operator's own bar, they are
    unsubscribed: mail comes when they ask for it themselves. None is for an address that its
    erased reader's complaint barred. Raises SubscriptionError where nothing bars it.
    """
    normalised = normalise_address(address)
    async with context.database.write() as connection:
        known = await subscribers.find_by_address(connection, normalised)
        reader = known and await subscribers.lock_subscriber(connection, known.id)
        if reader and reader.state is SubscriberState.SUPPRESSED:
            state = _state_after(reader)
            reason = "" if state is SubscriberState.ACTIVE else "the operator lifted a bar"
            values = {"suppression": None}
            await subscribers.save_state(connection, reader.id, state, reason, values)
            await note_lifted(context, connection, reader.id, "operator")
            back = state is SubscriberState.ACTIVE
            await opt_outs.note(
                context, connection, Act.RETURN if back else Act.UNSUBSCRIBE, reader.address
            )
            log.info("lifted", subscriber=reader.id, state=state.value)
            return state
        keys = [barred_key(key, normalised) for key in context.token_keys]
        if await erasing.unbar(connection, keys):
            return None
    raise SubscriptionError(
        "nothing bars {address}; `digest subscribers list --state suppressed` shows who is barred",
        address=normalised,
    )


def _state_after(reader: Subscriber) -> SubscriberState:
    proven = reader.confirmed_at is not None and reader.erase_asked_at is None
    if reader.suppression is Suppression.BOUNCE and proven:
        return SubscriberState.ACTIVE
    return SubscriberState.UNSUBSCRIBED
