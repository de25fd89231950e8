"""Which papers were first listed on a day, whatever their age; and what is known of some papers."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.papers import Mention, Paper, Signal
from digest.store.papers import get_papers
from digest.store.schema import mention, paper, signal

_CHUNK = 100  # ids in one statement: a paper may have hundreds of readings


async def list_first_listed(
    connection: AsyncConnection, start: datetime, end: datetime
) -> list[int]:
    """Return the ids of offered papers whose first listing by any source is in [start, end)."""
    rows = await connection.execute(
        select(mention.c.paper_id)
        .join(paper, paper.c.id == mention.c.paper_id)
        .where(mention.c.listed_at >= start, mention.c.listed_at < end, _is_first(start))
        .distinct()
    )
    return sorted(row.paper_id for row in rows)


async def find_listing_before(connection: AsyncConnection, start: datetime) -> datetime | None:
    """Return the newest instant before ``start`` at which an offered paper was first listed."""
    found: datetime | None = await connection.scalar(
        select(mention.c.listed_at)
        .join(paper, paper.c.id == mention.c.paper_id)
        .where(mention.c.listed_at < start, _is_first())
        .order_by(mention.c.listed_at.desc())
        .limit(1)
    )
    return found


async def find_listing_after(
    connection: AsyncConnection, end: datetime, now: datetime
) -> datetime | None:
    """Return the oldest instant in [end, now] at which an offered paper was first listed."""
    found: datetime | None = await connection.scalar(
        select(mention.c.listed_at)
        .join(paper, paper.c.id == mention.c.paper_id)
        .where(mention.c.listed_at >= end, mention.c.listed_at <= now, _is_first())
        .order_by(mention.c.listed_at)
        .limit(1)
    )
    return found


def _is_first(before: datetime | None = None) -> ColumnElement[bool]:
    """Return that no other source listed the paper earlier than this one, or than an instant."""
    other = mention.alias()
    bound: Any = mention.c.listed_at if before is None else before
    earlier = exists().where(other.c.paper_id == mention.c.paper_id, other.c.listed_at < bound)
    return paper.c.offered & paper.c.merged_into.is_(None) & ~earlier


async def list_mentions_of_each(
    connection: AsyncConnection, paper_ids: Iterable[int]
) -> dict[int, list[Mention]]:
    """Return the listings of papers by paper id."""
    found: dict[int, list[Mention]] = defaultdict(list)
    for chunk in _chunks(paper_ids):
        rows = await connection.execute(select(mention).where(mention.c.paper_id.in_(chunk)))
        for row in rows:
            found[row.paper_id].append(Mention(row.source, row.listed_at, row.url))
    return found


async def list_signals_of_each(
    connection: AsyncConnection, paper_ids: Iterable[int], now: datetime
) -> dict[int, list[Signal]]:
    """Return the readings of papers up to an instant, by paper id, oldest first."""
    found: dict[int, list[Signal]] = defaultdict(list)
    for chunk in _chunks(paper_ids):
        rows = await connection.execute(
            select(signal)
            .where(signal.c.paper_id.in_(chunk), signal.c.taken_at <= now)
            .order_by(signal.c.taken_at)
        )
        for row in rows:
            found[row.paper_id].append(Signal(row.source, row.metric, row.value, row.taken_at))
    return found


async def list_aliases_of(connection: AsyncConnection, paper_id: int) -> list[Paper]:
    """Return the papers that were merged into a paper, as they stood before, by id."""
    rows = await connection.execute(
        select(paper.c.id).where(paper.c.merged_into == paper_id).order_by(paper.c.id)
    )
    ids = [row.id for row in rows]
    found = await get_papers(connection, ids)
    return [found[alias] for alias in ids]


def _chunks(ids: Iterable[int]) -> list[Sequence[int]]:
    every = sorted(set(ids))
    return [every[start : start + _CHUNK] for start in range(0, len(every), _CHUNK)]
