"""Replays the recorded days of the Daily Papers API as they came about, hour by hour.

The recording is one snapshot a day. What it lost is made again, the same in every run: papers come
in over the morning, votes grow for three days, and some papers are listed again six days later.
"""

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from digest.demo.daily_papers import Item, daily_papers_router
from digest.demo.growth import grown
from digest.ports import Clock
from tests.replay.server import ReplayServer, chance
from tests.shared_data import shared_data

RELISTED = 30
RELISTED_AFTER = timedelta(days=6)
_MIDNIGHTS_FROM = date(2026, 5, 14)  # from this day on the recording has lost the hour
_MORNING = timedelta(hours=9)


@dataclass(frozen=True, slots=True)
class Listed:
    """One listing of a recorded item: from ``listed_at`` on, with votes counted since the first."""

    item: Mapping[str, Any]
    listed_at: datetime
    first_listed_at: datetime

    @property
    def arxiv_id(self) -> str:
        return str(self.item["paper"]["id"])

    def as_of(self, now: datetime) -> Item:
        """Return the item with the votes it has at ``now`` and the instant of this listing."""
        paper = self.item["paper"]
        votes = grown(paper["upvotes"], self.first_listed_at, now)
        fields = {"upvotes": votes, "submittedOnDailyAt": self._shown_instant()}
        return {**self.item, "paper": {**paper, **fields}}

    def _shown_instant(self) -> str:
        shown = self.listed_at
        if shown.date() >= _MIDNIGHTS_FROM:
            shown = datetime.combine(shown.date(), time(0, tzinfo=UTC))
        return shown.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class HuggingFaceReplay(ReplayServer):
    """``GET /api/daily_papers`` over the recorded days, as far as they had come by the clock.

    Notes which of the hard cases a client really met: ids that it saw join a day's list later on
    (``revealed_later``), ids whose votes it saw grow (``votes_grew``), ids that it was served on
    two days (``relisted_ids``), and ``weekend_requests``.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__(daily_papers_router(self._listing, clock))
        self._days = recorded_days()
        self._served: dict[date, dict[str, int]] = {}
        self.revealed_later: set[str] = set()
        self.votes_grew: set[str] = set()
        self.weekend_requests = 0

    @property
    def arxiv_ids(self) -> frozenset[str]:
        """The ids of all recorded papers."""
        return frozenset(listed.arxiv_id for day in self._days.values() for listed in day)

    @property
    def relisted_ids(self) -> set[str]:
        """The ids that were served in the lists of two days."""
        seen: set[str] = set()
        again: set[str] = set()
        for served in self._served.values():
            again |= seen & served.keys()
            seen |= served.keys()
        return again

    def _listing(self, day: date, now: datetime) -> Sequence[Item]:
        self.weekend_requests += day.weekday() >= 5
        listed = (entry for entry in self._days.get(day, ()) if entry.listed_at <= now)
        items = [entry.as_of(now) for entry in listed]
        self._take_note(day, {item["paper"]["id"]: item["paper"]["upvotes"] for item in items})
        return items

    def _take_note(self, day: date, votes: dict[str, int]) -> None:
        before = self._served.get(day)
        if before is not None:
            self.revealed_later |= votes.keys() - before.keys()
            self.votes_grew |= {known for known in before if votes.get(known, 0) > before[known]}
        self._served[day] = votes


@cache
def recorded_days() -> dict[date, list[Listed]]:
    """Return the recorded days with the second listings among them; skip where data is absent."""
    folder = shared_data("huggingface/daily")
    days = {
        date.fromisoformat(path.name[:10]): json.loads(gzip.decompress(path.read_bytes()))
        for path in sorted(folder.glob("*.json.gz"))
    }
    first = {day: [_first_listing(day, item) for item in items] for day, items in days.items()}
    again = _listed_again([entry for entries in first.values() for entry in entries], set(days))
    return {day: [*entries, *again.get(day, ())] for day, entries in first.items()}


def _first_listing(day: date, item: Mapping[str, Any]) -> Listed:
    at = datetime.fromisoformat(item["paper"]["submittedOnDailyAt"])
    if day >= _MIDNIGHTS_FROM:
        at = _some_morning_instant(day, item["paper"]["id"])
    return Listed(item, at, at)


def _some_morning_instant(day: date, arxiv_id: str) -> datetime:
    midnight = datetime.combine(day, time(0, tzinfo=UTC))
    return midnight + _MORNING * chance("morning", day, arxiv_id)


def _listed_again(entries: Sequence[Listed], days: set[date]) -> dict[date, list[Listed]]:
    can = [entry for entry in entries if entry.listed_at.date() + RELISTED_AFTER in days]
    drawn = sorted(can, key=lambda entry: chance("again", entry.arxiv_id))[:RELISTED]
    found: dict[date, list[Listed]] = {}
    for entry in drawn:
        day = entry.listed_at.date() + RELISTED_AFTER
        at = _some_morning_instant(day, entry.arxiv_id)
        found.setdefault(day, []).append(Listed(entry.item, at, entry.first_listed_at))
    return found
