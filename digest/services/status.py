"""Status: how the installation is doing, from the database alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.domain.deliveries import OPEN, State
from digest.services.context import Context
from digest.services.ways import Way, list_ways
from digest.store import deliveries, editions, feeds, meta, papers, slots, subscribers
from digest.store.feeds import FeedState, SourceState


@dataclass(frozen=True, slots=True)
class Books:
    """One edition's books: they balance when ``planned`` is what all states add up to."""

    zone: str
    hour: int
    date: str
    planned: int
    states: dict[str, int]

    @property
    def balanced(self) -> bool:
        """Whether every planned row is in some state."""
        return self.planned == sum(self.states.values())

    @property
    def settled(self) -> bool:
        """Whether nothing of it is open, and it balances."""
        return self.balanced and not any(self.states.get(state.value) for state in OPEN)


@dataclass(frozen=True, slots=True)
class Status:
    """What `digest status` shows."""

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
    intake: tuple[Way, ...]


async def read_status(context: Context, days: int = 3) -> Status:
    """Return the state of sources, papers, readers, queue and the last days' books."""
    now = context.clock.now()
    ways = await list_ways(context)
    async with context.database.read() as connection:
        whole, eligible = await papers.count_papers(connection, now)
        waiting, since = await deliveries.count_waiting(connection)
        rows = await editions.list_books(connection, (now - timedelta(days=days)).date())
        return Status(
            now=now,
            rehearsal=await meta.is_rehearsal(connection),
            sources=tuple((await feeds.list_sources(connection)).values()),
            feeds=tuple((await feeds.list_feeds(connection)).values()),
            papers=whole,
            eligible=eligible,
            subscribers=await subscribers.count_by_state(connection),
            waiting=waiting,
            waiting_since=since,
            next_due_at=await slots.find_next_due(connection),
            books=tuple(
                Books(zone, hour, day.isoformat(), planned, states)
                for _, zone, hour, day, planned, states in rows
            ),
            intake=ways,
        )


def sent_share(books: Books) -> str:
    """Return "sent of planned" for a table cell."""
    return f"{books.states.get(State.SENT.value, 0)} of {books.planned}"
