"""Moving seen sets on when digests are sent: by compare-and-set, else by union."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import case, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.store.schema import delivery, selection, subscriber
from digest.store.seen_sets import get_seen, intern_seen


async def advance_history(connection: AsyncConnection, sent: Iterable[int]) -> None:
    """Make the papers of sent digests seen, and their plan instant the reader's last edition.

    Readers whose seen set is the one that was planned with move together, in one statement a
    group; whoever has moved since (an earlier digest was settled in between), or whose mail had no
    room for every paper, gets the union with what stood in it.
    """
    rows = await connection.execute(
        select(
            delivery.c.subscriber_id,
            delivery.c.planned_at,
            delivery.c.selection_id,
            delivery.c.placed,
            selection.c["items"].label("chosen"),
            subscriber.c.seen_set_id.label("now_seen"),
            selection.c.seen_set_id.label("planned_seen"),
            selection.c.next_seen_set_id.label("next_seen"),
        )
        .join(subscriber, subscriber.c.id == delivery.c.subscriber_id)
        .join(selection, selection.c.id == delivery.c.selection_id)
        .where(delivery.c.id.in_(sorted(sent)), delivery.c.kind == "digest")
        .order_by(subscriber.c.id, delivery.c.planned_at)
        .with_for_update(of=subscriber)
    )
    together = defaultdict(list)
    moving: set[int] = set()
    apart = []
    for row in rows:
        whole = row.placed is None or row.placed >= len(row.chosen)
        # of two digests of one reader in a batch, only the first finds the set it was planned with
        if whole and row.now_seen == row.planned_seen and row.subscriber_id not in moving:
            moving.add(row.subscriber_id)
            together[(row.planned_seen, row.next_seen, row.planned_at)].append(row.subscriber_id)
        else:
            apart.append(row)
    for (before, after, planned_at), readers in together.items():
        await connection.execute(
            update(subscriber)
            .where(subscriber.c.id.in_(readers), subscriber.c.seen_set_id == before)
            .values(seen_set_id=after, fresh_since=_later(planned_at))
        )
    for row in apart:
        await _unite(connection, row)


async def _unite(connection: AsyncConnection, row: Any) -> None:
    """Add what stood in one mail to what its reader has seen by now."""
    query = select(subscriber.c.seen_set_id).where(subscriber.c.id == row.subscriber_id)
    current = (await connection.execute(query)).scalar_one()
    sets = await get_seen(connection, [current])
    union = sets[current] | {item[0] for item in row.chosen[: row.placed]}
    await connection.execute(
        update(subscriber)
        .where(subscriber.c.id == row.subscriber_id)
        .values(
            seen_set_id=await intern_seen(connection, union),
            fresh_since=_later(row.planned_at),
        )
    )


def _later(planned_at: object) -> object:
    column = subscriber.c.fresh_since
    return case((column < planned_at, planned_at), else_=column)
