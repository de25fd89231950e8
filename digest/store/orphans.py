"""What no delivery and no reader names any more, such as the topics of one who was erased."""

from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.subscribers import EMPTY_TOPIC_SET
from digest.store.schema import delivery, plan, selection, subscriber, topic_set


async def prune_selections(connection: AsyncConnection, before: datetime, limit: int) -> int:
    """Delete up to ``limit`` selections without a delivery, of plans older than an instant."""
    idle = (
        select(selection.c.id)
        .join(plan, plan.c.id == selection.c.plan_id)
        .where(
            plan.c.planned_at < before,
            ~exists().where(delivery.c.selection_id == selection.c.id),
        )
        .order_by(selection.c.id)
        .limit(limit)
    )
    ids = (await connection.execute(idle)).scalars().all()
    await connection.execute(delete(selection).where(selection.c.id.in_(ids)))
    return len(ids)


async def prune_topic_sets(connection: AsyncConnection, limit: int) -> int:
    """Delete up to ``limit`` topic sets that no reader and no selection names."""
    named = (subscriber.c.topic_set_id, selection.c.topic_set_id)
    idle = (
        select(topic_set.c.id)
        .where(
            topic_set.c.id != EMPTY_TOPIC_SET,
            *(~exists().where(column == topic_set.c.id) for column in named),
        )
        .order_by(topic_set.c.id)
        .limit(limit)
    )
    ids = (await connection.execute(idle)).scalars().all()
    await connection.execute(delete(topic_set).where(topic_set.c.id.in_(ids)))
    return len(ids)
