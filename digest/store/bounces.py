"""The log of what came back: bounces, complaints, and when an address was cleared of them."""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.deliveries import State
from digest.store.delivery_schema import bounce
from digest.store.inserting import insert_new
from digest.store.schema import delivery, subscriber

BOUNCE, COMPLAINT, LIFTED = "bounce", "complaint", "lifted"


@dataclass(frozen=True, slots=True)
class BounceRow:
    """One line of the log; ``kind`` is bounce, complaint or lifted, ``status`` RFC 3463 or ""."""

    subscriber_id: int
    delivery_id: int | None
    kind: str
    hard: bool
    status: str
    reason: str
    said: str
    origin: str
    fingerprint: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class ListedBounce:
    """A line of the log with the reader's address, "" where they were erased."""

    id: int
    address: str
    subscriber_id: int
    delivery_id: int | None
    kind: str
    hard: bool
    status: str
    reason: str
    said: str
    origin: str
    received_at: datetime


def fingerprint(*parts: object) -> str:
    """Return what makes a line unique, so that a report that comes twice counts once."""
    return hashlib.sha256("\0".join(map(str, parts)).encode("utf-8", "replace")).hexdigest()


async def add_bounce(connection: AsyncConnection, row: BounceRow) -> bool:
    """Write a line; return False where its fingerprint is there already."""
    return await insert_new(connection, bounce, asdict(row))


async def find_lifted_at(connection: AsyncConnection, subscriber_id: int) -> datetime | None:
    """Return when a reader's address was last cleared, or None."""
    found: datetime | None = await connection.scalar(
        select(func.max(bounce.c.received_at)).where(
            bounce.c.subscriber_id == subscriber_id, bounce.c.kind == LIFTED
        )
    )
    return found


async def list_counted(
    connection: AsyncConnection, subscriber_id: int, since: datetime, reasons: Iterable[str]
) -> list[datetime]:
    """Return when bounces of some reasons came since an instant."""
    rows = await connection.execute(
        select(bounce.c.received_at).where(
            bounce.c.subscriber_id == subscriber_id,
            bounce.c.kind == BOUNCE,
            bounce.c.received_at > since,
            bounce.c.reason.in_(list(reasons)),
        )
    )
    return [row.received_at for row in rows]


async def list_good(
    connection: AsyncConnection, subscriber_id: int, address: str, since: datetime
) -> list[date]:
    """Return the days since an instant on which a mail to an address was taken and stayed."""
    came_back = exists().where(bounce.c.delivery_id == delivery.c.id)
    rows = await connection.execute(
        select(delivery.c.sent_at).where(
            delivery.c.subscriber_id == subscriber_id,
            delivery.c.state == State.SENT.value,
            delivery.c.sent_at > since,
            delivery.c.address == address,
            ~came_back,
        )
    )
    return [row.sent_at.date() for row in rows]


async def count_hard(connection: AsyncConnection, since: datetime) -> int:
    """Return how many hard bounces came since an instant."""
    query = select(func.count()).where(
        bounce.c.received_at > since, bounce.c.kind == BOUNCE, bounce.c.hard
    )
    return int(await connection.scalar(query) or 0)


async def count_reasons(
    connection: AsyncConnection, since: datetime, reasons: Iterable[str]
) -> dict[str, int]:
    """Return how many deliveries came back since an instant for each of some reasons."""
    rows = await connection.execute(
        select(bounce.c.reason, func.count())
        .where(
            bounce.c.received_at > since,
            bounce.c.kind == BOUNCE,
            bounce.c.reason.in_(list(reasons)),
        )
        .group_by(bounce.c.reason)
    )
    return {row[0]: row[1] for row in rows}


async def list_last(connection: AsyncConnection) -> dict[int, datetime]:
    """Return when something last came back of each reader, by their number."""
    rows = await connection.execute(
        select(bounce.c.subscriber_id, func.max(bounce.c.received_at).label("at"))
        .where(bounce.c.kind != LIFTED)
        .group_by(bounce.c.subscriber_id)
    )
    return {row.subscriber_id: row.at for row in rows}


async def list_bounces(
    connection: AsyncConnection, subscriber_id: int | None = None, limit: int = 200
) -> list[ListedBounce]:
    """Return the newest lines of the log, of one reader if told."""
    wanted = (
        select(bounce, subscriber.c.address)
        .join(subscriber, subscriber.c.id == bounce.c.subscriber_id)
        .order_by(bounce.c.received_at.desc(), bounce.c.id.desc())
        .limit(limit)
    )
    if subscriber_id is not None:
        wanted = wanted.where(bounce.c.subscriber_id == subscriber_id)
    return [_to_listed(row) for row in await connection.execute(wanted)]


def _to_listed(row: Row[Any]) -> ListedBounce:
    return ListedBounce(**{name: getattr(row, name) for name in ListedBounce.__dataclass_fields__})
