"""A large installation for the web benchmark: many papers, many readers, in one database."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.bootstrap import App
from digest.domain.identifiers import title_key
from digest.domain.merging import paper_of
from digest.domain.papers import Entry
from digest.domain.preferences import topics_from
from digest.domain.seen import EMPTY_SEEN_SET
from digest.domain.subscribers import NEVER
from digest.settings import Settings
from digest.store import slots
from digest.store.schema import mention, paper, signal, subscriber
from digest.store.seen_sets import intern_topics
from tests.benchmarks.bench_collect import SOURCE, invented_entries

PAPERS, READERS, MAILED = 10_000, 100_000, 20_000
WRITTEN, DAYS, SETS = 500, 14, 100
CHUNK = 5_000
MAIL_ZONE, QUIET_ZONE = "UTC", "Asia/Tokyo"


def site_settings(folder: Path, database_url: str, smtp_port: int = 25) -> Settings:
    """Return the settings of the installation that is measured."""
    return Settings.model_validate(
        {
            "data_dir": folder,
            "database_url": database_url,
            "base_url": "http://localhost:8000",
            "secret_key": "k" * 40,
            "mail": {"from": "Paper Digest <digest@papers.example>"},
            "relays": [{"name": "sink", "host": "127.0.0.1", "port": smtp_port, "connections": 32}],
            "sources": [{"name": SOURCE, "kind": "huggingface", "enabled": False}],
        }
    )


async def fill(app: App, now: datetime) -> None:
    """Add the papers of two weeks and the readers; ``MAILED`` of them have their hour at now."""
    async with app.database.write() as connection:
        await _add_papers(connection, now)
        await slots.ensure_slot(connection, MAIL_ZONE, now.hour, now - timedelta(days=1))
        await slots.ensure_slot(connection, QUIET_ZONE, 8, now)
    words = sorted({word for entry in invented_entries(WRITTEN) for word in entry.title.split()})
    async with app.database.write() as connection:
        sets = [
            await intern_topics(connection, topics_from({}, queries=words[start : start + 3]))
            for start in range(min(SETS, len(words) - 3))
        ]
    for start in range(0, READERS, CHUNK):
        rows = list(_readers(range(start, start + CHUNK), sets, now))
        async with app.database.write() as connection:
            await connection.execute(insert(subscriber), rows)


async def _add_papers(connection: AsyncConnection, now: datetime) -> None:
    random_votes = random.Random(20260504)
    papers: list[dict[str, Any]] = []
    mentions, signals = [], []
    for number, entry in enumerate(_entries(), 1):
        listed = now - timedelta(days=DAYS) * (1 - number / PAPERS) - timedelta(hours=1)
        item = paper_of(entry, listed, timedelta(days=DAYS), archived=False)
        values = {name: getattr(item, name) for name in item.__dataclass_fields__ if name != "id"}
        values |= {name: list(values[name]) for name in ("authors", "categories", "keywords")}
        values |= {"provenance": dict(item.provenance), "title_key": title_key(item.title)}
        papers.append({"id": number, "updated_at": listed} | values)
        row = {"paper_id": number, "source": SOURCE}
        mentions.append(row | {"listed_at": listed, "last_listed_at": listed, "url": entry.url})
        votes = random_votes.paretovariate(1.2)
        signals.append(row | {"metric": "upvotes", "taken_at": listed, "value": votes})
    for table, rows in ((paper, papers), (mention, mentions), (signal, signals)):
        await connection.execute(insert(table), rows)


def _entries() -> Iterator[Entry]:
    """Yield entries whose abstracts come back, for inventing each takes longer than its rows."""
    invented = invented_entries(WRITTEN)
    for number in range(PAPERS):
        entry, arxiv_id = invented[number % WRITTEN], f"2605.{number:05}"
        title = f"{entry.title} {number}"
        yield replace(entry, title=title, entry_id=arxiv_id, arxiv_id=arxiv_id)


def _readers(numbers: range, sets: list[int], now: datetime) -> Iterator[dict[str, Any]]:
    for number in numbers:
        mailed = number < MAILED
        yield {
            "id": number + 1,
            "address": f"reader{number}@inbox.example",
            "address_key": f"reader{number}@inbox.example",
            "state": "active",
            "zone": MAIL_ZONE if mailed else QUIET_ZONE,
            "hour": now.hour if mailed else 8,
            "weekdays": 127,
            "max_papers": 10,
            "min_papers": 1,
            "language": "en",
            "extract": "short",
            "topic_set_id": sets[number % len(sets)],
            "seen_set_id": EMPTY_SEEN_SET,
            "fresh_since": NEVER,
            "created_at": now,
            "confirmed_at": now,
        }
