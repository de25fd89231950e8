"""A month of real listings, hour by hour, to readers around the world, over real SMTP.

The feeds are recorded days of Hugging Face and arXiv, served on loopback as the real ones are;
nothing here is invented but the growth of votes and the papers that are listed again.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from digest.bootstrap import open_app
from digest.clocks import SimulatedClock
from digest.domain.documents import Document
from digest.domain.preferences import topics_from
from digest.domain.query import parse_query
from digest.domain.schedule import local_date
from digest.domain.subscribers import Preferences
from digest.mail.catcher import CaughtMail, MailCatcher
from digest.mail.reading import html_of, parse
from digest.rehearsal import Simulation
from digest.services.report import ReaderDay
from digest.services.status import Status, read_status
from digest.services.subscriptions import subscribe
from digest.store import papers
from digest.store.schema import mention, paper, signal
from tests.domain.naive_match import naive_matches
from tests.replay.arxiv import ArxivReplay
from tests.replay.huggingface import HuggingFaceReplay
from tests.world import World, make_settings

START = datetime(2026, 5, 1, 6, tzinfo=UTC)
END = datetime(2026, 5, 30, 6, tzinfo=UTC)

READERS = {
    "berlin@example.org": ("Europe/Berlin", 8, ['"language model" OR "language models"']),
    "kolkata@example.org": ("Asia/Kolkata", 7, ["diffusion OR video"]),
    "tokyo@example.org": ("Asia/Tokyo", 9, ["agent* OR agentic", "reason*"]),
    "denver@example.org": ("America/Denver", 18, ["cat:cs.CV", "robot*"]),
    "auckland@example.org": ("Pacific/Auckland", 18, ['"reinforcement learning"']),
    "saopaulo@example.org": ("America/Sao_Paulo", 20, []),
    "lagos@example.org": ("Africa/Lagos", 0, ["NOT (vision OR image*)", "benchmark"]),
}


class Month:
    """What the month left behind."""

    def __init__(self) -> None:
        self.mails: Sequence[CaughtMail] = ()
        self.days: list[ReaderDay] = []
        self.documents: dict[int, Document] = {}
        self.status: Status
        self.papers = 0
        self.arxiv_ids = 0
        self.in_both = 0
        self.relisted_papers = 0
        self.grew = 0


async def run_month(
    folder: Path, url: str, clock: SimulatedClock, hf: HuggingFaceReplay, arxiv: ArxivReplay
) -> Month:
    month = Month()
    sources = [
        {"name": "Hugging Face", "kind": "huggingface", "base_url": hf.base_url,
         "allow_private": True, "poll_minutes": 240},
        {"name": "arXiv", "kind": "arxiv", "categories": ["cs.CL", "cs.CV", "cs.LG", "cs.RO"],
         "rss_base_url": arxiv.base_url, "api_base_url": arxiv.base_url, "allow_private": True,
         "poll_minutes": 240},
    ]  # fmt: skip
    async with MailCatcher(clock) as catcher:
        relay = {"name": "catcher", "host": "127.0.0.1", "port": catcher.port}
        settings = make_settings(folder, url, sources=sources, relays=[relay])
        async with open_app(settings, clock=clock, rehearsal=True, seed=0) as app:
            world = World(app, clock, None)  # type: ignore[arg-type]  # the relay is a real one
            for address, (zone, hour, queries) in READERS.items():
                chosen = Preferences(
                    zone=zone, hour=hour, max_papers=12, topics=topics_from({}, queries=queries)
                )
                await subscribe(app.context, address, chosen, confirmed=True)
            await Simulation(app, clock).run(END)
            month.days = await world.days()
            month.status = await read_status(app.context, days=60)
            await _count(world, month, hf)
        month.mails = catcher.mails
    return month


async def _count(world: World, month: Month, hf: HuggingFaceReplay) -> None:
    sent = {i for day in month.days for i in day.paper_ids}
    async with world.app.database.read() as connection:
        for i, found in (await papers.get_papers(connection, sent)).items():
            month.documents[i] = Document(
                i, found.title, found.abstract, found.authors, found.categories, found.keywords,
                ("Hugging Face", "arXiv"), 0.0, 0.0,
            )  # fmt: skip
        query = select(func.count(), func.count(func.distinct(paper.c.arxiv_id)))
        row = (await connection.execute(query.where(paper.c.merged_into.is_(None)))).one()
        month.papers, month.arxiv_ids = row
        listed = await connection.execute(
            select(mention.c.paper_id).group_by(mention.c.paper_id).having(func.count() > 1)
        )
        month.in_both = len(listed.all())
        again = select(func.count()).where(paper.c.arxiv_id.in_(sorted(hf.relisted_ids)))
        month.relisted_papers = int(await connection.scalar(again) or 0)
        growing = await connection.execute(
            select(signal.c.paper_id)
            .where(signal.c.metric == "upvotes")
            .group_by(signal.c.paper_id)
            .having(func.count() > 1)
        )
        month.grew = len(growing.all())


@pytest.fixture
async def month(tmp_path: Path, database_url: str) -> tuple[Month, HuggingFaceReplay, ArxivReplay]:
    clock = SimulatedClock(START)
    async with HuggingFaceReplay(clock) as hf, ArxivReplay(clock) as arxiv:
        return await run_month(tmp_path, database_url, clock, hf, arxiv), hf, arxiv


def local_dates(zone: str) -> list[str]:
    """Return every local date whose edition fell into the month, the first at once included."""
    first, last = local_date(zone, START), local_date(zone, END)
    return [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]


@pytest.mark.long
async def test_a_month_of_real_days_reaches_readers_around_the_world(
    month: tuple[Month, HuggingFaceReplay, ArxivReplay],
) -> None:
    left, hf, arxiv = month
    by_reader: dict[str, list[ReaderDay]] = defaultdict(list)
    for day in left.days:
        by_reader[day.address].append(day)
    assert set(by_reader) == set(READERS)
    for address, (zone, hour, queries) in READERS.items():
        check_dates(by_reader[address], zone, hour)
        check_papers(by_reader[address], queries, left)
    check_mails(left)
    check_merges(left, hf, arxiv)
    check_books(left.status)
    check_that_the_cases_occurred(left, hf, arxiv)


def check_dates(days: list[ReaderDay], zone: str, hour: int) -> None:
    dates = [day.day for day in days]
    assert len(dates) == len(set(dates)), "a local date came twice"
    expected = local_dates(zone)
    due = datetime.combine(date.fromisoformat(expected[-1]), datetime.min.time(), UTC)
    assert set(expected[:-1]) <= set(dates), (zone, hour, due)
    assert all(day.state in ("sent", "empty") for day in days), Counter(d.state for d in days)
    assert all(day.reason for day in days if day.state == "empty")


def check_papers(days: list[ReaderDay], queries: list[str], left: Month) -> None:
    ids = [i for day in days for i in day.paper_ids]
    assert len(ids) == len(set(ids)), "a paper came twice"
    assert len(ids) >= 30
    parsed = [parse_query(query) for query in queries]
    for i in ids:
        document = left.documents[i]
        assert not parsed or any(naive_matches(q, document) for q in parsed), document.title


def check_mails(left: Month) -> None:
    sent = [day for day in left.days if day.state == "sent"]
    assert len(left.mails) == len(sent)
    seen: dict[str, set[str]] = defaultdict(set)
    ids = set()
    for mail in left.mails:
        [address] = mail.rcpt_to
        message = parse(mail.data)
        assert message["To"] == address
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        ids.add(str(message["Message-ID"]))
        linked = set(re.findall(r'href="https://arxiv\.org/abs/([^"]+)"', html_of(mail.data)))
        assert linked
        assert not linked & seen[address], "a paper's link came twice"
        seen[address] |= linked
    assert len(ids) == len(left.mails)


def check_merges(left: Month, hf: HuggingFaceReplay, arxiv: ArxivReplay) -> None:
    assert left.papers == left.arxiv_ids, "one paper an arXiv id"
    assert left.relisted_papers == len(hf.relisted_ids)
    assert left.in_both >= 100
    assert arxiv.cross_listed_ids


def check_books(status: Status) -> None:
    assert len(status.books) >= 29 * len(READERS)
    for books in status.books:
        assert books.balanced, books
        assert books.settled, books


def check_that_the_cases_occurred(left: Month, hf: HuggingFaceReplay, arxiv: ArxivReplay) -> None:
    assert len(hf.revealed_later) >= 100
    assert len(hf.votes_grew) >= 300
    assert left.grew >= 300
    assert len(hf.relisted_ids) == 30
    assert hf.weekend_requests > 0
    assert hf.not_modified > 0
    assert arxiv.replaced_ids
    assert arxiv.weekend_requests > 0
    assert any(day.state == "empty" for day in left.days), "weekends leave somebody without mail"
