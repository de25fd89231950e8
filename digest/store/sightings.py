"""Writing down where and how papers were seen: mentions and signals, many at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.papers import Mention, Signal
from digest.store.schema import mention, signal

_CHUNK = 500  # ids in one statement


async def save_mentions(connection: AsyncConnection, items: Iterable[tuple[int, Mention]]) -> None:
    """Note which sources list which papers; of two listings the earliest and the latest count."""
    seen: dict[tuple[int, str], tuple[Mention, datetime]] = {}
    for paper_id, item in items:
        first, last = seen.get((paper_id, item.source), (item, item.listed_at))
        earlier = item if item.listed_at < first.listed_at else first
        seen[paper_id, item.source] = earlier, max(last, item.listed_at)
    held = await _held_mentions(connection, sorted({paper_id for paper_id, _ in seen}))
    new, moved = [], []
    for (paper_id, source), (item, last) in seen.items():
        before = held.get((paper_id, source))
        if before is None:
            new.append({"paper_id": paper_id, "last_listed_at": last, **asdict(item)})
            continue
        span = min(before[0], item.listed_at), max(before[1], last)
        if span != before:
            moved.append(
                {"b_paper": paper_id, "b_source": source, "b_first": span[0], "b_last": span[1]}
            )
    if new:
        await connection.execute(insert(mention), new)
    if moved:
        await connection.execute(
            update(mention)
            .where(mention.c.paper_id == bindparam("b_paper"))
            .where(mention.c.source == bindparam("b_source"))
            .values(listed_at=bindparam("b_first"), last_listed_at=bindparam("b_last")),
            moved,
        )


async def _held_mentions(
    connection: AsyncConnection, paper_ids: Sequence[int]
) -> dict[tuple[int, str], tuple[datetime, datetime]]:
    found: dict[tuple[int, str], tuple[datetime, datetime]] = {}
    for start in range(0, len(paper_ids), _CHUNK):
        rows = await connection.execute(
            select(mention).where(mention.c.paper_id.in_(paper_ids[start : start + _CHUNK]))
        )
        found |= {(row.paper_id, row.source): (row.listed_at, row.last_listed_at) for row in rows}
    return found


async def add_signals(connection: AsyncConnection, items: Sequence[tuple[int, Signal]]) -> int:
    """Keep readings that differ from the one before; return how many were kept."""
    latest: dict[tuple[int, str, str], tuple[float, datetime]] = {}
    ids = sorted({paper_id for paper_id, _ in items})
    for start in range(0, len(ids), _CHUNK):
        rows = await connection.execute(
            select(signal)
            .where(signal.c.paper_id.in_(ids[start : start + _CHUNK]))
            .order_by(signal.c.taken_at)
        )
        latest |= {(r.paper_id, r.source, r.metric): (r.value, r.taken_at) for r in rows}
    kept: list[dict[str, Any]] = []
    for paper_id, item in items:
        key = paper_id, item.source, item.metric
        held = latest.get(key)
        if held is None or (held[0] != item.value and held[1] < item.taken_at):
            kept.append({"paper_id": paper_id, **asdict(item)})
            latest[key] = item.value, item.taken_at
    if kept:
        await connection.execute(insert(signal), kept)
    return len(kept)
