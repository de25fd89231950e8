"""What a visitor's own queries, authors and categories would have matched lately."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from heapq import nlargest
from itertools import islice

from digest.domain.links import paper_url
from digest.domain.matching import iter_bits
from digest.domain.preferences import MAX_TOPICS, author_query, category_query
from digest.domain.query import QuerySyntaxError, parse_query
from digest.domain.sentences import SentenceError
from digest.domain.tex import tex_to_text
from digest.mail.cards import TITLE_LIMIT, shorten
from digest.services.snapshot import DAYS, Snapshot
from digest.texts import Texts
from digest.web.choices import Choices, lines_of
from digest.web.fields import pace_text

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Hit:
    """A paper that a line would have matched."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Match:
    """What one line would have matched, or why it cannot be read (``pointer`` has the caret)."""

    line: str
    pace: str = ""
    count: str = ""
    hits: tuple[Hit, ...] = ()
    error: str = ""
    pointer: str = ""


def matches_of(t: Texts, snapshot: Snapshot, typed: Choices, root: str) -> list[Match]:
    """Return what each line would have matched, as many lines as a reader may have topics."""
    return [
        _match(t, snapshot, line, written(line), root)
        for line, written in islice(_lines(typed), MAX_TOPICS)
    ]


def said(t: Texts, error: Exception) -> str:
    """Return what is wrong, in the visitor's language where it is a sentence."""
    return t.say(error.sentence) if isinstance(error, SentenceError) else str(error)


def _lines(typed: Choices) -> Iterator[tuple[str, Callable[[str], str]]]:
    for line in lines_of(typed.queries):
        yield line, str
    for line in lines_of(typed.authors):
        yield line, author_query
    for line in lines_of(typed.categories):
        yield line, category_query


def _match(t: Texts, snapshot: Snapshot, line: str, text: str, root: str) -> Match:
    shown = shorten(line, 120)
    try:
        query = parse_query(text)
    except QuerySyntaxError as error:
        return Match(shown, error=said(t, error), pointer=error.pointer())
    # not by the snapshot's own memory, which strangers would fill
    mask = snapshot.pool.index.match(query)
    papers = [snapshot.pool.candidates[bit].paper for bit in iter_bits(mask)]
    newest = nlargest(SHOWN, papers, key=lambda paper: (paper.first_seen_at, paper.id))
    return Match(
        shown,
        pace=pace_text(t, snapshot.per_day(mask)),
        count=t.many(
            "{count} in the last {days} days",
            "{count} in the last {days} days",
            len(papers),
            days=DAYS,
        ),
        hits=tuple(
            Hit(tex_to_text(shorten(paper.title, TITLE_LIMIT)), paper_url(root, paper.id))
            for paper in newest
        ),
    )
