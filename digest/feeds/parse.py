"""What every parser of a source gives back, and the tools they share. No I/O, no exceptions."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from digest.domain.papers import Entry
from digest.feeds.links import safe_url
from digest.feeds.text import text_of

__all__ = ["MOST_ENTRIES", "Parsed", "Tally", "safe_url", "text_of"]

MOST_ENTRIES = 5_000
ENTRY_ID_CHARACTERS = 500

# Left out on purpose: a body of nothing but these was read well.
REPLACEMENT = "replacement"
DUPLICATE = "duplicate"
_NOT_NEWS = frozenset({REPLACEMENT, DUPLICATE})


@dataclass(frozen=True, slots=True)
class Parsed:
    """The entries of one body, and what became of its other items.

    ``dropped`` counts items left out by reason and ``noted`` what is odd about the body or about
    entries that were kept. ``error`` says why nothing at all could be read; a feed that is
    honestly empty has none.
    """

    entries: tuple[Entry, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)
    error: str | None = None
    noted: Mapping[str, int] = field(default_factory=dict)


class Tally:
    """Gathers the entries of one body while it is read."""

    def __init__(self, now: datetime) -> None:
        self.dropped: Counter[str] = Counter()
        self.noted: Counter[str] = Counter()
        self._now = now
        self._entries: dict[str, Entry] = {}

    def add(self, entry: Entry) -> None:
        """Take an entry; the second of one id is a duplicate."""
        if entry.entry_id in self._entries:
            self.drop(DUPLICATE)
        elif len(self._entries) >= MOST_ENTRIES:
            self.drop(f"beyond the first {MOST_ENTRIES}")
        else:
            self._entries[entry.entry_id] = entry

    def drop(self, reason: str) -> None:
        """Count an item that is left out."""
        self.dropped[reason] += 1

    def note(self, remark: str) -> None:
        """Count something odd that cost no item."""
        self.noted[remark] += 1

    def past(self, instant: datetime | None) -> datetime | None:
        """Return an instant that is not in the future, which is set to now and noted."""
        if instant is not None and instant > self._now:
            self.note("date in the future")
            return self._now
        return instant

    def result(self) -> Parsed:
        """Return what was gathered; an error where items came and none could be read."""
        error = None
        unread = {reason: n for reason, n in self.dropped.items() if reason not in _NOT_NEWS}
        if not self._entries and unread and len(unread) == len(self.dropped):
            reasons = ", ".join(f"{n} {reason}" for reason, n in sorted(unread.items()))
            error = f"no item could be read: {reasons}"
        return Parsed(tuple(self._entries.values()), dict(self.dropped), error, dict(self.noted))


def failed(error: str) -> Parsed:
    """Return the result for a body that could not be read at all."""
    return Parsed(error=error)
