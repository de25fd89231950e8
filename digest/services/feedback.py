"""Feedback: what readers say of papers, and the list of those they saved."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.papers import Paper
from digest.domain.votes import NO_OPINION, Opinion, Verdict, Vote, opinions, saved
from digest.services.context import Context
from digest.store import deliveries, papers, selections, subscribers, votes
from digest.store.deliveries import Delivery


@dataclass(frozen=True, slots=True)
class PaperOpinion:
    """A surviving paper and what a reader thinks of it."""

    paper: Paper
    opinion: Opinion


@dataclass(frozen=True, slots=True)
class SavedPaper:
    """A paper on a reader's saved list."""

    paper: Paper
    saved_at: datetime


async def find_opinion(context: Context, subscriber_id: int, paper_id: int) -> PaperOpinion | None:
    """Return what a reader thinks of a paper, None for a paper that there is not."""
    async with context.database.read() as connection:
        return await _opinion(connection, subscriber_id, paper_id)


async def record_vote(
    context: Context, subscriber_id: int, paper_id: int, verdict: Verdict, delivery_id: int = 0
) -> PaperOpinion | None:
    """Write down what a reader says of a paper; None for a paper that there is not.

    Saying the same twice adds nothing. ``delivery_id`` names the mail whose link was followed; the
    topic under which the paper stood there is kept with the vote.
    """
    async with context.database.write() as connection:
        await subscribers.lock_subscriber(connection, subscriber_id)
        held = await _opinion(connection, subscriber_id, paper_id)
        if held is None:
            return None
        row = await deliveries.find_delivery(connection, delivery_id) if delivery_id else None
        if row is not None and row.subscriber_id != subscriber_id:
            row = None
        ids = await votes.list_ids_of(connection, held.paper.id)
        topic = await _topic_in(connection, row, ids)
        said = Vote(held.paper.id, verdict, context.clock.now(), topic)
        after = held.opinion.with_vote(said)
        if after != held.opinion:
            await votes.add_vote(connection, subscriber_id, said, row.id if row else None)
    return PaperOpinion(held.paper, after)


async def list_saved(context: Context, subscriber_id: int) -> list[SavedPaper]:
    """Return a reader's saved papers, the one saved last first; a merged one stands once."""
    async with context.database.read() as connection:
        log = await votes.list_votes(connection, subscriber_id)
        survivors = await votes.find_survivors(connection, {vote.paper_id for vote in log})
        found = opinions(log, survivors)
        wanted = saved(found)
        known = await papers.get_papers(connection, wanted)
    listed = [(known[i], found[i].saved_at) for i in wanted if i in known]
    return [SavedPaper(paper, at) for paper, at in listed if at is not None]


async def _opinion(
    connection: AsyncConnection, subscriber_id: int, paper_id: int
) -> PaperOpinion | None:
    survivor = await papers.find_survivor(connection, paper_id)
    if survivor is None:
        return None
    ids = await votes.list_ids_of(connection, survivor)
    log = await votes.list_votes(connection, subscriber_id, ids)
    paper = (await papers.get_papers(connection, [survivor]))[survivor]
    found = opinions(log, dict.fromkeys(ids, survivor))
    return PaperOpinion(paper, found.get(survivor, NO_OPINION))


async def _topic_in(connection: AsyncConnection, row: Delivery | None, ids: Iterable[int]) -> str:
    """Return the heading under which a paper stood in a mail, "" where it did not."""
    if row is None or row.selection_id is None:
        return ""
    chosen = await selections.get_selections(connection, [row.selection_id])
    any_of = set(ids)
    items = chosen[row.selection_id].items
    return next((item.topic for item in items if item.paper_id in any_of), "")
