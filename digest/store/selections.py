"""Plans and selections: what was chosen for whom, with the facts of each card frozen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.store.editions import SelectionKey
from digest.store.inserting import insert_new
from digest.store.schema import plan, plan_card, selection


@dataclass(frozen=True, slots=True)
class StoredItem:
    """One place in a digest: the paper, its heading, and the matched atoms."""

    paper_id: int
    topic: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoredSelection:
    """A selection with the plan's figures; ``items`` is empty where ``empty_reason`` is not."""

    id: int
    plan_id: int
    planned_at: datetime
    looked_at: int
    source_count: int
    topic_set_id: int
    seen_set_id: int
    next_seen_set_id: int
    max_papers: int
    min_papers: int
    items: tuple[StoredItem, ...]
    matched: int
    already_seen: int
    fresh: int
    empty_reason: str


@dataclass(frozen=True, slots=True)
class NewSelection:
    """A selection about to be stored."""

    key: SelectionKey
    next_seen_set_id: int
    items: tuple[StoredItem, ...]
    matched: int
    already_seen: int
    fresh: int
    empty_reason: str


async def ensure_plan(
    connection: AsyncConnection,
    planned_at: datetime,
    looked_at: int,
    source_count: int,
    last_paper_id: int,
) -> int:
    """Return the id of the plan of an instant, made where it is new."""
    query = select(plan.c.id).where(plan.c.planned_at == planned_at)
    found: int | None = await connection.scalar(query)
    if found is None:
        values = {
            "planned_at": planned_at,
            "looked_at": looked_at,
            "source_count": source_count,
            "last_paper_id": last_paper_id,
        }
        await insert_new(connection, plan, values)
        found = (await connection.execute(query)).scalar_one()
    return found


async def get_watermarks(
    connection: AsyncConnection, instants: Iterable[datetime]
) -> dict[datetime, int]:
    """Return the newest paper that the plans of some instants could see; none made, no entry."""
    rows = await connection.execute(
        select(plan.c.planned_at, plan.c.last_paper_id).where(
            plan.c.planned_at.in_(sorted(set(instants)))
        )
    )
    return {row.planned_at: row.last_paper_id for row in rows}


async def add_cards(
    connection: AsyncConnection, plan_id: int, facts: Mapping[int, dict[str, Any]]
) -> None:
    """Freeze the facts of papers for a plan; cards frozen before stay as they are."""
    rows = await connection.execute(
        select(plan_card.c.paper_id).where(plan_card.c.plan_id == plan_id)
    )
    held = {row.paper_id for row in rows}
    new = [
        {"plan_id": plan_id, "paper_id": paper_id, "facts": fact}
        for paper_id, fact in facts.items()
        if paper_id not in held
    ]
    if new:
        await connection.execute(insert(plan_card), new)


async def find_selections(connection: AsyncConnection, plan_id: int) -> dict[SelectionKey, int]:
    """Return the selections that a plan has already, by key."""
    rows = await connection.execute(select(selection).where(selection.c.plan_id == plan_id))
    return {
        SelectionKey(
            row.topic_set_id,
            row.seen_set_id,
            row.max_papers,
            row.min_papers,
            row.weekdays,
            row.fresh_since,
        ): row.id
        for row in rows
    }


async def add_selections(
    connection: AsyncConnection, plan_id: int, items: Sequence[NewSelection]
) -> None:
    """Store selections of a plan."""
    if not items:
        return
    rows = [
        {
            "plan_id": plan_id,
            "topic_set_id": item.key.topic_set_id,
            "seen_set_id": item.key.seen_set_id,
            "next_seen_set_id": item.next_seen_set_id,
            "max_papers": item.key.max_papers,
            "min_papers": item.key.min_papers,
            "weekdays": item.key.weekdays,
            "fresh_since": item.key.fresh_since,
            "items": [[i.paper_id, i.topic, list(i.why)] for i in item.items],
            "matched": item.matched,
            "already_seen": item.already_seen,
            "fresh": item.fresh,
            "empty_reason": item.empty_reason,
        }
        for item in items
    ]
    await connection.execute(insert(selection), rows)


async def get_selections(
    connection: AsyncConnection, ids: Iterable[int]
) -> dict[int, StoredSelection]:
    """Return selections by id, with the figures of their plans."""
    rows = await connection.execute(
        select(selection, plan.c.planned_at, plan.c.looked_at, plan.c.source_count)
        .join(plan, plan.c.id == selection.c.plan_id)
        .where(selection.c.id.in_(sorted(set(ids))))
    )
    found = {}
    for row in rows:
        items = tuple(StoredItem(i[0], i[1], tuple(i[2])) for i in row._mapping["items"])
        found[row.id] = StoredSelection(
            id=row.id,
            plan_id=row.plan_id,
            planned_at=row.planned_at,
            looked_at=row.looked_at,
            source_count=row.source_count,
            topic_set_id=row.topic_set_id,
            seen_set_id=row.seen_set_id,
            next_seen_set_id=row.next_seen_set_id,
            max_papers=row.max_papers,
            min_papers=row.min_papers,
            items=items,
            matched=row.matched,
            already_seen=row.already_seen,
            fresh=row.fresh,
            empty_reason=row.empty_reason,
        )
    return found


async def get_cards(
    connection: AsyncConnection, plan_id: int, paper_ids: Iterable[int]
) -> dict[int, dict[str, Any]]:
    """Return the frozen facts of papers in a plan, by paper id."""
    rows = await connection.execute(
        select(plan_card.c.paper_id, plan_card.c.facts).where(
            plan_card.c.plan_id == plan_id, plan_card.c.paper_id.in_(sorted(set(paper_ids)))
        )
    )
    return {row.paper_id: row.facts for row in rows}
