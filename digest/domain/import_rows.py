"""People of a file, whatever program wrote it: one row each, not yet held against anybody known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from digest.domain.subscribers import TopicItem


class Format(StrEnum):
    """Who wrote a file."""

    CSV = "csv"  # ours, by hand or by `digest subscribers export`
    JSON = "json"
    LISTMONK = "listmonk"
    MAILMAN = "mailman"


class Standing(StrEnum):
    """Where somebody stood at the place that they come from."""

    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    UNKNOWN = "unknown"  # the file does not tell whether they agreed
    WAITING = "waiting"  # confirmed, and to be approved
    LEFT = "left"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    BARRED = "barred"  # by whoever ran it

    @property
    def joins(self) -> bool:
        """Return whether they were to be mailed there, or might have been."""
        return self in (
            Standing.CONFIRMED,
            Standing.UNCONFIRMED,
            Standing.UNKNOWN,
            Standing.WAITING,
        )


class RowError(ValueError):
    """A row that cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class OnList:
    """One list of another program that somebody is on, and how they stand there."""

    name: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One person of a file.

    ``choices`` holds what was given of zone, hour, weekdays, max, min, lang and extract, as text.
    ``slugs`` to ``categories`` are topics as the command line has them, ``items`` those that came
    with their queries. ``lists`` decide ``standing`` where the file tells it by list. Dates are
    None where the file has none.
    """

    line: int
    address: str
    standing: Standing
    slugs: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    items: tuple[TopicItem, ...] = ()
    lists: tuple[OnList, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    created_at: datetime | None = None
    confirmed_at: datetime | None = None
    paused_until: date | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """One row of a file as it was read, or what is wrong with it.

    ``cells`` is what stood there, to be shown and mended.
    """

    line: int
    cells: Mapping[str, Any]
    row: ImportRow | None
    error: str = ""


def instant_of(text: str, name: str) -> datetime | None:
    """Return an RFC 3339 instant, None for ""; RowError for what is none, or has no zone."""
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise RowError(f"{name} {text!r} is no instant such as 2026-05-04T08:00:00Z") from None
    if instant.tzinfo is None:
        raise RowError(f"{name} {text!r} needs a zone, such as a Z at its end")
    return instant


def date_of(text: str, name: str) -> date | None:
    """Return an ISO date, None for ""; RowError for what is none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise RowError(f"{name} {text!r} is no date such as 2026-05-04") from None
