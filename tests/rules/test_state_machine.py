"""RULES: whatever happens in whatever order, no paper's closure comes to a reader twice.

Sightings, merges, splits, plans, sends, refusals, lost answers, releases of held mails, crashes
with and without a journal, and restarts, on a real database.
"""

import asyncio
import tempfile
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from digest.domain.accepted import Accepted, to_line
from digest.domain.papers import Entry, Reading
from digest.durable import append_lines
from digest.ports import Outcome, Verdict
from digest.services import accepted_journal
from digest.services.held import list_held, release
from digest.services.leases import sweep_dead_workers
from digest.services.merges import MergeError, split_merged
from digest.services.status import read_status
from digest.store import deliveries, marks, papers
from digest.store.schema import delivery, selection
from tests.world import ACCEPTED, MONDAY, World, open_world

READERS: dict[str, dict[str, Any]] = {
    "daily@example.org": {"max_papers": 3},
    "picky@example.org": {"max_papers": 2, "min_papers": 2, "zone": "Asia/Tokyo"},
    "weekly@example.org": {"max_papers": 4, "weekdays": 0b1000, "zone": "America/Lima"},
}
ANSWERS = [
    ACCEPTED,
    Outcome(Verdict.DEFERRED, 451, "451 later"),
    Outcome(Verdict.REFUSED, 550, "550 no"),
    Outcome(Verdict.RELAY_DOWN, None, "gone"),
    Outcome(Verdict.FAILED, 554, "554 5.6.0 bad"),
    Outcome(Verdict.UNCERTAIN, None, "gone after the final dot"),
]
numbers = st.integers(1, 6)


class Installation(RuleBasedStateMachine):
    """One installation's life; ``had`` is what each reader's accepted mails carried."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.folder = tempfile.TemporaryDirectory(prefix="digest-machine-")
        self.closures: dict[int, dict[int, set[int]]] = {}
        self.had: dict[int, set[int]] = {}
        self.checked: set[int] = set()
        self.world: World

    def run(self, work: Any) -> Any:
        return self.runner.run(work)

    @initialize()
    def begin(self) -> None:
        self.run(self._open(MONDAY))
        for address, chosen in READERS.items():
            self.run(self.world.add_reader(address, "routing", **{"hour": 8} | chosen))

    async def _open(self, now: Any) -> None:
        url = f"sqlite+aiosqlite:///{self.folder.name}/digest.sqlite3"
        # a lost answer is held: sent again, a digest may come twice, which is promised to no one
        options: dict[str, Any] = {
            "digest": {"first_at_once": False},
            "delivery": {"on_uncertain": "hold"},
        }
        opened = open_world(Path(self.folder.name), url, now, **options)
        self.world = await self.stack.enter_async_context(opened)

    def teardown(self) -> None:
        self.run(self.stack.aclose())
        self.runner.close()
        self.folder.cleanup()

    def _entry(self, number: int, votes: int, **fields: Any) -> Entry:
        entry = Entry(
            source="Hugging Face",
            entry_id=f"e{number}",
            title=f"Routing study number {number} of the machine",
            url=f"https://papers.example/{number}",
            listed_at=self.world.now,
            readings=(Reading("upvotes", votes),),
        )
        return replace(entry, **fields)

    @rule(number=numbers, votes=st.integers(0, 100))
    def sight(self, number: int, votes: int) -> None:
        self.run(self.world.ingest([self._entry(number, votes, arxiv_id=f"2605.0000{number}")]))

    @rule(number=numbers)
    def sight_by_doi(self, number: int) -> None:
        title = f"The routing of journal article {number * 1000}"
        entry = self._entry(number, 5, title=title, doi=f"10.1/{number}", entry_id=f"d{number}")
        self.run(self.world.ingest([entry]))

    @rule(number=numbers, other=numbers)
    def unite(self, number: int, other: int) -> None:
        entry = self._entry(
            number,
            7,
            entry_id=f"u{number}.{other}",
            arxiv_id=f"2605.0000{number}",
            doi=f"10.1/{other}",
        )
        self.run(self.world.ingest([entry]))

    @rule(paper_id=st.integers(1, 14))
    def split(self, paper_id: int) -> None:
        try:
            self.run(split_merged(self.world.app.context, paper_id))
        except MergeError:
            return

    @rule(hours=st.sampled_from([1, 3, 8, 13, 24]))
    def wait(self, hours: int) -> None:
        self.world.clock.set(self.world.now + timedelta(hours=hours))

    @rule()
    def plan(self) -> None:
        self.run(self.world.plan())
        self.run(self._remember_closures())

    @rule(answers=st.lists(st.sampled_from(ANSWERS), max_size=3))
    def send(self, answers: list[Outcome]) -> None:
        self.world.relay.answers = list(answers)
        self.run(self.world.send())
        self.world.relay.answers = []
        self.run(self._check_sent())

    @rule(submitting=st.booleans())
    def crash(self, submitting: bool) -> None:
        self.run(self._crash(submitting))

    async def _crash(self, submitting: bool) -> None:
        """Leave rows as a worker does that is killed: claimed, or in submission."""
        async with self.world.app.database.write() as connection:
            held = await deliveries.claim(connection, "dead", self.world.now)
            if submitting:
                ids = [row.id for row in held]
                await marks.mark_submitting(connection, "dead", ids, "v")

    @rule(accepted=st.booleans())
    def die_with_a_journal(self, accepted: bool) -> None:
        """Let a worker die whose database was away, after a 250 that only its journal has."""
        self.run(self._crash(submitting=True))
        if accepted:
            self.run(self._journal())
            self.run(accepted_journal.replay(self.world.app.context))
            self.run(self._check_sent())

    async def _journal(self) -> None:
        async with self.world.app.database.read() as connection:
            begun = await connection.execute(
                select(delivery.c.id, delivery.c.submissions).where(
                    delivery.c.state == "submitting", delivery.c.owner == "dead"
                )
            )
            told = [Accepted(r.id, r.submissions, "dead", self.world.now) for r in begun]
        path = accepted_journal.path_of(self.world.app.context)
        append_lines(path, [to_line(one) for one in told])

    @rule(delivered=st.booleans())
    def release(self, delivered: bool) -> None:
        """Let a person say of everything that is held whether it arrived."""
        context = self.world.app.context
        held = [one.id for one in self.run(list_held(context))]
        if held:
            self.run(release(context, held, delivered=delivered))
            self.run(self._check_sent())

    @rule()
    def sweep(self) -> None:
        self.run(sweep_dead_workers(self.world.app.context))

    @rule()
    def restart(self) -> None:
        now = self.world.now
        self.run(self.stack.aclose())
        self.stack = AsyncExitStack()
        self.run(self._open(now))

    async def _remember_closures(self) -> None:
        """Keep under which ids each newly planned paper might have been seen."""
        async with self.world.app.database.read() as connection:
            found = await connection.execute(
                select(delivery.c.id, selection.c["items"].label("chosen")).join(
                    selection, selection.c.id == delivery.c.selection_id
                )
            )
            for row in found.all():
                if row.id not in self.closures:
                    self.closures[row.id] = {
                        item[0]: set(await papers.list_closure(connection, item[0])) | {item[0]}
                        for item in row.chosen
                    }

    async def _check_sent(self) -> None:
        async with self.world.app.database.read() as connection:
            found = await connection.execute(
                select(delivery).where(delivery.c.state == "sent").order_by(delivery.c.planned_at)
            )
            for row in found.all():
                if row.id in self.checked:
                    continue
                self.checked.add(row.id)
                carried = self.closures[row.id]
                had = self.had.setdefault(row.subscriber_id, set())
                for paper_id, closure in carried.items():
                    assert not closure & had, f"paper {paper_id} came again"
                had |= set(carried)

    @invariant()
    def the_books_balance(self) -> None:
        if hasattr(self, "world"):
            status = self.run(read_status(self.world.app.context, days=60))
            assert all(books.balanced for books in status.books)


Installation.TestCase.settings = settings(
    max_examples=12,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestNoOrderOfEventsRepeatsAClosure = Installation.TestCase
