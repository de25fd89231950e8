"""The order of search results: how well the words fit, and how new a paper is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

_HALF_LIFE = timedelta(days=180)
_FLOOR = 0.4  # of its fit is left to a paper however old: an exact title still comes first


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A paper that was found; ``fit`` is the database's own measure, the greater the better."""

    paper_id: int
    fit: float
    first_seen_at: datetime


def in_order(hits: Sequence[SearchHit], now: datetime) -> tuple[int, ...]:
    """Return the ids of hits, best first: fit times age, then the newest."""
    ordered = sorted(hits, key=lambda hit: (-_score(hit, now), -hit.paper_id))
    return tuple(hit.paper_id for hit in ordered)


def _score(hit: SearchHit, now: datetime) -> float:
    age = max(timedelta(0), now - hit.first_seen_at)
    youth: float = 0.5 ** (age / _HALF_LIFE)
    return max(0.0, hit.fit) * (_FLOOR + (1 - _FLOOR) * youth)
