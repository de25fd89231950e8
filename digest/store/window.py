"""The papers of the last days, read a stretch at a time: other requests go on in between."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.papers import Mention, Paper, Signal
from digest.store.papers import to_paper
from digest.store.schema import mention, paper, signal, topic

_STRETCH = 500


@dataclass(frozen=True, slots=True)
class Window:
    """Papers, and their listings and readings by paper id."""

    papers: list[Paper]
    mentions: dict[int, list[Mention]]
    signals: dict[int, list[Signal]]


async def read_window(connection: AsyncConnection, since: datetime, now: datetime) -> Window:
    """Return the offered papers first seen in (since, now], with what is known of them by then."""
    recent = (
        paper.c.merged_into.is_(None)
        & paper.c.offered
        & (paper.c.first_seen_at > since)
        & (paper.c.first_seen_at <= now)
    )
    found: list[Paper] = []
    async for stretch in _stretches(connection, select(paper).where(recent)):
        found += map(to_paper, stretch)
    mentions: dict[int, list[Mention]] = defaultdict(list)
    listed = select(mention).join(paper, paper.c.id == mention.c.paper_id).where(recent)
    async for stretch in _stretches(connection, listed):
        for row in stretch:
            mentions[row.paper_id].append(Mention(row.source, row.listed_at, row.url))
    readings: dict[int, list[Signal]] = defaultdict(list)
    taken = (
        select(signal)
        .join(paper, paper.c.id == signal.c.paper_id)
        .where(recent, signal.c.taken_at <= now)
        .order_by(signal.c.taken_at)
    )
    async for stretch in _stretches(connection, taken):
        for row in stretch:
            read = Signal(row.source, row.metric, row.value, row.taken_at)
            readings[row.paper_id].append(read)
    return Window(found, mentions, readings)


async def read_marks(connection: AsyncConnection, listed_since: datetime) -> tuple[Any, ...]:
    """Return figures that differ whenever papers, listings, readings or topics were written.

    All of them come from indexes. Of listings, those since an instant are counted.
    """
    listings = select(func.count()).where(mention.c.listed_at >= listed_since)
    row = await connection.execute(
        select(
            select(func.max(paper.c.updated_at)).scalar_subquery(),
            select(func.max(paper.c.id)).scalar_subquery(),
            select(func.max(signal.c.taken_at)).scalar_subquery(),
            listings.scalar_subquery(),
            select(func.max(topic.c.id)).scalar_subquery(),
            select(func.count()).where(topic.c.current).scalar_subquery(),
        )
    )
    return tuple(row.one())


async def _stretches(
    connection: AsyncConnection, query: Select[Any]
) -> AsyncIterator[Sequence[Row[Any]]]:
    async with connection.stream(query.execution_options(yield_per=_STRETCH)) as rows:
        async for stretch in rows.partitions():
            yield stretch
