"""Replays the recorded days of arXiv as announcement feeds and as its query API."""

import gzip
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any

from digest.demo.arxiv_listings import (
    Announcement,
    ArxivListings,
    ArxivRecord,
    announcement_at,
    submission_window,
)
from digest.demo.arxiv_routes import arxiv_router
from digest.ports import Clock
from tests.replay.server import ReplayServer, chance
from tests.shared_data import shared_data

REPLACED_A_DAY = 6


class ArxivReplay(ReplayServer):
    """``/atom/CATEGORY`` and ``/api/query`` over the recorded days, as of the clock.

    Notes which cases a client met: ids served in more than one category's feed
    (``cross_listed_ids``), ids announced as replaced (``replaced_ids``), feeds asked for at a
    weekend (``weekend_requests``). After the last recorded day every feed is empty.
    """

    def __init__(self, clock: Clock) -> None:
        self._listings = _NotingListings(*recorded_days())
        super().__init__(arxiv_router(self._listings, clock))
        self._clock = clock
        self.weekend_requests = 0

    @property
    def arxiv_ids(self) -> frozenset[str]:
        """The ids of all recorded papers."""
        return self._listings.arxiv_ids

    @property
    def cross_listed_ids(self) -> set[str]:
        """The ids that were served under at least two categories."""
        return {found for found, feeds in self._listings.feeds.items() if len(feeds) > 1}

    @property
    def replaced_ids(self) -> set[str]:
        """The ids that were served as replacements, which are no news."""
        return self._listings.replaced

    def answered(self, path: str, status: int) -> None:
        super().answered(path, status)
        if path.startswith("/atom/") and self._clock.now().weekday() >= 5:
            self.weekend_requests += 1


class _NotingListings(ArxivListings):
    def __init__(
        self, new: dict[date, list[ArxivRecord]], replaced: dict[date, list[ArxivRecord]]
    ) -> None:
        super().__init__(new, replaced)
        self.arxiv_ids = frozenset(record.arxiv_id for day in new.values() for record in day)
        self.feeds: dict[str, set[str]] = {}
        self.replaced: set[str] = set()

    def announcement(self, categories: Sequence[str], now: datetime) -> Announcement:
        found = super().announcement(categories, now)
        for announced in found.items:
            arxiv_id = announced.record.arxiv_id
            self.feeds.setdefault(arxiv_id, set()).update(categories[:1])
            if announced.announce_type.startswith("replace"):
                self.replaced.add(arxiv_id)
        return found


@cache
def recorded_days() -> tuple[dict[date, list[ArxivRecord]], dict[date, list[ArxivRecord]]]:
    """Return per weekday the new records and the replacements; skip where data is absent.

    The crawl repeats a paper for every category it is listed in, and Friday at the weekend.
    """
    new: dict[date, list[ArxivRecord]] = {}
    replaced: dict[date, list[ArxivRecord]] = {}
    before: list[ArxivRecord] = []
    for path in sorted(shared_data("arxiv/daily").glob("*.jsonl.gz")):
        day = date.fromisoformat(path.name[:10])
        if day.weekday() >= 5:
            continue
        rows = (json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines())
        new[day] = [_record(row, day) for row in {row["id"]: row for row in rows}.values()]
        replaced[day] = [_revised(record, day) for record in _drawn(before, day)]
        before = new[day]
    return new, replaced


def _record(row: dict[str, Any], day: date) -> ArxivRecord:
    return ArxivRecord(
        arxiv_id=row["id"],
        title=row["title"],
        abstract=row["summary"],
        authors=tuple(row["authors"]),
        categories=tuple(row["categories"]),
        submitted_at=_submitted_at(row["id"], day),
        announced_at=announcement_at(day),
        comment=row["comment"],
    )


def _revised(record: ArxivRecord, day: date) -> ArxivRecord:
    return replace(
        record,
        submitted_at=_submitted_at(record.arxiv_id, day),
        announced_at=announcement_at(day),
        version=record.version + 1,
        comment="revised",
    )


def _drawn(records: Sequence[ArxivRecord], day: date) -> list[ArxivRecord]:
    drawn = sorted(records, key=lambda record: chance("replaced", day, record.arxiv_id))
    return drawn[:REPLACED_A_DAY]


def _submitted_at(arxiv_id: str, day: date) -> datetime:
    first, last = submission_window(day)
    return first + (last - first) * chance("submitted", arxiv_id)
