"""Merges shown and taken back."""

from typing import Any

from digest.services.context import Context
from digest.store import papers, signals


class MergeError(Exception):
    """A paper that cannot be shown or split, with the reason."""


async def show_paper(context: Context, paper_id: int) -> dict[str, Any]:
    """Return all that is known of a paper, found by its own id or an alias."""
    async with context.database.read() as connection:
        survivor = await papers.find_survivor(connection, paper_id)
        if survivor is None:
            raise MergeError(f"there is no paper {paper_id}")
        found = (await papers.get_papers(connection, [survivor]))[survivor]
        mentions = await signals.list_mentions_of(connection, survivor)
        readings = await signals.list_signals_of(connection, survivor)
        merges = await papers.list_merges(connection, survivor)
        closure = await papers.list_closure(connection, survivor)
    fields = {name: getattr(found, name) for name in found.__dataclass_fields__}
    return fields | {
        "seen_as": closure,
        "mentions": mentions,
        "signals": readings,
        "merges": merges,
    }


async def split_merged(context: Context, paper_id: int) -> str:
    """Make an alias a paper of its own again; who saw its parent counts as having seen it."""
    async with context.database.write() as connection:
        survivor = await papers.find_survivor(connection, paper_id)
        if survivor is None:
            raise MergeError(f"there is no paper {paper_id}")
        if survivor == paper_id:
            raise MergeError(
                f"paper {paper_id} was not merged into another; `digest papers show {paper_id}` "
                "lists the ids merged into it"
            )
        await papers.split_paper(connection, paper_id, context.clock.now())
    return f"paper {paper_id} stands for itself again; it counts as seen where {survivor} was"
