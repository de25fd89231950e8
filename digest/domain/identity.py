"""One paper or two: the rules, the index over known papers, and the merging of a whole list.

The text of the rules is in `identity_rules`, the search in `identity_index`. Whatever the order in
which records come, a paper holds at most one arXiv id, and a record that fits two papers by a rule
that is not exact joins neither.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from digest.domain.identity_index import Ambiguous, IdentityIndex, Match
from digest.domain.identity_rules import Record, Rule, Traits, compare, traits_of

__all__ = [
    "Ambiguous",
    "Assignment",
    "IdentityIndex",
    "Match",
    "Record",
    "Rule",
    "compare",
    "dedupe",
]


@dataclass(frozen=True, slots=True)
class Assignment:
    """The paper a line belongs to: the number of that paper's first line, counted from 1.

    `rule` and `score` (0 to 1) say why; the first line of a paper has no rule and score 1.
    """

    line: int
    paper: int
    rule: Rule | None
    score: float


def dedupe(records: Sequence[Record]) -> list[Assignment]:
    """Return the paper of every record, in the order of the records.

    The grouping does not depend on that order: records with the same identifiers are united first;
    then the groups join one another by the other rules, those with an arXiv id first and after
    them the best described, so that a cut copy meets the whole text.
    """
    traits = [traits_of(record)[0] for record in records]
    groups = _near_groups(records, traits, _exact_groups(traits))
    found: list[Assignment] = []
    for group in groups:
        first = group[0][0]
        found.append(Assignment(first + 1, first + 1, None, 1.0))
        for place, rule, score in group[1:]:
            found.append(Assignment(place + 1, first + 1, rule, score))
    return sorted(found, key=lambda assignment: assignment.line)


_Joined = tuple[int, Rule | None, float]  # place, and what made it join


def _exact_groups(traits: Sequence[Traits]) -> list[list[int]]:
    """Return the groups of places that share an arXiv id, or a DOI that names one paper only."""
    arxiv_of = _arxiv_id_by_doi(traits)
    groups: dict[tuple[str, str | int], list[int]] = defaultdict(list)
    for place, one in enumerate(traits):
        arxiv_id = one.arxiv_id or arxiv_of.get(one.doi or "")
        if arxiv_id:
            groups["arxiv", arxiv_id].append(place)
        elif one.doi:
            groups["doi", one.doi].append(place)
        else:
            groups["place", place].append(place)
    return list(groups.values())


def _arxiv_id_by_doi(traits: Sequence[Traits]) -> dict[str, str]:
    named: dict[str, set[str]] = defaultdict(set)
    for one in traits:
        if one.doi and one.arxiv_id:
            named[one.doi].add(one.arxiv_id)
    return {doi: min(ids) for doi, ids in named.items() if len(ids) == 1}


def _near_groups(
    records: Sequence[Record], traits: Sequence[Traits], groups: Iterable[Sequence[int]]
) -> list[list[_Joined]]:
    index = IdentityIndex()
    papers: dict[int, list[_Joined]] = {}
    for group in sorted(groups, key=lambda group: _description(group, records, traits)):
        match = _common_match(index, [records[place] for place in group])
        key = match.key if match else group[0]
        seed = (match.rule, match.score) if match else (None, 1.0)
        for place in group:
            index.add(key, records[place])
        papers.setdefault(key, []).extend((place, *seed) for place in group)
    return [_explained(sorted(paper), records) for paper in papers.values()]


def _description(
    group: Sequence[int], records: Sequence[Record], traits: Sequence[Traits]
) -> tuple[object, ...]:
    """Return a sort key by content: arXiv ids first, then the longest abstract, then the text."""
    best = max(group, key=lambda place: (traits[place].words, len(traits[place].surnames)))
    texts = sorted((records[p].title, records[p].abstract, records[p].authors) for p in group)
    return (
        not any(traits[place].arxiv_id for place in group),
        -traits[best].words,
        -len(traits[best].surnames),
        texts,
    )


def _common_match(index: IdentityIndex, group: Sequence[Record]) -> Match | None:
    """Return the one paper that members of a group fit, None where they fit none or several."""
    arxiv_id = next((known for one in group if (known := traits_of(one)[0].arxiv_id)), None)
    found = [index.find(replace(one, arxiv_id=arxiv_id) if arxiv_id else one) for one in group]
    matches = [match for match in found if isinstance(match, Match)]
    if any(isinstance(match, Ambiguous) for match in found) or len({m.key for m in matches}) != 1:
        return None
    return matches[0]


def _explained(paper: Sequence[_Joined], records: Sequence[Record]) -> list[_Joined]:
    """Return the members with the rule that ties each to the first, or else to the group."""
    first, *others = paper
    return [first, *(_tie(member, paper, records) for member in others)]


def _tie(member: _Joined, paper: Sequence[_Joined], records: Sequence[Record]) -> _Joined:
    place, rule, _ = member
    direct = compare(records[place], records[paper[0][0]])
    if direct is None and rule is None:
        rest = (other for other, _, _ in paper if other != place)
        direct = next(filter(None, (compare(records[place], records[o]) for o in rest)), None)
    return (place, direct[0], direct[1]) if direct else member
