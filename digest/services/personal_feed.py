"""The personal feed: the papers of the digests that a reader was sent lately."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.domain.deliveries import State
from digest.domain.editions import Card
from digest.domain.facts import card_from_json
from digest.domain.subscribers import Subscriber
from digest.domain.tokens import Claims, Purpose, make_token
from digest.services.context import Context
from digest.store import deliveries, selections, votes

KEPT = timedelta(days=30)
LONGEST = 200
_DIGESTS = 40  # more than any cadence has in 30 days


@dataclass(frozen=True, slots=True)
class FeedPaper:
    """A paper as it stood in the digest that first brought it, and when that was sent."""

    card: Card
    topic: str
    sent_at: datetime


async def list_feed(context: Context, reader: Subscriber) -> list[FeedPaper]:
    """Return the papers of the digests sent within 30 days, newest first, 200 at most.

    A paper stands once, under the id and at the time it was first sent, whatever it was merged
    into since: a feed reader takes it for the same entry.
    """
    since = context.clock.now() - KEPT
    async with context.database.read() as connection:
        rows = await deliveries.list_digests(connection, reader.id, _DIGESTS)
        found: list[FeedPaper] = []
        for row in sorted(rows, key=lambda r: (r.planned_at, r.id)):
            if row.state is not State.SENT or row.sent_at is None or row.selection_id is None:
                continue
            if row.sent_at < since:
                continue
            chosen = await selections.get_selections(connection, [row.selection_id])
            held = chosen[row.selection_id]
            items = held.items[: row.placed]
            cards = await selections.get_cards(
                connection, held.plan_id, [item.paper_id for item in items]
            )
            for item in reversed(items):  # the whole list is turned round below
                card = card_from_json(cards[item.paper_id])
                found.append(FeedPaper(card, item.topic, row.sent_at))
        survivors = await votes.find_survivors(connection, {p.card.paper_id for p in found})
    first = {survivors.get(p.card.paper_id, p.card.paper_id): p for p in reversed(found)}
    kept = sorted(first.values(), key=found.index, reverse=True)
    return kept[:LONGEST]


def feed_token(context: Context, reader: Subscriber) -> str:
    """Return the secret of a reader's feed: the same until they renew it."""
    claims = Claims(Purpose.FEED, reader.id, 0, reader.feed_generation, reader.created_at)
    return make_token(context.token_keys[0], claims)
