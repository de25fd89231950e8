"""Status: how the installation is doing, from the database alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.domain.deliveries import State
from digest.services import guard
from digest.services.books import Books, read_books
from digest.services.context import Context
from digest.services.relay_status import RelayStatus, list_relay_status
from digest.services.sources import read_states
from digest.services.ways import Way, list_ways
from digest.store import alarms, deliveries, feeds, held, meta, papers, slots, subscribers
from digest.store.alarms import Alarm
from digest.store.feeds import FeedState, SourceState


@dataclass(frozen=True, slots=True)
class Status:
    """What `digest status` shows.

    ``refused`` says why nothing may be sent, "" where it may. Of the last days'
    digests ``repeated`` were handed over again after a lost answer, ``rewritten`` of them in other
    bytes.
    """

    now: datetime
    rehearsal: bool
    sources: tuple[SourceState, ...]
    feeds: tuple[FeedState, ...]
    papers: int
    eligible: int
    subscribers: dict[str, int]
    waiting: int
    waiting_since: datetime | None
    next_due_at: datetime | None
    books: tuple[Books, ...]
    relays: tuple[RelayStatus, ...]
    held: int
    repeated: int
    rewritten: int
    refused: str
    alarms: tuple[Alarm, ...]
    intake: tuple[Way, ...]


async def read_status(context: Context, days: int = 3) -> Status:
    """Return the state of sources, papers, readers, queue and the last days' books."""
    now = context.clock.now()
    # a day is ahead of UTC in the east
    first, last = (now - timedelta(days=days)).date(), (now + timedelta(days=1)).date()
    account = await read_books(context, first, last)
    refused = await guard.find_trouble(context)
    ways = await list_ways(context)
    async with context.database.read() as connection:
        whole, eligible = await papers.count_papers(connection, now)
        waiting, since = await deliveries.count_waiting(connection)
        return Status(
            now=now,
            rehearsal=await meta.is_rehearsal(connection),
            sources=tuple(await read_states(context, connection)),
            feeds=tuple((await feeds.list_feeds(connection)).values()),
            papers=whole,
            eligible=eligible,
            subscribers=await subscribers.count_by_state(connection),
            waiting=waiting,
            waiting_since=since,
            next_due_at=await slots.find_next_due(connection),
            books=account.editions,
            held=await held.count_held(connection),
            repeated=account.repeated,
            rewritten=account.rewritten,
            refused=refused or "",
            alarms=tuple(
                one for one in await alarms.list_alarms(connection) if one.cleared_at is None
            ),
            relays=await list_relay_status(context, connection),
            intake=ways,
        )


def sent_share(books: Books) -> str:
    """Return "sent of planned" for a table cell."""
    return f"{books.states.get(State.SENT.value, 0)} of {books.planned}"
