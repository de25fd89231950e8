"""One order per topic: the only place that decides which matching paper stands before which.

Order: trend as it is shown, atoms matched in the title, atoms matched elsewhere, newest first
listing, id (RULES of the design, "Which papers").
"""

from dataclasses import dataclass
from datetime import datetime

from digest.domain.matching import iter_bits
from digest.domain.pool import Pool
from digest.domain.query import Query

RankKey = tuple[int, int, int, float, int]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A matching paper: its bit in the pool, the key that orders it, and why it matched."""

    bit: int
    key: RankKey
    why: tuple[str, ...]


def rank_topic(pool: Pool, query: Query | None, best_since: datetime | None) -> tuple[Ranked, ...]:
    """Return the papers that match a topic, best first; ``None`` ranks the overall list.

    ``best_since`` is set for a cadence longer than a day: then the trend is the best since.
    """
    trends = pool.trends(best_since)
    mask = pool.trending_bits if query is None else pool.index.match(query)
    ranked = []
    for bit in iter_bits(mask):
        candidate = pool.candidates[bit]
        title = elsewhere = 0
        why: tuple[str, ...] = ()
        if query is not None:
            hits = pool.index.hits(query, bit)
            title, elsewhere = len(hits.title), len(hits.elsewhere)
            why = hits.labels
        listed = candidate.listed_at.timestamp()
        key = (-trends[bit].rounded, -title, -elsewhere, -listed, candidate.paper.id)
        ranked.append(Ranked(bit, key, why))
    return tuple(sorted(ranked, key=lambda r: r.key))
