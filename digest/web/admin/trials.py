"""What a topic's query would have matched in the last days, and how that differs from before."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from heapq import nlargest

from digest.domain.day_bars import Bars, bars_of
from digest.domain.links import paper_url
from digest.domain.matching import iter_bits
from digest.domain.pool import Candidate
from digest.domain.query import Query, QuerySyntaxError, parse_query
from digest.domain.tex import tex_to_text
from digest.mail.cards import TITLE_LIMIT, shorten
from digest.services.snapshot import DAYS, Snapshot

SHOWN = 50  # papers of a list; the counts are of all


@dataclass(frozen=True, slots=True)
class TriedPaper:
    """A paper of the last days; ``gained`` where the present query does not match it."""

    title: str
    url: str
    day: date
    trend: int
    gained: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """What a query would have matched, or the ``error`` in it (``pointer`` has the caret).

    ``compared`` says whether there is a present query to differ from. Lists hold ``SHOWN`` papers
    at most, the highest trend first.
    """

    error: str = ""
    pointer: str = ""
    canonical: str = ""
    matched: int = 0
    looked_at: int = 0
    per_day: float = 0.0
    compared: bool = False
    gained: int = 0
    lost: int = 0
    bars: Bars | None = None
    papers: tuple[TriedPaper, ...] = ()
    lost_papers: tuple[TriedPaper, ...] = ()


def try_topic(snapshot: Snapshot, text: str, present: Query | None, root: str) -> Trial:
    """Return what a query matches in a snapshot, against the ``present`` one where there is any."""
    try:
        query = parse_query(text)
    except QuerySyntaxError as error:
        return Trial(error=str(error), pointer=error.pointer())
    # not by the snapshot's own memory, which half-typed queries would fill
    mask = snapshot.pool.index.match(query)
    before = mask if present is None else snapshot.mask(present)
    gained, lost = mask & ~before, before & ~mask
    candidates = snapshot.pool.candidates

    def listed(bits: int) -> tuple[TriedPaper, ...]:
        pairs = ((candidates[bit], bool(gained >> bit & 1)) for bit in iter_bits(bits))
        best = nlargest(SHOWN, pairs, key=lambda pair: pair[0].trend.score)
        return tuple(_paper(candidate, root, new) for candidate, new in best)

    return Trial(
        canonical=query.canonical(),
        matched=mask.bit_count(),
        looked_at=len(candidates),
        per_day=snapshot.per_day(mask),
        compared=present is not None,
        gained=gained.bit_count(),
        lost=lost.bit_count(),
        bars=_bars(snapshot, mask & ~gained, gained),
        papers=listed(mask),
        lost_papers=listed(lost),
    )


def _paper(candidate: Candidate, root: str, gained: bool) -> TriedPaper:
    paper = candidate.paper
    title = tex_to_text(shorten(paper.title, TITLE_LIMIT))
    url = paper_url(root, paper.id)
    return TriedPaper(title, url, _day(candidate), candidate.trend.rounded, gained)


def _bars(snapshot: Snapshot, kept: int, gained: int) -> Bars | None:
    last = snapshot.made_at.astimezone(UTC).date()
    days = [last - timedelta(days=back) for back in range(DAYS, -1, -1)]
    counted = {
        kind: _counts(snapshot.pool.candidates[bit] for bit in iter_bits(mask))
        for kind, mask in (("kept", kept), ("gained", gained))
    }
    each = [(day, {kind: counts[day] for kind, counts in counted.items()}) for day in days]
    return bars_of(each, tuple(counted))


def _counts(candidates: Iterable[Candidate]) -> Counter[date]:
    return Counter(map(_day, candidates))


def _day(candidate: Candidate) -> date:
    return candidate.paper.first_seen_at.astimezone(UTC).date()
