"""Sign-ups: who asked for what and when, and when the owner of the address said yes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, delete, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.deliveries import Kind
from digest.domain.subscribers import Preferences, SubscriberState, topic_items, topic_set_json
from digest.store.delivery_schema import bounce
from digest.store.reader_schema import signup, vote
from digest.store.schema import delivery, subscriber

_PLAIN = ("zone", "hour", "weekdays", "max_papers", "min_papers", "language", "extract")
_any_delivery = delivery.alias()


@dataclass(frozen=True, slots=True)
class Signup:
    """One sign-up; its choices reach the subscriber by the confirmation and not before."""

    id: int
    subscriber_id: int
    delivery_id: int | None
    asked_at: datetime
    confirmed_at: datetime | None
    preferences: Preferences
    origin: str


def preferences_json(chosen: Preferences) -> dict[str, Any]:
    """Return preferences as plain JSON values, by the names of their fields."""
    plain = {name: getattr(chosen, name) for name in _PLAIN}
    return {**plain, "topics": topic_set_json(chosen.topics)}


def _read(stored: Mapping[str, Any]) -> Preferences:
    plain = {name: stored[name] for name in _PLAIN}
    return Preferences(topics=topic_items(stored["topics"]), **plain)


def _to_signup(row: Row[Any]) -> Signup:
    values = {name: getattr(row, name) for name in Signup.__dataclass_fields__}
    return Signup(**values | {"preferences": _read(row.preferences)})


async def add_signup(
    connection: AsyncConnection,
    subscriber_id: int,
    delivery_id: int,
    preferences: Preferences,
    origin: str,
    now: datetime,
) -> None:
    """Write down what somebody asked for, to be confirmed by the link of one delivery."""
    await connection.execute(
        insert(signup).values(
            subscriber_id=subscriber_id,
            delivery_id=delivery_id,
            asked_at=now,
            preferences=preferences_json(preferences),
            origin=origin,
        )
    )


async def replace_signup(
    connection: AsyncConnection,
    delivery_id: int,
    preferences: Preferences,
    origin: str,
    now: datetime,
) -> None:
    """Write later choices over those of a delivery's sign-up, unless it was confirmed."""
    await connection.execute(
        update(signup)
        .where(signup.c.delivery_id == delivery_id, signup.c.confirmed_at.is_(None))
        .values(asked_at=now, preferences=preferences_json(preferences), origin=origin)
    )


async def confirm_signup(connection: AsyncConnection, signup_id: int, now: datetime) -> None:
    """Keep when the owner of the address said yes."""
    await connection.execute(
        update(signup).where(signup.c.id == signup_id).values(confirmed_at=now)
    )


async def find_signup(connection: AsyncConnection, delivery_id: int) -> Signup | None:
    """Return the sign-up that a delivery's link confirms, or None."""
    row = (
        await connection.execute(select(signup).where(signup.c.delivery_id == delivery_id))
    ).one_or_none()
    return _to_signup(row) if row else None


async def list_signups(connection: AsyncConnection, subscriber_id: int) -> list[Signup]:
    """Return a subscriber's sign-ups, the oldest first."""
    rows = await connection.execute(
        select(signup).where(signup.c.subscriber_id == subscriber_id).order_by(signup.c.id)
    )
    return [_to_signup(row) for row in rows]


async def find_last_id(connection: AsyncConnection, subscriber_id: int) -> int | None:
    """Return the id of a subscriber's newest sign-up, which makes older ones void, or None."""
    found: int | None = await connection.scalar(
        select(func.max(signup.c.id)).where(signup.c.subscriber_id == subscriber_id)
    )
    return found


async def find_mail_of(connection: AsyncConnection, subscriber_id: int, day: str) -> int | None:
    """Return the delivery by which a sign-up was answered on a date already, or None."""
    kinds = [Kind.CONFIRM.value, Kind.ALREADY_SUBSCRIBED.value]
    found: int | None = await connection.scalar(
        select(func.max(delivery.c.id)).where(
            delivery.c.subscriber_id == subscriber_id,
            delivery.c.kind.in_(kinds),
            delivery.c.dedupe_key == day,
        )
    )
    return found


async def lock_subscriber(connection: AsyncConnection, subscriber_id: int) -> None:
    """Keep others from changing a subscriber until this transaction ends."""
    where = subscriber.c.id == subscriber_id
    await connection.execute(select(subscriber.c.id).where(where).with_for_update())


async def forget_unconfirmed(connection: AsyncConnection, before: datetime, limit: int) -> int:
    """Delete subscribers who never confirmed and last asked before an instant; return how many.

    The newest rows stay until others follow them, for SQLite gives the highest id out again.
    """
    found = await connection.execute(_forgotten(before).limit(limit).with_for_update())
    # once more, now that they are locked: one of them may have asked again meanwhile
    still = _forgotten(before).where(subscriber.c.id.in_([row.id for row in found]))
    gone = [row.id for row in await connection.execute(still)]
    for table in (signup, bounce, delivery):
        await connection.execute(delete(table).where(table.c.subscriber_id.in_(gone)))
    await connection.execute(delete(subscriber).where(subscriber.c.id.in_(gone)))
    return len(gone)


def _forgotten(before: datetime) -> Select[int]:
    other = subscriber.alias()
    newest = select(func.max(other.c.id)).scalar_subquery()
    of_them = signup.c.subscriber_id == subscriber.c.id
    last_delivery = select(func.max(_any_delivery.c.id)).scalar_subquery()
    return (
        select(subscriber.c.id)
        .where(
            subscriber.c.state == SubscriberState.PENDING.value,
            subscriber.c.confirmed_at.is_(None),
            subscriber.c.created_at < before,
            subscriber.c.id < newest,
            ~exists().where(of_them, signup.c.asked_at >= before),
            ~exists().where(
                delivery.c.subscriber_id == subscriber.c.id, delivery.c.id == last_delivery
            ),
            ~exists().where(vote.c.subscriber_id == subscriber.c.id),
        )
        .order_by(subscriber.c.id)
    )
