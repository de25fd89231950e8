"""Reading mentions, signals and aliases for a pool."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.papers import Mention, Signal
from digest.store.schema import mention, paper, signal


async def list_mentions(connection: AsyncConnection, now: datetime) -> dict[int, list[Mention]]:
    """Return the listings of every paper that may be offered at ``now``, by paper id."""
    rows = await connection.execute(
        select(mention)
        .join(paper, paper.c.id == mention.c.paper_id)
        .where(paper.c.eligible_until > now)
    )
    found: dict[int, list[Mention]] = defaultdict(list)
    for row in rows:
        found[row.paper_id].append(Mention(row.source, row.listed_at, row.url))
    return found


async def list_signals(connection: AsyncConnection, now: datetime) -> dict[int, list[Signal]]:
    """Return the readings of every paper that may be offered at ``now``, oldest first."""
    rows = await connection.execute(
        select(signal)
        .join(paper, paper.c.id == signal.c.paper_id)
        .where(paper.c.eligible_until > now, signal.c.taken_at <= now)
        .order_by(signal.c.taken_at)
    )
    found: dict[int, list[Signal]] = defaultdict(list)
    for row in rows:
        found[row.paper_id].append(Signal(row.source, row.metric, row.value, row.taken_at))
    return found


async def list_signals_of(connection: AsyncConnection, paper_id: int) -> list[Signal]:
    """Return every reading of one paper, oldest first."""
    rows = await connection.execute(
        select(signal).where(signal.c.paper_id == paper_id).order_by(signal.c.taken_at)
    )
    return [Signal(row.source, row.metric, row.value, row.taken_at) for row in rows]


async def list_mentions_of(connection: AsyncConnection, paper_id: int) -> list[Mention]:
    """Return every listing of one paper, earliest first."""
    rows = await connection.execute(
        select(mention).where(mention.c.paper_id == paper_id).order_by(mention.c.listed_at)
    )
    return [Mention(row.source, row.listed_at, row.url) for row in rows]


async def list_aliases(connection: AsyncConnection, now: datetime) -> dict[int, int]:
    """Return alias id -> surviving id, of every closure that may be offered at ``now``.

    Parents of split papers are followed too, whatever their age.
    """
    survivor = paper.alias()
    split = select(paper.c.split_from).where(paper.c.split_from.is_not(None))
    rows = await connection.execute(
        select(paper.c.id, paper.c.merged_into)
        .join(survivor, survivor.c.id == paper.c.merged_into)
        .where(
            or_(
                survivor.c.eligible_until > now,
                paper.c.id.in_(split),
                paper.c.merged_into.in_(split),
            )
        )
    )
    return {row.id: row.merged_into for row in rows}


async def list_history(connection: AsyncConnection, since: datetime) -> dict[str, Sequence[float]]:
    """Return each metric's best value of every paper read since an instant: the trend's scale.

    A gained metric (stars) counts from its first reading on.
    """
    rows = await connection.execute(
        select(
            signal.c.metric,
            func.max(signal.c.value).label("top"),
            (func.max(signal.c.value) - func.min(signal.c.value)).label("gained"),
        )
        .where(signal.c.taken_at > since)
        .group_by(signal.c.metric, signal.c.source, signal.c.paper_id)
    )
    found: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        found[row.metric].append(row.gained if row.metric == "stars" else row.top)
    return dict(found)
