"""Ingest: entries become papers, mentions and signals; what several sources list becomes one.

entry -> exact keys (arXiv id, DOI, entry id) -> else the cautious near-duplicate rule -> paper
"""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.identifiers import title_key
from digest.domain.identity import Match, Record
from digest.domain.merging import merge_entry, merge_twins, paper_of
from digest.domain.near_index import NearIndex
from digest.domain.papers import Entry, Mention, Paper, Signal
from digest.store import papers, sightings
from digest.store.database import Database

log = structlog.get_logger()
CHUNK = 100
RECENT = timedelta(days=60)  # how far back the near-duplicate rule looks
_LATE = timedelta(minutes=10)  # papers bear the instant at which a poll began, not the commit's

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Sighting:
    """How a batch of entries was come by.

    ``news`` is False for a look-up that is no listing: fields are taken, no mention is made.
    ``archive_before`` is set on the first fetch of a feed: what was published earlier is archived.
    """

    now: datetime
    window: timedelta
    kinds: Mapping[str, str]
    news: bool = True
    archive_before: datetime | None = None


class Ingestor:
    """Keeps the near-duplicate index of recent papers; the database is the truth."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = asyncio.Lock()  # sources are read side by side, and share the index
        self._forget()

    async def ingest(self, entries: Sequence[Entry], sighting: Sighting) -> Counter[str]:
        """Write entries down in chunks; return how many papers were new, merged, known."""
        counts: Counter[str] = Counter()
        for start in range(0, len(entries), CHUNK):
            async with self._lock:
                counts.update(await self._ingest_chunk(entries[start : start + CHUNK], sighting))
        return counts

    async def _ingest_chunk(self, entries: Sequence[Entry], sighting: Sighting) -> Counter[str]:
        counts: Counter[str] = Counter()
        try:
            async with self._database.write() as connection:
                await papers.lock_ingest(connection)
                await self._refresh(connection, sighting.now)
                batch = _Batch(connection, sighting, self._index, counts)
                await batch.run(entries)
        except BaseException:
            # what was rolled back must not be found again
            self._forget()
            raise
        return counts

    def _forget(self) -> None:
        self._index = NearIndex()
        self._refreshed_at: datetime | None = None

    async def _refresh(self, connection: AsyncConnection, now: datetime) -> None:
        """Take in what other processes wrote since the last time."""
        if self._refreshed_at == now:
            return
        since = self._refreshed_at - _LATE if self._refreshed_at else now - RECENT
        survivors, merged = await papers.list_changed(connection, since, now - RECENT)
        for paper_id in merged:
            self._index.discard(paper_id)
        for paper in survivors:
            self._index.put(paper.id, record_of(paper))
        self._refreshed_at = now


class _Batch:
    def __init__(
        self,
        connection: AsyncConnection,
        sighting: Sighting,
        index: NearIndex,
        counts: Counter[str],
    ) -> None:
        self._connection = connection
        self._sighting = sighting
        self._index = index
        self._counts = counts
        self._known: dict[Key, int] = {}
        self._papers: dict[int, Paper] = {}
        # what is written together at the end, or before a merge moves rows
        self._changed: set[int] = set()
        self._keys: dict[Key, int] = {}
        self._mentions: list[tuple[int, Mention]] = []
        self._signals: list[tuple[int, Signal]] = []

    async def run(self, entries: Sequence[Entry]) -> None:
        keys = {key for entry in entries for key in keys_of(entry)}
        self._known = await papers.find_keys(self._connection, keys)
        self._papers = await papers.get_papers(self._connection, self._known.values())
        for entry in entries:
            paper_id = await self._resolve(entry)
            self._learn_keys(paper_id, entry)
            self._observe(paper_id, entry)
        await self._flush()

    async def _flush(self) -> None:
        changed = {i: (self._papers[i], title_key(self._papers[i].title)) for i in self._changed}
        await papers.save_papers(self._connection, changed, self._sighting.now)
        await papers.add_keys(self._connection, self._keys)
        await sightings.save_mentions(self._connection, self._mentions)
        await sightings.add_signals(self._connection, self._signals)
        self._changed, self._keys, self._mentions, self._signals = set(), {}, [], []

    async def _resolve(self, entry: Entry) -> int:
        found = self._exact(entry)
        if found:
            paper_id = await self._unite(found, entry)
            self._improve(paper_id, entry)
            self._counts["known"] += 1
            return paper_id
        match = self._index.find(record_of(entry))
        if isinstance(match, Match):
            return await self._merge_entry(match, entry)
        return await self._add(entry)

    async def _merge_entry(self, match: Match, entry: Entry) -> int:
        # another process may have merged the paper away since the index was refreshed
        survivor = await papers.find_survivor(self._connection, match.key)
        assert survivor is not None
        await self._load(survivor)
        self._counts["merged"] += 1
        other, rule, now = f"{entry.source} {entry.entry_id}", match.rule.value, self._sighting.now
        await papers.log_merge(
            self._connection, survivor, other, rule, match.score, match.reason, now
        )
        log.info("entry merged", paper=survivor, rule=rule, why=match.reason)
        self._improve(survivor, entry)
        return survivor

    def _exact(self, entry: Entry) -> list[int]:
        """Return the papers that share a key, oldest first; never one with another arXiv id."""
        found = []
        for key in keys_of(entry):
            paper_id = self._known.get(key)
            if paper_id is None or paper_id in found:
                continue
            held = self._papers[paper_id].arxiv_id
            if entry.arxiv_id is None or held is None or held == entry.arxiv_id:
                found.append(paper_id)
        return sorted(found)

    async def _unite(self, found: Sequence[int], entry: Entry) -> int:
        kept = found[0]
        for other in found[1:]:
            first, second = self._papers[kept], self._papers[other]
            if first.arxiv_id and second.arxiv_id and first.arxiv_id != second.arxiv_id:
                continue
            if first.split_from == other or second.split_from == kept:
                continue  # a person took that merge back
            await self._merge(kept, other, f"both are {entry.source} {entry.entry_id}")
        return kept

    async def _merge(self, kept: int, alias: int, reason: str) -> None:
        now = self._sighting.now
        await self._flush()
        merged = merge_twins(self._papers[kept], self._papers[alias])
        await papers.merge_papers(self._connection, kept, alias, now)
        self._changed.add(kept)
        await papers.log_merge(self._connection, kept, f"paper {alias}", "key", 1.0, reason, now)
        self._papers[kept] = merged
        self._known = {key: kept if i == alias else i for key, i in self._known.items()}
        self._index.discard(alias)
        self._reindex(merged)
        self._counts["united"] += 1

    def _improve(self, paper_id: int, entry: Entry) -> None:
        held = self._papers[paper_id]
        better = merge_entry(held, entry, self._sighting.kinds)
        if self._sighting.news and not self._is_archive(entry) and not better.offered:
            better = replace(better, offered=True)
        if better != held:
            self._changed.add(paper_id)
            self._papers[paper_id] = better
            self._reindex(better)

    async def _add(self, entry: Entry) -> int:
        now = self._sighting.now
        archived = self._is_archive(entry) or not self._sighting.news
        paper = paper_of(entry, now, self._sighting.window, archived=archived)
        paper_id = await papers.add_paper(self._connection, paper, title_key(paper.title), now)
        self._papers[paper_id] = replace(paper, id=paper_id)
        self._reindex(self._papers[paper_id])
        self._counts["archived" if archived else "new"] += 1
        return paper_id

    async def _load(self, paper_id: int) -> None:
        if paper_id not in self._papers:
            self._papers |= await papers.get_papers(self._connection, [paper_id])

    def _is_archive(self, entry: Entry) -> bool:
        before = self._sighting.archive_before
        return bool(before and entry.published_at and entry.published_at < before)

    def _reindex(self, paper: Paper) -> None:
        self._index.put(paper.id, record_of(paper))

    def _learn_keys(self, paper_id: int, entry: Entry) -> None:
        new = [key for key in keys_of(entry) if key not in self._known]
        self._counts["listed"] += any(kind == "entry" for kind, _ in new)
        self._keys |= dict.fromkeys(new, paper_id)
        self._known |= dict.fromkeys(new, paper_id)

    def _observe(self, paper_id: int, entry: Entry) -> None:
        now = self._sighting.now
        if self._sighting.news:
            listed = min(entry.listed_at or now, now)
            self._mentions.append((paper_id, Mention(entry.source, listed, entry.url)))
        for reading in entry.readings:
            signal = Signal(entry.source, reading.metric, reading.value, now)
            self._signals.append((paper_id, signal))


def keys_of(entry: Entry) -> list[Key]:
    """Return an entry's identity keys, the strongest first."""
    keys = []
    if entry.arxiv_id:
        keys.append(("arxiv", entry.arxiv_id))
    if entry.doi:
        keys.append(("doi", entry.doi))
    keys.append(("entry", f"{entry.source} {entry.entry_id}"))
    return list(dict.fromkeys(keys))


def record_of(item: Entry | Paper) -> Record:
    """Return what the near-duplicate rule looks at."""
    return Record(item.title, item.abstract, item.authors, item.arxiv_id, item.doi)
