"""Taking out of the database what names a reader: a tombstone and the books stay."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.deliveries import State
from digest.domain.seen import EMPTY_SEEN_SET
from digest.domain.subscribers import (
    EMPTY_TOPIC_SET,
    NEVER,
    Preferences,
    Subscriber,
    SubscriberState,
    Suppression,
)
from digest.domain.tombstones import plain_key
from digest.store.delivery_schema import bounce
from digest.store.inserting import insert_new
from digest.store.reader_schema import signup, vote
from digest.store.schema import delivery, subscriber

_DEFAULTS = Preferences()
_CHOSEN = ("zone", "hour", "weekdays", "max_papers", "min_papers", "language", "extract")
_BLANK_ROW: dict[str, Any] = {
    "address": "",
    "selection_id": None,
    "reply": "",
    "tries": None,
    "placed": None,
    "language": _DEFAULTS.language,
    "extract": _DEFAULTS.extract,
}


async def bury(
    connection: AsyncConnection, reader: Subscriber, key: str, suppression: Suppression | None
) -> None:
    """Make a reader a tombstone under a unique key; votes, sign-ups and bounces go."""
    await connection.execute(delete(vote).where(vote.c.subscriber_id == reader.id))
    await connection.execute(delete(signup).where(signup.c.subscriber_id == reader.id))
    # what the other side wrote holds the address
    await connection.execute(delete(bounce).where(bounce.c.subscriber_id == reader.id))
    await blank_rows(connection, reader.id)
    await connection.execute(
        update(subscriber)
        .where(subscriber.c.id == reader.id)
        .values(
            address="",
            address_key=key,
            state=SubscriberState.ERASED.value,
            state_reason="",
            suppression=suppression.value if suppression else None,
            **{name: getattr(_DEFAULTS, name) for name in _CHOSEN},
            topic_set_id=EMPTY_TOPIC_SET,
            seen_set_id=EMPTY_SEEN_SET,
            fresh_since=NEVER,
            token_generation=reader.token_generation + 1,
            feed_generation=reader.feed_generation + 1,
            paused_until=None,
            at_once_on=None,
        )
    )


async def blank_rows(connection: AsyncConnection, subscriber_id: int) -> None:
    """Leave of a reader's deliveries their id, state and dates: the books still balance."""
    await connection.execute(
        update(delivery).where(delivery.c.subscriber_id == subscriber_id).values(_BLANK_ROW)
    )


async def cancel_all(connection: AsyncConnection, subscriber_id: int, reason: str) -> bool:
    """Cancel whatever of a reader's is open; return whether a mail is being submitted still."""
    stopped = [State.PENDING.value, State.CLAIMED.value, State.HELD.value]
    mine = delivery.c.subscriber_id == subscriber_id
    await connection.execute(
        update(delivery)
        .where(mine, delivery.c.state.in_(stopped))
        .values(state=State.CANCELLED.value, reason=reason)
    )
    under_way = select(exists().where(mine, delivery.c.state == State.SUBMITTING.value))
    return bool(await connection.scalar(under_way))


async def list_unfinished(connection: AsyncConnection) -> list[int]:
    """Return the readers whose erasure was asked for and has yet to be done."""
    rows = await connection.execute(
        select(subscriber.c.id).where(
            subscriber.c.erase_asked_at.is_not(None),
            subscriber.c.state != SubscriberState.ERASED.value,
        )
    )
    return [row.id for row in rows]


async def list_unblanked(connection: AsyncConnection) -> list[int]:
    """Return the tombstones with a delivery that names an address.

    A planner that read the reader just before the erasure wrote it just after.
    """
    rows = await connection.execute(
        select(delivery.c.subscriber_id)
        .join(subscriber, subscriber.c.id == delivery.c.subscriber_id)
        .where(subscriber.c.state == SubscriberState.ERASED.value, delivery.c.address != "")
        .distinct()
    )
    return [row.subscriber_id for row in rows]


async def is_barred(connection: AsyncConnection, keys: Iterable[str]) -> bool:
    """Return whether a tombstone bars an address, told by its keyed hashes."""
    query = select(exists().where(subscriber.c.address_key.in_(list(keys))))
    return bool(await connection.scalar(query))


async def list_barred(connection: AsyncConnection, keys: Iterable[str]) -> set[str]:
    """Return those of some keyed hashes that tombstones bar."""
    wanted = subscriber.c.address_key.in_(list(keys))
    rows = await connection.execute(select(subscriber.c.address_key).where(wanted))
    return {row.address_key for row in rows}


async def count_barred(connection: AsyncConnection) -> int:
    """Return how many addresses are barred by tombstones, which name nobody."""
    query = select(func.count()).where(
        subscriber.c.state == SubscriberState.ERASED.value, subscriber.c.suppression.is_not(None)
    )
    return int(await connection.scalar(query) or 0)


async def add_barred(connection: AsyncConnection, key: str, now: datetime) -> bool:
    """Bar an address that is nobody's by a tombstone of its own; return whether that is new."""
    values = {
        "address": "",
        "address_key": key,
        "state": SubscriberState.ERASED.value,
        "suppression": Suppression.COMPLAINT.value,
        **{name: getattr(_DEFAULTS, name) for name in _CHOSEN},
        "topic_set_id": EMPTY_TOPIC_SET,
        "seen_set_id": EMPTY_SEEN_SET,
        "fresh_since": NEVER,
        "created_at": now,
    }
    return await insert_new(connection, subscriber, values)


async def unbar(connection: AsyncConnection, keys: Iterable[str]) -> list[int]:
    """Let the tombstones of an address bar nobody any more; return those that did."""
    mine = subscriber.c.address_key.in_(list(keys))
    rows = await connection.execute(select(subscriber.c.id).where(mine).with_for_update())
    found = [row.id for row in rows]
    for subscriber_id in found:
        await connection.execute(
            update(subscriber)
            .where(subscriber.c.id == subscriber_id)
            .values(address_key=plain_key(subscriber_id), suppression=None)
        )
    return found
