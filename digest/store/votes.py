"""The log of what readers said of papers: lines are added, never changed."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.votes import Verdict, Vote
from digest.store.reader_schema import vote
from digest.store.schema import paper


def _to_vote(row: Row[Any]) -> Vote:
    return Vote(row.paper_id, Verdict(row.verdict), row.voted_at, row.topic)


async def add_vote(
    connection: AsyncConnection, subscriber_id: int, said: Vote, delivery_id: int | None
) -> None:
    """Add a line to the log."""
    await connection.execute(
        insert(vote).values(
            subscriber_id=subscriber_id,
            paper_id=said.paper_id,
            verdict=said.verdict.value,
            topic=said.topic,
            delivery_id=delivery_id,
            voted_at=said.voted_at,
        )
    )


async def list_votes(
    connection: AsyncConnection, subscriber_id: int, papers: Iterable[int] | None = None
) -> list[Vote]:
    """Return a reader's votes in the order of the log; on some ``papers`` alone where given."""
    query = select(vote).where(vote.c.subscriber_id == subscriber_id).order_by(vote.c.id)
    if papers is not None:
        query = query.where(vote.c.paper_id.in_(sorted(set(papers))))
    return [_to_vote(row) for row in await connection.execute(query)]


async def find_survivors(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, int]:
    """Return what each paper's id stands for now: itself, or what it was merged into."""
    found: dict[int, int] = {}
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), 500):
        rows = await connection.execute(
            select(paper.c.id, func.coalesce(paper.c.merged_into, paper.c.id)).where(
                paper.c.id.in_(wanted[start : start + 500])
            )
        )
        found |= {row[0]: int(row[1]) for row in rows}
    return found


async def list_ids_of(connection: AsyncConnection, survivor: int) -> list[int]:
    """Return a surviving paper's id and the ids that were merged into it."""
    rows = await connection.execute(
        select(paper.c.id).where((paper.c.id == survivor) | (paper.c.merged_into == survivor))
    )
    return sorted(row.id for row in rows)
