"""Readers as an operator looks for them: a page at a time, the newest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.deliveries import Kind, State
from digest.domain.subscribers import SubscriberState, Suppression, address_key
from digest.store.bounces import LIFTED
from digest.store.delivery_schema import bounce
from digest.store.schema import delivery, subscriber, topic_set


@dataclass(frozen=True, slots=True)
class FoundReader:
    """A line of the list; of a tombstone the address is "". ``last_sent_at`` is of a digest."""

    id: int
    address: str
    state: SubscriberState
    state_reason: str
    suppression: Suppression | None
    zone: str
    hour: int
    topics: int
    created_at: datetime
    last_sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class LastReport:
    """The newest report about a reader: when it came, and what the other side wrote."""

    received_at: datetime
    said: str


async def list_readers(
    connection: AsyncConnection,
    limit: int,
    *,
    part: str = "",
    state: SubscriberState | None = None,
    before: int | None = None,
) -> list[FoundReader]:
    """Return readers of ids below ``before``, the newest first.

    ``part`` is a whole address, part of one, or an id; it finds no tombstone but by its id. A whole
    address is looked up by its index; a part of one reads the table until the page is full.
    """
    wanted: list[ColumnElement[bool]] = []
    if part:
        wanted.append(await _named(connection, part))
    if state is not None:
        wanted.append(subscriber.c.state == state.value)
    return await _page(connection, wanted, limit, before)


async def list_barred(
    connection: AsyncConnection, limit: int, *, part: str = "", before: int | None = None
) -> list[FoundReader]:
    """Return who is barred, tombstones that bar an address among them."""
    suppressed = subscriber.c.state == SubscriberState.SUPPRESSED.value
    wanted: list[ColumnElement[bool]] = [or_(suppressed, subscriber.c.suppression.is_not(None))]
    if part:
        wanted.append(await _named(connection, part))
    return await _page(connection, wanted, limit, before)


async def find_last_reports(
    connection: AsyncConnection, reader_ids: Iterable[int]
) -> dict[int, LastReport]:
    """Return the newest bounce or complaint of each reader that has one."""
    newest = (
        select(func.max(bounce.c.id))
        .where(bounce.c.subscriber_id.in_(list(reader_ids)), bounce.c.kind != LIFTED)
        .group_by(bounce.c.subscriber_id)
    )
    rows = await connection.execute(select(bounce).where(bounce.c.id.in_(newest)))
    return {row.subscriber_id: LastReport(row.received_at, row.said) for row in rows}


async def _named(connection: AsyncConnection, part: str) -> ColumnElement[bool]:
    """Return the condition for what somebody typed to name a reader."""
    key = address_key(part)
    whole = await connection.scalar(
        select(subscriber.c.id).where(subscriber.c.address_key == key, subscriber.c.address != "")
    )
    if whole is not None:
        exact: ColumnElement[bool] = subscriber.c.id == whole
        return exact
    inside = subscriber.c.address_key.contains(key, autoescape=True)
    named = and_(inside, subscriber.c.address != "")
    number = _id_in(part)
    return or_(subscriber.c.id == number, named) if number is not None else named


def _id_in(part: str) -> int | None:
    text = part.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


async def _page(
    connection: AsyncConnection,
    wanted: Iterable[ColumnElement[bool]],
    limit: int,
    before: int | None,
) -> list[FoundReader]:
    last_sent = (
        select(delivery.c.sent_at)
        .where(
            delivery.c.subscriber_id == subscriber.c.id,
            delivery.c.kind == Kind.DIGEST.value,
            delivery.c.state == State.SENT.value,
        )
        .order_by(delivery.c.dedupe_key.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(subscriber, topic_set.c["items"].label("chosen"), last_sent.label("last_sent_at"))
        .join(topic_set, topic_set.c.id == subscriber.c.topic_set_id)
        .where(*wanted)
        .order_by(subscriber.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(subscriber.c.id < before)
    return [_to_found(row) for row in await connection.execute(query)]


def _to_found(row: Row[Any]) -> FoundReader:
    return FoundReader(
        id=row.id,
        address=row.address,
        state=SubscriberState(row.state),
        state_reason=row.state_reason,
        suppression=Suppression(row.suppression) if row.suppression else None,
        zone=row.zone,
        hour=row.hour,
        topics=len(row.chosen),
        created_at=row.created_at,
        last_sent_at=row.last_sent_at,
    )
