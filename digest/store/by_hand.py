"""What an operator does to single rows of the ledger; each is fenced by the state it expects."""

from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.deliveries import Kind, State
from digest.store import single_mails
from digest.store.deliveries import Delivery
from digest.store.schema import delivery


async def try_now(connection: AsyncConnection, delivery_id: int, now: datetime) -> bool:
    """Let a mail that waits go out with the next sending; return whether one was put forward."""
    rows = await connection.execute(
        update(delivery)
        .where(
            delivery.c.id == delivery_id,
            delivery.c.state == State.PENDING.value,
            delivery.c.next_try_at > now,
            delivery.c.expires_at > now,
        )
        .values(next_try_at=now)
        .returning(delivery.c.id)
    )
    return rows.first() is not None


async def cancel_unbegun(connection: AsyncConnection, delivery_id: int, reason: str) -> bool:
    """Cancel a mail that nobody has begun to submit; return whether it was one.

    Of an uncertain one a submission was begun, but it is over: that stops the next.
    """
    rows = await connection.execute(
        update(delivery)
        .where(
            delivery.c.id == delivery_id,
            delivery.c.state.in_([State.PENDING.value, State.CLAIMED.value]),
        )
        .values(state=State.CANCELLED.value, reason=reason)
        .returning(delivery.c.id)
    )
    return rows.first() is not None


async def count_resends(connection: AsyncConnection, subscriber_id: int, day: str) -> int:
    """Return how often a reader's digest of a local date was sent again by hand."""
    key = delivery.c.dedupe_key
    query = select(func.count()).where(
        delivery.c.subscriber_id == subscriber_id,
        delivery.c.kind == Kind.RESEND.value,
        key.startswith(f"{day}.", autoescape=True),
    )
    return int(await connection.scalar(query) or 0)


async def add_resend(
    connection: AsyncConnection,
    digest: Delivery,
    number: int,
    address: str,
    token_generation: int,
    now: datetime,
    valid_for: timedelta,
) -> int | None:
    """Queue a digest's selection again, for the ``number``-th time; return its id.

    None where that was done before.
    """
    added = await single_mails.add_once(
        connection,
        digest.subscriber_id,
        Kind.RESEND,
        f"{digest.dedupe_key}.{number}",
        address,
        digest.language,
        token_generation,
        now,
        valid_for,
    )
    if added is not None:
        await connection.execute(
            update(delivery)
            .where(delivery.c.id == added)
            .values(selection_id=digest.selection_id, extract=digest.extract)
        )
    return added
