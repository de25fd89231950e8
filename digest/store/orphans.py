"""What no delivery and no reader names any more, such as the topics of one who was erased."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Column, Table, delete, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.seen import EMPTY_SEEN_SET
from digest.domain.subscribers import EMPTY_TOPIC_SET
from digest.store.idle import Idle
from digest.store.schema import (
    delivery,
    plan,
    plan_card,
    seen_set,
    selection,
    subscriber,
    topic_set,
)

_BY_SELECTION = exists().where(selection.c.plan_id == plan.c.id)


def idle_selections(before: datetime) -> Idle:
    """Return the selections without a delivery, of plans older than an instant."""
    old = exists().where(plan.c.id == selection.c.plan_id, plan.c.planned_at < before)
    sent = exists().where(delivery.c.selection_id == selection.c.id)
    return Idle(selection, (old, ~sent))


def idle_topic_sets() -> Idle:
    """Return the topic sets that no reader and no selection names."""
    named = (subscriber.c.topic_set_id, selection.c.topic_set_id)
    return _unnamed(topic_set, EMPTY_TOPIC_SET, named)


def idle_seen_sets() -> Idle:
    """Return the seen sets that no reader and no selection names."""
    named = (subscriber.c.seen_set_id, selection.c.seen_set_id, selection.c.next_seen_set_id)
    return _unnamed(seen_set, EMPTY_SEEN_SET, named)


def _unnamed(table: Table, empty: int, named: Iterable[Column[int]]) -> Idle:
    free = (~exists().where(column == table.c.id) for column in named)
    return Idle(table, (table.c.id != empty, *free))


async def list_idle_plans(
    connection: AsyncConnection, before: datetime, after: int, limit: int
) -> list[int]:
    """Return up to ``limit`` plans with cards and without a selection, older than an instant."""
    carded = exists().where(plan_card.c.plan_id == plan.c.id)
    rows = await connection.execute(
        select(plan.c.id)
        .where(plan.c.id > after, plan.c.planned_at < before, carded, ~_BY_SELECTION)
        .order_by(plan.c.id)
        .limit(limit)
    )
    return list(rows.scalars())


async def remove_cards(connection: AsyncConnection, plan_ids: Iterable[int]) -> int:
    """Delete the cards of plans without a selection; return how many.

    The plans themselves stay: they tell what was news to a reader who was away for long.
    """
    idle = select(plan.c.id).where(plan.c.id.in_(list(plan_ids)), ~_BY_SELECTION)
    done = await connection.execute(delete(plan_card).where(plan_card.c.plan_id.in_(idle)))
    return int(done.rowcount)
