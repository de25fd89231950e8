"""Finds the paper that a record belongs to, among tens of thousands, by the rules of identity.

A key is a paper's id; several records, its members, may stand under one key. Every pair that
`compare` would join is found: what the rules need is either an id, an equal title, or shared
shingles, and each of the three has an inverted index.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from digest.domain.identity_rules import (
    EXACT_RULES,
    NEAR_TITLE_CONTAINMENT,
    STRENGTH,
    Finding,
    Record,
    Rule,
    Traits,
    finding,
    traits_of,
)
from digest.domain.shingle_index import ShingleIndex


@dataclass(frozen=True, slots=True)
class Match:
    """The paper (`key`) that a record belongs to, by which rule, how surely (0 to 1), and why."""

    key: int
    rule: Rule
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """The papers that a record fits equally well by a rule that may not choose: it joins none."""

    keys: tuple[int, ...]
    reason: str


@dataclass(slots=True)
class _Paper:
    rows: list[int] = field(default_factory=list)
    arxiv_ids: set[str] = field(default_factory=set)


class IdentityIndex:
    """The known papers, by everything that can identify them."""

    def __init__(self) -> None:
        self._members: dict[int, tuple[int, Traits]] = {}  # row -> key, traits
        self._papers: dict[int, _Paper] = {}
        self._by_id: dict[str, set[int]] = defaultdict(set)  # arXiv id or DOI -> rows
        self._by_title: dict[str, set[int]] = defaultdict(set)
        self._shingles = ShingleIndex()
        self._next_row = 0

    def __len__(self) -> int:
        """Return the number of papers."""
        return len(self._papers)

    def add(self, key: int, record: Record) -> None:
        """Put a record under a paper's id, beside the members it may have already."""
        traits, shingles = traits_of(record)
        row, self._next_row = self._next_row, self._next_row + 1
        self._members[row] = key, traits
        paper = self._papers.setdefault(key, _Paper())
        paper.rows.append(row)
        if traits.arxiv_id:
            paper.arxiv_ids.add(traits.arxiv_id)
        for index, term in self._terms(traits):
            index[term].add(row)
        self._shingles.add(row, shingles)

    def discard(self, key: int) -> None:
        """Forget a paper with all its members; an unknown key is no error."""
        paper = self._papers.pop(key, None)
        for row in paper.rows if paper else ():
            _, traits = self._members.pop(row)
            for index, term in self._terms(traits):
                index[term].discard(row)
                if not index[term]:
                    del index[term]
            self._shingles.discard(row)

    def find(self, record: Record) -> Match | Ambiguous | None:
        """Return the one paper that `record` belongs to; Ambiguous where it fits several.

        An exact rule wins over the others, arXiv over DOI. Papers tied by exact rules that could
        be one (`exact` names them all) give the strongest, then the lowest key; where they are
        known to be two, and wherever a rule that is not exact fits two papers, none is chosen.
        """
        traits, shingles = traits_of(record)
        exact = self._exact(traits)
        if exact:
            return self._choice(exact)
        return _only(self._near(traits, shingles))

    def exact(self, record: Record) -> list[Match]:
        """Return every paper with the record's arXiv id or DOI, strongest rule, then lowest key.

        Papers with another arXiv id are left out. The caller may merge those that are returned, as
        long as no merged paper gets two arXiv ids.
        """
        return self._exact(traits_of(record)[0])

    def _exact(self, traits: Traits) -> list[Match]:
        terms = [term for term in (traits.arxiv_id, traits.doi) if term]
        rows = {row: 0 for term in terms for row in self._by_id.get(term, ())}
        found = self._findings(traits, rows)
        return sorted((m for m in found if m.rule in EXACT_RULES), key=_strength)

    def _choice(self, exact: list[Match]) -> Match | Ambiguous:
        known = {name for match in exact for name in self._papers[match.key].arxiv_ids}
        if exact[0].rule is Rule.ARXIV or len(known) < 2:
            return exact[0]
        return Ambiguous(tuple(sorted(m.key for m in exact)), f"{exact[0].reason} of two papers")

    def _near(self, traits: Traits, shingles: frozenset[int]) -> list[Match]:
        near = self._shingles.overlapping(shingles, NEAR_TITLE_CONTAINMENT)
        for row in self._by_title.get(traits.title, ()):
            near.setdefault(row, self._shingles.shared(row, shingles))
        return self._findings(traits, near)

    def _findings(self, traits: Traits, rows: dict[int, int]) -> list[Match]:
        """Return the best match of each paper among rows -> shared shingles."""
        best: dict[int, Match] = {}
        for row, shared in rows.items():
            key, other = self._members[row]
            known = self._papers[key].arxiv_ids
            if traits.arxiv_id and known and traits.arxiv_id not in known:
                continue
            found: Finding | None = finding(traits, other, shared)
            if found is None:
                continue
            match = Match(key, *found)
            if key not in best or _strength(match) < _strength(best[key]):
                best[key] = match
        return list(best.values())

    def _terms(self, traits: Traits) -> list[tuple[dict[str, set[int]], str]]:
        named = ((self._by_id, traits.arxiv_id), (self._by_id, traits.doi))
        return [(i, t) for i, t in (*named, (self._by_title, traits.title)) if t]


def _only(matches: list[Match]) -> Match | Ambiguous | None:
    if len(matches) < 2:
        return matches[0] if matches else None
    reasons = "; ".join(f"{m.key} by {m.rule}" for m in sorted(matches, key=_strength)[:3])
    return Ambiguous(tuple(sorted(m.key for m in matches)), f"fits several papers: {reasons}")


def _strength(match: Match) -> tuple[int, float, int, str]:
    return STRENGTH[match.rule], -match.score, match.key, match.reason
