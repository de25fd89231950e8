"""arXiv as it stands at an instant: what each category announces and what the API knows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

ANNOUNCED_AT = time(4, 0, tzinfo=UTC)  # midnight at Cornell in summer


@dataclass(frozen=True, slots=True)
class ArxivRecord:
    """One version of a paper; the first category is its primary one."""

    arxiv_id: str
    title: str
    abstract: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    submitted_at: datetime
    announced_at: datetime
    version: int = 1
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Announced:
    """A record in one category's feed with its type: new, cross, replace or replace-cross."""

    record: ArxivRecord
    announce_type: str


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a category's feed holds from ``announced_at`` until the next day's announcement."""

    announced_at: datetime
    items: tuple[Announced, ...]


class ArxivListings:
    """Days of announcements; a day without records, such as a weekend, announces nothing."""

    def __init__(
        self,
        new: Mapping[date, Sequence[ArxivRecord]],
        replaced: Mapping[date, Sequence[ArxivRecord]],
    ) -> None:
        self._new = new
        self._replaced = replaced

    def announcement(self, categories: Sequence[str], now: datetime) -> Announcement:
        """Return the standing announcement of one or more categories, each paper once."""
        at = latest_announcement(now)
        day = at.date()
        new = _announced(self._new.get(day, ()), categories, "new", "cross")
        replaced = _announced(self._replaced.get(day, ()), categories, "replace", "replace-cross")
        return Announcement(at, (*new, *replaced))

    def listed(self, now: datetime) -> list[ArxivRecord]:
        """Return every version announced by ``now``, oldest announcement first."""
        days = sorted({*self._new, *self._replaced})
        return [
            record
            for day in days
            if announcement_at(day) <= now
            for record in (*self._new.get(day, ()), *self._replaced.get(day, ()))
        ]


def announcement_at(day: date) -> datetime:
    """Return the instant at which a day's papers are announced."""
    return datetime.combine(day, ANNOUNCED_AT)


def latest_announcement(now: datetime) -> datetime:
    """Return the last announcement instant that is not after ``now``."""
    today = announcement_at(now.date())
    return today if today <= now else today - timedelta(days=1)


def submission_window(day: date) -> tuple[datetime, datetime]:
    """Return between which instants the papers announced on a weekday were submitted.

    The deadline is 18:00 UTC of the last working day before; the window goes back to the deadline
    before that one, over a weekend where there is one in between.
    """
    last = _working_day_before(day)
    deadline = time(18, 0, tzinfo=UTC)
    first = _working_day_before(last)
    return datetime.combine(first, deadline), datetime.combine(last, deadline)


def _working_day_before(day: date) -> date:
    before = day - timedelta(days=1)
    return before if before.weekday() < 5 else _working_day_before(before)


def _announced(
    records: Iterable[ArxivRecord], categories: Sequence[str], primary: str, other: str
) -> list[Announced]:
    return [
        Announced(record, primary if record.categories[0] in categories else other)
        for record in records
        if not set(categories).isdisjoint(record.categories)
    ]
