"""Mails that somebody asked for: queued once, counted, and taken back."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.deliveries import Kind, State
from digest.store import deliveries
from digest.store.deliveries import Delivery
from digest.store.schema import delivery


async def add_once(
    connection: AsyncConnection,
    subscriber_id: int,
    kind: Kind,
    dedupe_key: str,
    address: str,
    language: str,
    token_generation: int,
    now: datetime,
    valid_for: timedelta,
) -> int | None:
    """Queue a mail; return its id, or None where its key was used before."""
    try:
        async with connection.begin_nested():
            return await deliveries.add_delivery(
                connection,
                subscriber_id,
                kind,
                dedupe_key,
                address,
                language,
                token_generation,
                now,
                valid_for,
            )
    except IntegrityError:
        return None


async def count_since(
    connection: AsyncConnection, subscriber_id: int, kind: Kind, since: datetime
) -> int:
    """Return how many mails of a kind were queued for a reader since an instant."""
    query = select(func.count()).where(
        delivery.c.subscriber_id == subscriber_id,
        delivery.c.kind == kind.value,
        delivery.c.planned_at > since,
    )
    return int(await connection.scalar(query) or 0)


async def find_newest(
    connection: AsyncConnection, subscriber_id: int, kind: Kind
) -> Delivery | None:
    """Return the mail of a kind that was queued last for a reader, or None."""
    query = select(func.max(delivery.c.id)).where(
        delivery.c.subscriber_id == subscriber_id, delivery.c.kind == kind.value
    )
    newest: int | None = await connection.scalar(query)
    return await deliveries.find_delivery(connection, newest) if newest else None


async def cancel_kinds(
    connection: AsyncConnection, subscriber_id: int, kinds: Iterable[Kind], reason: str
) -> None:
    """Cancel a reader's mails of some kinds that nobody has begun to submit."""
    await connection.execute(
        update(delivery)
        .where(
            delivery.c.subscriber_id == subscriber_id,
            delivery.c.kind.in_([kind.value for kind in kinds]),
            delivery.c.state.in_([State.PENDING.value, State.CLAIMED.value]),
        )
        .values(state=State.CANCELLED.value, reason=reason)
    )


async def cancel_one(connection: AsyncConnection, delivery_id: int, reason: str) -> None:
    """Cancel a mail that still waits."""
    await connection.execute(
        update(delivery)
        .where(delivery.c.id == delivery_id, delivery.c.state == State.PENDING.value)
        .values(state=State.CANCELLED.value, reason=reason)
    )


async def renew_generation(
    connection: AsyncConnection, subscriber_id: int, generation: int
) -> None:
    """Give the links of a reader's waiting mails a new generation; begun ones stay as they are."""
    await connection.execute(
        update(delivery)
        .where(
            delivery.c.subscriber_id == subscriber_id,
            delivery.c.state == State.PENDING.value,
            delivery.c.render_version.is_(None),
        )
        .values(token_generation=generation)
    )
