"""Subscribers in and out; what they chose, and what they have been sent, as interned sets."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.seen import EMPTY_SEEN_SET
from digest.domain.subscribers import (
    NEVER,
    Preferences,
    Subscriber,
    SubscriberState,
    Suppression,
    address_key,
    topic_items,
)
from digest.store.schema import subscriber, topic_set
from digest.store.seen_sets import intern_topics

_COLUMNS = ("zone", "hour", "weekdays", "max_papers", "min_papers", "language", "extract")


def _select() -> Any:
    return select(subscriber, topic_set.c["items"].label("topics")).join(
        topic_set, topic_set.c.id == subscriber.c.topic_set_id
    )


def _to_subscriber(row: Row[Any]) -> Subscriber:
    chosen = {name: getattr(row, name) for name in _COLUMNS}
    return Subscriber(
        id=row.id,
        address=row.address,
        state=SubscriberState(row.state),
        preferences=Preferences(topics=topic_items(row.topics), **chosen),
        seen_set_id=row.seen_set_id,
        topic_set_id=row.topic_set_id,
        fresh_since=row.fresh_since,
        token_generation=row.token_generation,
        created_at=row.created_at,
        confirmed_at=row.confirmed_at,
        paused_until=row.paused_until,
        state_reason=row.state_reason,
        suppression=Suppression(row.suppression) if row.suppression else None,
        feed_generation=row.feed_generation,
        erase_asked_at=row.erase_asked_at,
    )


async def add_subscriber(
    connection: AsyncConnection,
    address: str,
    preferences: Preferences,
    state: SubscriberState,
    now: datetime,
) -> int:
    """Add a reader with an empty history; raises IntegrityError where the address is known."""
    confirmed = now if state is SubscriberState.ACTIVE else None
    result = await connection.execute(
        insert(subscriber)
        .values(
            address=address,
            address_key=address_key(address),
            state=state.value,
            topic_set_id=await intern_topics(connection, preferences.topics),
            seen_set_id=EMPTY_SEEN_SET,
            fresh_since=NEVER,
            created_at=now,
            confirmed_at=confirmed,
            **{name: getattr(preferences, name) for name in _COLUMNS},
        )
        .returning(subscriber.c.id)
    )
    return int(result.scalar_one())


async def save_preferences(
    connection: AsyncConnection, subscriber_id: int, preferences: Preferences
) -> None:
    """Write a reader's choices over the older ones."""
    await connection.execute(
        update(subscriber)
        .where(subscriber.c.id == subscriber_id)
        .values(
            topic_set_id=await intern_topics(connection, preferences.topics),
            **{name: getattr(preferences, name) for name in _COLUMNS},
        )
    )


async def save_state(
    connection: AsyncConnection,
    subscriber_id: int,
    state: SubscriberState,
    reason: str,
    extra: Mapping[str, Any] | None = None,
) -> None:
    """Move a reader to a state with its reason; ``extra`` sets further columns with it."""
    values = {"state": state.value, "state_reason": reason, **(extra or {})}
    await connection.execute(
        update(subscriber).where(subscriber.c.id == subscriber_id).values(**values)
    )


async def save_at_once(connection: AsyncConnection, subscriber_id: int, day: date | None) -> None:
    """Ask the next plan tick for this reader's edition of ``day``, or take that back."""
    await connection.execute(
        update(subscriber).where(subscriber.c.id == subscriber_id).values(at_once_on=day)
    )


async def find_subscriber(connection: AsyncConnection, subscriber_id: int) -> Subscriber | None:
    """Return a reader by id, or None."""
    row = (
        await connection.execute(_select().where(subscriber.c.id == subscriber_id))
    ).one_or_none()
    return _to_subscriber(row) if row else None


async def lock_subscriber(connection: AsyncConnection, subscriber_id: int) -> Subscriber | None:
    """Return a reader by id, or None; nobody else changes them until the transaction ends."""
    query = _select().where(subscriber.c.id == subscriber_id).with_for_update(of=subscriber)
    row = (await connection.execute(query)).one_or_none()
    return _to_subscriber(row) if row else None


async def save_columns(
    connection: AsyncConnection, subscriber_id: int, values: Mapping[str, Any]
) -> None:
    """Write some columns of a reader; raises IntegrityError for an address that is taken."""
    await connection.execute(
        update(subscriber).where(subscriber.c.id == subscriber_id).values(**values)
    )


async def find_by_address(connection: AsyncConnection, address: str) -> Subscriber | None:
    """Return a reader by address, case folded, or None."""
    row = (
        await connection.execute(_select().where(subscriber.c.address_key == address_key(address)))
    ).one_or_none()
    return _to_subscriber(row) if row else None


async def list_by_keys(connection: AsyncConnection, keys: Iterable[str]) -> dict[str, Subscriber]:
    """Return the readers of some addresses, by `address_key`."""
    rows = await connection.execute(_select().where(subscriber.c.address_key.in_(list(keys))))
    return {row.address_key: _to_subscriber(row) for row in rows}


async def list_subscribers(
    connection: AsyncConnection,
    after_id: int = 0,
    limit: int = 500,
    state: SubscriberState | None = None,
    address: str | None = None,
) -> list[Subscriber]:
    """Return readers in id order, a page at a time; of a state, or of one address, if wanted.

    Who was erased is nobody any more and is not among them.
    """
    erased = subscriber.c.state == SubscriberState.ERASED.value
    wanted = _select().where(subscriber.c.id > after_id, ~erased)
    if state is not None:
        wanted = wanted.where(subscriber.c.state == state.value)
    if address is not None:
        wanted = wanted.where(subscriber.c.address_key == address_key(address))
    rows = await connection.execute(wanted.order_by(subscriber.c.id).limit(limit))
    return [_to_subscriber(row) for row in rows]


async def count_by_state(connection: AsyncConnection) -> dict[str, int]:
    """Return how many readers are in each state."""
    rows = await connection.execute(
        select(subscriber.c.state, func.count()).group_by(subscriber.c.state)
    )
    return {row[0]: row[1] for row in rows}


async def resume_paused(connection: AsyncConnection, zone: str, hour: int, day: date) -> None:
    """Make the readers of a slot active again whose pause is over on a local date."""
    await connection.execute(
        update(subscriber)
        .where(
            subscriber.c.state == SubscriberState.PAUSED.value,
            subscriber.c.zone == zone,
            subscriber.c.hour == hour,
            subscriber.c.paused_until <= day,
        )
        .values(state=SubscriberState.ACTIVE.value, state_reason="", paused_until=None)
    )
