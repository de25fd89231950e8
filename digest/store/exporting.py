"""Whole rows of one reader, for the export of everything held about them."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.store.delivery_schema import bounce
from digest.store.reader_schema import signup, vote
from digest.store.schema import delivery


async def list_signups(connection: AsyncConnection, subscriber_id: int) -> list[dict[str, Any]]:
    """Return what a reader asked for and consented to, oldest first."""
    rows = await connection.execute(
        select(
            signup.c.asked_at,
            signup.c.confirmed_at,
            signup.c.origin,
            signup.c.delivery_id,
            signup.c.preferences,
        )
        .where(signup.c.subscriber_id == subscriber_id)
        .order_by(signup.c.id)
    )
    return [dict(row._mapping) for row in rows]


async def list_votes(connection: AsyncConnection, subscriber_id: int) -> list[dict[str, Any]]:
    """Return every line of a reader's log of votes, oldest first."""
    rows = await connection.execute(
        select(vote.c.paper_id, vote.c.verdict, vote.c.topic, vote.c.delivery_id, vote.c.voted_at)
        .where(vote.c.subscriber_id == subscriber_id)
        .order_by(vote.c.id)
    )
    return [dict(row._mapping) for row in rows]


async def list_deliveries(connection: AsyncConnection, subscriber_id: int) -> list[dict[str, Any]]:
    """Return every delivery to a reader, oldest first."""
    columns = (
        *(delivery.c.id, delivery.c.kind, delivery.c.dedupe_key, delivery.c.state),
        *(delivery.c.reason, delivery.c.address, delivery.c.language, delivery.c.planned_at),
        *(delivery.c.sent_at, delivery.c.reply, delivery.c.tries, delivery.c.selection_id),
    )
    rows = await connection.execute(
        select(*columns).where(delivery.c.subscriber_id == subscriber_id).order_by(delivery.c.id)
    )
    return [dict(row._mapping) for row in rows]


async def list_bounces(connection: AsyncConnection, subscriber_id: int) -> list[dict[str, Any]]:
    """Return every line about a reader of the log of what came back, oldest first."""
    names = ("received_at", "kind", "hard", "status", "reason", "said", "origin", "delivery_id")
    rows = await connection.execute(
        select(*(bounce.c[name] for name in names))
        .where(bounce.c.subscriber_id == subscriber_id)
        .order_by(bounce.c.id)
    )
    return [dict(row._mapping) for row in rows]
