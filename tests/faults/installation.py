"""An installation with a day's digests planned, and its books, for the tests of faults."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.exc import DBAPIError

from digest.bootstrap import App, open_app
from digest.clocks import SimulatedClock
from digest.domain.deliveries import OPEN, State
from digest.domain.preferences import topics_from
from digest.domain.seen import EMPTY_SEEN_SET
from digest.domain.subscribers import NEVER
from digest.services.plan import plan_due_slots
from digest.settings import Settings
from digest.store import slots
from digest.store.database import Database
from digest.store.schema import delivery, subscriber
from digest.store.seen_sets import intern_topics
from tests.world import SOURCE, ToldTransport, World

DOMAINS = ("inbox.example", "post.example", "mail.example")
PAPERS = 12
_CHUNK = 2_000


@dataclass(frozen=True)
class Installation:
    """Where an installation lives, and what it is told beside the defaults."""

    folder: Path
    database_url: str
    port: int
    told: dict[str, Any] = field(default_factory=dict)

    def tables(self) -> dict[str, Any]:
        """Return its settings as the tables of a digest.toml."""
        relay = {"name": "faulty", "host": "127.0.0.1", "port": self.port, "connections": 20}
        tables: dict[str, Any] = {
            "data_dir": str(self.folder),
            "database_url": self.database_url,
            "base_url": "http://localhost:8000",
            "secret_key": "k" * 40,
            "mail": {"from": "Paper Digest <digest@papers.example>"},
            "relays": [relay],
            "sources": [{"name": SOURCE, "kind": "huggingface", "enabled": False}],
        }
        for name, value in self.told.items():
            table = tables.get(name)
            tables[name] = table | value if isinstance(table, dict) else value
        return tables

    def settings(self) -> Settings:
        """Return its settings."""
        return Settings.model_validate(self.tables())


async def plan_day(
    installation: Installation, readers: int, *, leave_planning: bool = False
) -> None:
    """Fill an empty database: a few papers, ``readers`` with their hour now, their digests planned.

    It goes by the machine's clock, for processes that are killed go by it too. With
    ``leave_planning`` the digests are due, and for a scheduler to plan.
    """
    async with open_app(installation.settings()) as app:
        now = datetime.now(UTC)
        await _list_papers(app)
        async with app.database.write() as connection:
            topics = await intern_topics(connection, topics_from({}, queries=["studied"]))
            await slots.ensure_slot(connection, "UTC", now.hour, now - timedelta(days=1))
        for start in range(0, readers, _CHUNK):
            numbers = range(start, min(start + _CHUNK, readers))
            async with app.database.write() as connection:
                await connection.execute(insert(subscriber), _rows(numbers, topics, now))
        if leave_planning:
            return
        planned = await plan_due_slots(app.context, datetime.now(UTC))
        assert planned.deliveries == readers, planned


async def _list_papers(app: App) -> None:
    world = World(app, SimulatedClock(datetime.now(UTC)), ToldTransport())
    await world.list_papers(*(f"A careful look at matter number {n}" for n in range(PAPERS)))


def _rows(numbers: Iterable[int], topics: int, now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "id": number + 1,
            "address": f"reader{number}@{DOMAINS[number % len(DOMAINS)]}",
            "address_key": f"reader{number}@{DOMAINS[number % len(DOMAINS)]}",
            "state": "active",
            "zone": "UTC",
            "hour": now.hour,
            "weekdays": 127,
            "max_papers": 10,
            "min_papers": 1,
            "language": "en",
            "extract": "short",
            "topic_set_id": topics,
            "seen_set_id": EMPTY_SEEN_SET,
            "fresh_since": NEVER,
            "created_at": now,
            "confirmed_at": now,
        }
        for number in numbers
    ]


@dataclass(frozen=True, slots=True)
class Books:
    """How many deliveries stand in each state."""

    states: Counter[str]

    @property
    def open(self) -> int:
        """Return how many are still to come to an end, those held for a person left out."""
        return sum(self.states[state] for state in OPEN - {State.HELD})


async def read_books(database: Database) -> Books:
    """Count the ledger by state; a database that is away for a moment is asked again."""
    for _ in range(100):
        try:
            return await _count(database)
        except DBAPIError:
            await asyncio.sleep(0.1)
    return await _count(database)


async def _count(database: Database) -> Books:
    async with database.read() as connection:
        rows = await connection.execute(
            select(delivery.c.state, func.count()).group_by(delivery.c.state)
        )
        return Books(Counter({row[0]: int(row[1]) for row in rows}))


async def read_states(database: Database) -> dict[int, State]:
    """Return the state of each delivery."""
    async with database.read() as connection:
        rows = await connection.execute(select(delivery.c.id, delivery.c.state))
        return {row.id: State(row.state) for row in rows}
