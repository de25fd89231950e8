"""What each source has listed: how much a day, and the latest."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.store.day_counts import utc_date
from digest.store.schema import mention, paper


@dataclass(frozen=True, slots=True)
class Listed:
    """A paper, and when a source first listed it."""

    paper_id: int
    title: str
    listed_at: datetime


async def count_listed(connection: AsyncConnection, since: datetime) -> dict[str, dict[date, int]]:
    """Return how many papers each source first listed on each date of UTC."""
    day = utc_date(connection, mention.c.listed_at)
    rows = await connection.execute(
        select(mention.c.source, day, func.count())
        .where(mention.c.listed_at >= since)
        .group_by(mention.c.source, day)
    )
    counts: dict[str, dict[date, int]] = {}
    for source, told, count in rows:
        counts.setdefault(source, {})[date.fromisoformat(str(told))] = count
    return counts


async def list_latest(
    connection: AsyncConnection, source: str, since: datetime, limit: int
) -> list[Listed]:
    """Return the papers that a source listed last, the newest first."""
    rows = await connection.execute(
        select(paper.c.id, paper.c.title, mention.c.listed_at)
        .join(mention, mention.c.paper_id == paper.c.id)
        .where(mention.c.source == source, mention.c.listed_at >= since)
        .order_by(mention.c.listed_at.desc(), paper.c.id.desc())
        .limit(limit)
    )
    return [Listed(row.id, row.title, row.listed_at) for row in rows]
