"""Taking in 1,000 entries, with all that makes them papers, against the bare insert of their rows.

The bare insert is the limit: the same columns, one executemany for each table, one commit. Both
write to SQLite files with the program's own hooks; the rounds alternate.
"""

import asyncio
import random
import tempfile
import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import insert

from digest.domain.identifiers import title_key
from digest.domain.merging import paper_of
from digest.domain.papers import Entry, Reading
from digest.services.ingest import Ingestor, Sighting, keys_of
from digest.store.database import Database
from digest.store.migrate import upgrade
from digest.store.schema import identity_key, mention, paper, signal
from tests.benchmarks.bench_matching import invented_papers

ENTRIES = 1000
ROUNDS = 3
NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
SOURCE = "Hugging Face"


def invented_entries(count: int) -> list[Entry]:
    """Return entries as a trending list tells them."""
    documents = invented_papers(count, random.Random(20260504))
    return [
        Entry(
            source=SOURCE,
            entry_id=f"2605.{number:05}",
            title=document.title,
            url=f"https://arxiv.org/abs/2605.{number:05}",
            abstract=document.abstract,
            authors=document.authors,
            arxiv_id=f"2605.{number:05}",
            categories=document.categories,
            listed_at=NOW,
            readings=(Reading("upvotes", float(number)), Reading("stars", 5.0)),
        )
        for number, document in enumerate(documents)
    ]


async def _ingest(database: Database, entries: list[Entry], now: datetime) -> float:
    sighting = Sighting(now=now, window=timedelta(days=14), kinds={SOURCE: "huggingface"})
    ingestor = Ingestor(database)
    start = time.perf_counter()
    await ingestor.ingest(entries, sighting)
    return (time.perf_counter() - start) * 1000


async def _insert(database: Database, entries: list[Entry]) -> float:
    papers, keys, mentions, signals = [], [], [], []
    for number, entry in enumerate(entries, 1):
        row = asdict(paper_of(entry, NOW, timedelta(days=14), archived=False))
        row |= {"id": number, "title_key": title_key(entry.title), "updated_at": NOW}
        papers.append(row)
        keys += [{"kind": k, "value": v, "paper_id": number} for k, v in keys_of(entry)]
        told = {"paper_id": number, "source": SOURCE}
        listed = {"listed_at": NOW, "last_listed_at": NOW, "url": entry.url}
        mentions.append(told | listed)
        signals += [told | asdict(r) | {"taken_at": NOW} for r in entry.readings]
    start = time.perf_counter()
    async with database.write() as connection:
        for table, rows in (
            (paper, papers), (identity_key, keys), (mention, mentions), (signal, signals),
        ):  # fmt: skip
            await connection.execute(insert(table), rows)
    return (time.perf_counter() - start) * 1000


async def _round(folder: Path, entries: list[Entry]) -> tuple[float, float, float]:
    urls = [f"sqlite+aiosqlite:///{folder}/{name}.sqlite3" for name in ("ingest", "insert")]
    for url in urls:
        await upgrade(url)
    one, two = (Database(url) for url in urls)
    new = await _ingest(one, entries, NOW)
    again = await _ingest(one, entries, NOW + timedelta(hours=1))
    bare = await _insert(two, entries)
    await one.close()
    await two.close()
    return new, again, bare


def rows() -> list[dict[str, object]]:
    """Measure and return {name, value, unit, against, against_value, ratio}, medians of rounds."""
    entries = invented_entries(ENTRIES)
    times = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            times.append(asyncio.run(_round(Path(folder), entries)))
    new, again, bare = (median(column) for column in zip(*times, strict=True))
    return [
        _row(f"collect {ENTRIES:,} new entries", new, bare),
        _row(f"collect {ENTRIES:,} known entries again", again, bare),
    ]


def _row(name: str, value: float, bare: float) -> dict[str, object]:
    return {
        "name": name,
        "value": round(value, 1),
        "unit": "ms",
        "against": "bare executemany of the same rows (the limit)",
        "against_value": round(bare, 1),
        "ratio": round(bare / value, 2),
    }
