"""Confirmations: the owner of an address says yes, once, to what was asked for it; and approval."""

from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.deliveries import CONFIRM_VALID, Kind
from digest.domain.opt_outs import Act
from digest.domain.signups import Worth, mail_for, state_after
from digest.domain.subscribers import Subscriber, SubscriberState
from digest.domain.tokens import Claims
from digest.services import audit, opt_outs
from digest.services.barring import note_lifted
from digest.services.context import Context
from digest.services.subscriptions import OPERATOR, owe_first_digest
from digest.store import deliveries, signups, single_mails, slots, subscribers
from digest.store.deliveries import Delivery
from digest.store.signups import Signup

log = structlog.get_logger()
ASK_AGAIN_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a confirmation link is worth, and where it is worth anything, what it is about."""

    worth: Worth
    reader: Subscriber | None = None
    signup: Signup | None = None
    delivery: Delivery | None = None


async def find_row(context: Context, claims: Claims) -> Delivery | None:
    """Return the delivery that carried a link, or None."""
    async with context.database.read() as connection:
        return await deliveries.find_delivery(connection, claims.delivery)


async def find_standing(context: Context, claims: Claims) -> Standing:
    """Return what the link of a delivery is worth now; change nothing."""
    async with context.database.read() as connection:
        return await _standing(connection, claims)


async def confirm(context: Context, claims: Claims) -> Standing:
    """Carry a sign-up's choices to its reader, once; return what the link was worth before.

    The reader in it is as they stand afterwards. The caller has checked the token and its age.
    """
    async with context.database.write() as connection:
        await signups.lock_subscriber(connection, claims.subscriber)
        before = await _standing(connection, claims)
        if before.worth is not Worth.OPEN or before.reader is None or before.signup is None:
            return before
        await _apply(context, connection, before.reader, before.signup)
        after = await subscribers.find_subscriber(connection, claims.subscriber)
    assert after is not None
    log.info("confirmed", subscriber=after.id, state=after.state.value)
    return Standing(Worth.OPEN, after, before.signup, before.delivery)


async def approve(context: Context, subscriber_id: int, *, actor: str = "") -> bool:
    """Let somebody in who confirmed and waits; return False for whoever does not wait."""
    async with context.database.write() as connection:
        await signups.lock_subscriber(connection, subscriber_id)
        reader = await subscribers.find_subscriber(connection, subscriber_id)
        if reader is None or reader.state is not SubscriberState.WAITING:
            return False
        since = {"confirmed_at": context.clock.now()}
        await subscribers.save_state(connection, subscriber_id, SubscriberState.ACTIVE, "", since)
        await owe_first_digest(context, connection, subscriber_id, reader.preferences)
        await audit.note_reader(context, connection, actor, "approve", subscriber_id)
    log.info("approved", subscriber=subscriber_id)
    return True


async def ask_again(context: Context, subscriber_id: int, *, actor: str) -> bool:
    """Mail somebody who never confirmed the button once more; return False where none may be sent.

    One an hour. The link confirms what was asked for last; the one of the mail before is void.
    """
    now = context.clock.now()
    async with context.database.write() as connection:
        reader = await subscribers.lock_subscriber(connection, subscriber_id)
        asked = await signups.list_signups(connection, subscriber_id)
        if reader is None or reader.state is not SubscriberState.PENDING or not asked:
            return False
        kind, last = Kind.CONFIRM, asked[-1]
        if await single_mails.count_since(connection, reader.id, kind, now - ASK_AGAIN_AFTER):
            return False
        mail = (reader.id, kind, f"{now:%Y-%m-%dT%H:%M}", reader.address, last.preferences.language)
        delivery_id = await deliveries.add_delivery(
            connection, *mail, reader.token_generation, now, CONFIRM_VALID
        )
        chosen, origin = last.preferences, last.origin
        await signups.add_signup(connection, reader.id, delivery_id, chosen, origin, now)
        await audit.note_reader(context, connection, actor, "confirm", reader.id)
    return True


async def _standing(connection: AsyncConnection, claims: Claims) -> Standing:
    reader = await subscribers.find_subscriber(connection, claims.subscriber)
    delivery = await deliveries.find_delivery(connection, claims.delivery)
    signup = await signups.find_signup(connection, claims.delivery)
    if reader is None or delivery is None or signup is None or delivery.kind is not Kind.CONFIRM:
        return Standing(Worth.VOID)
    if not _belongs(claims, reader, delivery):
        return Standing(Worth.VOID)
    if signup.confirmed_at is not None:
        return Standing(Worth.DONE, reader, signup, delivery)
    newest = await signups.find_last_id(connection, reader.id)
    barred = mail_for(reader.state, reader.suppression) is None
    worth = Worth.VOID if barred or newest != signup.id else Worth.OPEN
    return Standing(worth, reader, signup, delivery)


def _belongs(claims: Claims, reader: Subscriber, delivery: Delivery) -> bool:
    """Return whether a token still speaks for a reader, at the address that it was mailed to."""
    return (
        claims.generation == reader.token_generation
        and delivery.subscriber_id == reader.id
        and delivery.address == reader.address
    )


async def _apply(
    context: Context, connection: AsyncConnection, reader: Subscriber, signup: Signup
) -> None:
    now = context.clock.now()
    chosen = signup.preferences
    approval = context.settings.subscribe.mode == "approval"
    known = signup.origin == OPERATOR or reader.confirmed_at is not None
    state = state_after(known=known, approval=approval)
    await slots.ensure_slot(connection, chosen.zone, chosen.hour, now)
    await subscribers.save_preferences(connection, reader.id, chosen)
    # who waits is no reader yet, and by leaving and coming back becomes none
    since = now if state is SubscriberState.ACTIVE else None
    extra = {"confirmed_at": since, "suppression": None, "paused_until": None}
    await subscribers.save_state(connection, reader.id, state, "", extra)
    await signups.confirm_signup(connection, signup.id, now)
    await opt_outs.note(context, connection, Act.RETURN, reader.address)
    if reader.state is SubscriberState.SUPPRESSED:
        await note_lifted(context, connection, reader.id, "proof")
    if state is SubscriberState.ACTIVE:
        await owe_first_digest(context, connection, reader.id, chosen)
