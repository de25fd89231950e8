"""The pool: every paper that may still be offered at one plan instant, indexed once for everybody.

Bit ``i`` of every mask is ``candidates[i]``. Trends, freshness and orders that depend on a reader's
last edition are computed once per such instant and shared by everyone who has the same.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from digest.domain.documents import Document, TokenCache
from digest.domain.matching import Index, build_index
from digest.domain.papers import Mention, Paper, Signal
from digest.domain.trend import Trend, best_trend, trend_at


@dataclass(frozen=True, slots=True)
class Candidate:
    """A paper of the pool with its listings, its readings and its trend at the plan instant."""

    paper: Paper
    mentions: tuple[Mention, ...]
    signals: tuple[Signal, ...]
    trend: Trend

    @property
    def listed_at(self) -> datetime:
        """The newest first listing by any source: a paper that reached a second list is news."""
        return max((m.listed_at for m in self.mentions), default=self.paper.first_seen_at)


@dataclass
class Pool:
    """The candidates of one plan instant, and what is derived from them, kept."""

    planned_at: datetime
    candidates: tuple[Candidate, ...]
    index: Index
    masks: Mapping[int, int]
    scale: Mapping[str, float]
    rising_trend: int
    last_paper_id: int
    _trends: dict[datetime, tuple[Trend, ...]] = field(default_factory=dict)
    _fresh: dict[tuple[datetime, int], int] = field(default_factory=dict)

    @property
    def all_bits(self) -> int:
        """The mask of every candidate."""
        return (1 << len(self.candidates)) - 1

    @property
    def trending_bits(self) -> int:
        """The mask of the overall trending list: papers with attention, or all where none has."""
        mask = 0
        for bit, candidate in enumerate(self.candidates):
            if candidate.trend.score > 0:
                mask |= 1 << bit
        return mask or self.all_bits

    @property
    def closure_ids(self) -> frozenset[int]:
        """Every id, aliases and parents included, under which a candidate may have been seen."""
        return frozenset(self.masks)

    def trends(self, since: datetime | None) -> tuple[Trend, ...]:
        """Return the trend of each candidate now, or its best since an instant."""
        if since is None:
            return tuple(candidate.trend for candidate in self.candidates)
        if since not in self._trends:
            self._trends[since] = tuple(
                best_trend(since, self.planned_at, c.mentions, c.signals, self.scale)
                if c.signals
                else c.trend
                for c in self.candidates
            )
        return self._trends[since]

    def fresh_bits(self, since: datetime, after_id: int) -> int:
        """Return the mask of what is news since a reader's last edition.

        That is what its plan could not see yet (a greater id than ``after_id``: clocks overlap,
        ids do not), or what rose above the bar after its instant ``since``.
        """
        key = (since, after_id)
        if key not in self._fresh:
            mask = 0
            for bit, candidate in enumerate(self.candidates):
                if candidate.paper.id > after_id or self._rose(candidate, since):
                    mask |= 1 << bit
            self._fresh[key] = mask
        return self._fresh[key]

    def _rose(self, candidate: Candidate, since: datetime) -> bool:
        if candidate.trend.score < self.rising_trend:
            return False
        before = trend_at(since, candidate.mentions, candidate.signals, self.scale)
        return before.score < self.rising_trend


def build_pool(
    planned_at: datetime,
    papers: Iterable[Paper],
    mentions: Mapping[int, Sequence[Mention]],
    signals: Mapping[int, Sequence[Signal]],
    aliases: Mapping[int, int],
    scale: Mapping[str, float],
    rising_trend: int,
    last_paper_id: int = 0,
    cache: TokenCache | None = None,
) -> Pool:
    """Return the pool in order of trend, newest listing, id; ``cache`` spares tokenising again.

    ``aliases`` maps an alias id to the id it was merged into; signals and mentions already carry
    the surviving id. A paper split off counts as seen by whoever saw its parent.
    """
    candidates = []
    for paper in papers:
        listed = tuple(sorted(mentions.get(paper.id, ()), key=lambda m: (m.listed_at, m.source)))
        readings = tuple(signals.get(paper.id, ()))
        trend = trend_at(planned_at, listed, readings, scale)
        candidates.append(Candidate(paper, listed, readings, trend))
    candidates.sort(key=lambda c: (-c.trend.rounded, -c.listed_at.timestamp(), c.paper.id))
    documents = [document_of(c) for c in candidates]
    index = build_index(documents, (cache or TokenCache()).tokens(documents))
    masks = closure_masks([c.paper for c in candidates], aliases)
    return Pool(planned_at, tuple(candidates), index, masks, scale, rising_trend, last_paper_id)


def closure_masks(papers: Sequence[Paper], aliases: Mapping[int, int]) -> dict[int, int]:
    """Return for every id of every closure the bits it covers.

    A closure is the paper's own id, the ids merged into it, and (for "seen") its split parents.
    """
    members: dict[int, list[int]] = defaultdict(list)
    for alias, target in aliases.items():
        members[target].append(alias)
    canonical = dict(aliases)
    masks: dict[int, int] = defaultdict(int)
    for bit, paper in enumerate(papers):
        ids = {paper.id, *members[paper.id]}
        if paper.split_from is not None:
            parent = canonical.get(paper.split_from, paper.split_from)
            ids |= {paper.split_from, parent, *members[parent]}
        for paper_id in ids:
            masks[paper_id] |= 1 << bit
    return dict(masks)


def document_of(candidate: Candidate) -> Document:
    """Return what a query sees of a candidate: its words and its latest readings."""
    paper = candidate.paper
    return Document(
        paper_id=paper.id,
        title=paper.title,
        abstract=paper.abstract,
        authors=paper.authors,
        categories=paper.categories,
        keywords=paper.keywords,
        sources=tuple(m.source for m in candidate.mentions),
        upvotes=latest(candidate.signals, "upvotes"),
        stars=latest(candidate.signals, "stars"),
    )


def latest(signals: Iterable[Signal], metric: str) -> float:
    """Return the highest of each source's latest reading of a metric, 0.0 where there is none."""
    newest: dict[str, Signal] = {}
    for signal in signals:
        if signal.metric == metric:
            held = newest.get(signal.source)
            if held is None or signal.taken_at > held.taken_at:
                newest[signal.source] = signal
    return max((signal.value for signal in newest.values()), default=0.0)
