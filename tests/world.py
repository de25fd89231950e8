"""A small installation for tests: real database, simulated clock, a relay told its answers."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from digest.bootstrap import App, open_app
from digest.clocks import SimulatedClock
from digest.domain.papers import Entry, Reading
from digest.domain.preferences import topics_from
from digest.domain.signups import Worth
from digest.domain.subscribers import Preferences, Subscriber
from digest.domain.tokens import Claims, Purpose
from digest.mail.reading import html_of
from digest.ports import Outcome, OutgoingMessage, Verdict
from digest.services.collect import sighting_at
from digest.services.confirming import confirm
from digest.services.plan import Planned, plan_due_slots
from digest.services.report import ReaderDay, list_days
from digest.services.send import send_due
from digest.services.subscriptions import subscribe
from digest.settings import Settings
from digest.store import deliveries, papers, signups, subscribers
from tests.prepared import lay_down

MONDAY = datetime(2026, 5, 4, tzinfo=UTC)
ACCEPTED = Outcome(Verdict.ACCEPTED, 250, "250 ok")
SOURCE = "Hugging Face"


class ToldTransport:
    """A relay that keeps what it is given and answers as the test says."""

    def __init__(self) -> None:
        self.messages: list[OutgoingMessage] = []
        self.answers: list[Outcome] = []

    async def send(self, message: OutgoingMessage) -> Outcome:
        """Keep the message; answer with the next told answer, else accept."""
        self.messages.append(message)
        return self.answers.pop(0) if self.answers else ACCEPTED

    async def close(self) -> None:
        """Nothing is open."""


@dataclass
class World:
    """The installation, its clock and its relay, with the verbs that tests speak in."""

    app: App
    clock: SimulatedClock
    relay: ToldTransport
    listed: int = field(default=0)

    @property
    def now(self) -> datetime:
        """The clock's instant."""
        return self.clock.now()

    async def list_papers(self, *titles: str, votes: float = 10, **fields: Any) -> list[int]:
        """List papers on a source now; return their ids."""
        entries = []
        for title in titles:
            self.listed += 1
            number = f"2605.{10000 + self.listed}"
            entry = Entry(
                source=SOURCE,
                entry_id=number,
                title=title,
                url=f"https://arxiv.org/abs/{number}",
                abstract=f"{title} is studied here at some length, item {self.listed}.",
                arxiv_id=number,
                listed_at=self.now,
                readings=(Reading("upvotes", votes),),
            )
            entries.append(replace(entry, **fields))
        return await self.ingest(entries)

    async def ingest(self, entries: Sequence[Entry], **sighting: Any) -> list[int]:
        """Take entries in; return the ids of their papers."""
        how = sighting_at(self.app.context, self.now, **sighting)
        await self.app.ingestor.ingest(entries, how)
        keys = [("entry", f"{entry.source} {entry.entry_id}") for entry in entries]
        async with self.app.database.read() as connection:
            found = await papers.find_keys(connection, keys)
        return [found[key] for key in keys]

    async def add_reader(
        self, address: str, *queries: str, confirmed: bool = True, **chosen: Any
    ) -> int:
        """Subscribe somebody to queries, confirmed; return their id."""
        preferences = Preferences(topics=topics_from({}, queries=queries))
        added = await subscribe(
            self.app.context, address, replace(preferences, **chosen), confirmed=confirmed
        )
        return added.id

    async def confirm(self, subscriber_id: int) -> Worth:
        """Press the button of a reader's newest confirmation mail; return what it was worth."""
        async with self.app.database.read() as connection:
            asked = (await signups.list_signups(connection, subscriber_id))[-1]
            row = await deliveries.find_delivery(connection, asked.delivery_id or 0)
        assert row is not None
        claims = Claims(
            Purpose.CONFIRM, subscriber_id, row.id, row.token_generation, row.planned_at
        )
        return (await confirm(self.app.context, claims)).worth

    async def plan(self) -> Planned:
        """Plan what is due now."""
        return await plan_due_slots(self.app.context, self.now)

    async def plan_at(self, instant: datetime) -> None:
        """Move the clock and plan, sending nothing."""
        self.clock.set(instant)
        await self.plan()

    async def send(self) -> None:
        """Send what is due now."""
        await send_due(self.app.context)

    async def at(self, instant: datetime) -> None:
        """Move the clock, plan and send."""
        self.clock.set(instant)
        await self.plan()
        await self.send()

    async def days(self) -> list[ReaderDay]:
        """Return the whole ledger's digests in order of planning."""
        return await list_days(self.app.context, date(2000, 1, 1), date(2100, 1, 1))

    async def day(self, day: str, address: str = "a@example.org") -> ReaderDay | None:
        """Return one reader's digest of a date, or None."""
        rows = [row for row in await self.days() if (row.day, row.address) == (day, address)]
        assert len(rows) <= 1
        return rows[0] if rows else None

    async def reader(self, subscriber_id: int) -> Subscriber:
        """Return a reader as the database knows them."""
        async with self.app.database.read() as connection:
            found = await subscribers.find_subscriber(connection, subscriber_id)
        assert found is not None
        return found

    async def titles(self, paper_ids: Iterable[int]) -> list[str]:
        """Return papers' titles, in order."""
        ids = list(paper_ids)
        async with self.app.database.read() as connection:
            found = await papers.get_papers(connection, ids)
        return [found[i].title for i in ids]

    def html_to(self, address: str) -> list[str]:
        """Return the HTML of each mail that went to an address, in order."""
        return [html_of(m.data) for m in self.relay.messages if m.envelope_to == address]


def hours(count: float) -> timedelta:
    """Return a span of hours."""
    return timedelta(hours=count)


def make_settings(folder: Path, database_url: str, **tables: Any) -> Settings:
    """Return the settings of a test's installation; further tables by name."""
    told = {
        "data_dir": folder,
        "database_url": database_url,
        "base_url": "https://papers.example/digest",
        "secret_key": "k" * 40,
        "mail": {"from": "Paper Digest <digest@papers.example>"},
        "sources": [{"name": SOURCE, "kind": "huggingface", "enabled": False}],
    }
    return Settings.model_validate(told | tables)


@asynccontextmanager
async def open_world(
    folder: Path,
    database_url: str,
    now: datetime = MONDAY,
    transport: ToldTransport | None = None,
    **tables: Any,
) -> AsyncIterator[World]:
    """Open an installation on a clock that stands at ``now``; a new SQLite file is prepared."""
    await asyncio.to_thread(lay_down, database_url)
    clock, relay = SimulatedClock(now), transport or ToldTransport()
    settings = make_settings(folder, database_url, **tables)
    async with open_app(settings, clock=clock, transport=relay, rehearsal=True) as app:
        yield World(app, clock, relay)
