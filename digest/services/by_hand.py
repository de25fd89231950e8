"""What an operator does to single mails: send a digest again, try one now, cancel one."""

from datetime import timedelta

import structlog

from digest.domain.deliveries import Kind, State
from digest.domain.subscribers import Subscriber, SubscriberState
from digest.services import audit
from digest.services.context import Context
from digest.store import by_hand, deliveries, subscribers
from digest.store.deliveries import Delivery

log = structlog.get_logger()
CANCELLED = "cancelled by the operator"
MOST_RESENDS = 9  # of one digest: whoever gets none of them has another trouble
_RESEND_VALID = timedelta(hours=20)  # as long as a digest


class ByHandError(Exception):
    """What cannot be done to a mail, with the reason."""


async def resend_digest(context: Context, delivery_id: int, number: int, actor: str) -> int | None:
    """Queue a digest that was sent once more, to the address of today; return the new mail's id.

    It is the same selection, and a mail of its own: no books and no seen set know of it.
    ``number`` counts the times, from 1; None where that one was queued before, as by a second
    press of the button. Raises ByHandError where none may be sent.
    """
    now = context.clock.now()
    async with context.database.write() as connection:
        row = await deliveries.find_delivery(connection, delivery_id)
        if row is None:
            raise ByHandError("that mail is gone")
        reader = await subscribers.lock_subscriber(connection, row.subscriber_id)
        assert reader is not None  # a foreign key says so
        why_not = resend_hindrance(row, reader)
        before = await by_hand.count_resends(connection, reader.id, row.dedupe_key)
        if not why_not and not 1 <= number <= min(before + 1, MOST_RESENDS):
            why_not = f"it was sent again {before} times, and {MOST_RESENDS} are the most"
        if why_not:
            raise ByHandError(why_not)
        told = (reader.address, reader.token_generation, now, _RESEND_VALID)
        added = await by_hand.add_resend(connection, row, number, *told)
        if added is not None:
            detail = {"digest": row.dedupe_key, "mail": added}
            named = f"subscriber/{reader.id}"
            await audit.note(connection, now, actor, "delivery.resend", named, detail)
    log.info("queued again", delivery=delivery_id, queued=added)
    return added


def resend_hindrance(row: Delivery, reader: Subscriber) -> str:
    """Return why a mail cannot be sent again by hand, "" where it can."""
    if row.kind is not Kind.DIGEST:
        return "only a digest is sent again"
    if row.state is not State.SENT:
        return "only a digest that was sent is sent again; the papers of others come next time"
    if row.selection_id is None:
        return "what stood in it is not kept any more"
    if reader.state is not SubscriberState.ACTIVE or reader.erase_asked_at is not None:
        return f"no digest goes to a reader who is {reader.state.value}"
    return ""


async def next_resend(context: Context, row: Delivery) -> int:
    """Return the number of the next time that a digest is sent again."""
    async with context.database.read() as connection:
        return 1 + await by_hand.count_resends(connection, row.subscriber_id, row.dedupe_key)


async def try_now(context: Context, delivery_id: int, actor: str) -> bool:
    """Put a waiting mail's next try forward to now; return False where it does not wait for one."""
    now = context.clock.now()
    async with context.database.write() as connection:
        moved = await by_hand.try_now(connection, delivery_id, now)
        if moved:
            await audit.note(connection, now, actor, "delivery.retry", f"delivery/{delivery_id}")
    return moved


async def cancel_mail(context: Context, delivery_id: int, actor: str) -> bool:
    """Cancel a mail that nobody has begun to submit; return False where it is too late.

    The papers of a digest come next time.
    """
    now = context.clock.now()
    async with context.database.write() as connection:
        gone = await by_hand.cancel_unbegun(connection, delivery_id, CANCELLED)
        if gone:
            await audit.note(connection, now, actor, "delivery.cancel", f"delivery/{delivery_id}")
    return gone
