"""The bitmask matcher against the loop one would write first: every topic, every paper, in turn.

Papers are invented words by Zipf's law, seeded; 500 papers, 2,000 topic sets. Both sides get words
that are folded already and queries that are parsed already; the rounds alternate. The loop is a
fair one: a set of words a paper, phrases looked for in the text, AND and OR that stop early.
"""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from digest.domain.matching import Document, Index, Tokens, build_index, lowest_bits, tokenise
from digest.domain.query import And, Atom, AtomKind, Not, Or, Query, parse_query

PAPERS = 500
TOPIC_SETS = 2000
NAIVE_SHARE = 10  # the loop does every 10th topic set; its time is multiplied
VOCABULARY = 12_000
BEST = 10
ROUNDS = 5


def _invented_word(rank: int) -> str:
    """Return a pronounceable word; "and", "of" and kin are the lowest ranks of a real list."""
    syllables = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
    word = ""
    while rank or not word:
        rank, at = divmod(rank, len(syllables))
        word += syllables[at]
    return word + "x"


def invented_papers(count: int, dice: random.Random) -> list[Document]:
    """Return papers of 11 words in the title and 180 in the abstract."""
    lexicon = [_invented_word(rank) for rank in range(VOCABULARY)]
    weights = [1 / (rank + 2.7) for rank in range(VOCABULARY)]
    categories = ["cs.CL", "cs.CV", "cs.LG", "cs.RO", "stat.ML", "quant-ph"]

    def text(words: int) -> str:
        return " ".join(dice.choices(lexicon, weights, k=words))

    return [
        Document(
            number,
            text(11),
            text(180),
            authors=tuple(f"{text(1)} {text(1)}" for _ in range(4)),
            categories=tuple(dice.sample(categories, 2)),
            upvotes=dice.paretovariate(1.0),
        )
        for number in range(count)
    ]


def invented_queries(count: int, dice: random.Random) -> list[Query]:
    """Return distinct topic sets of two to six atoms out of some 600."""
    lexicon = [_invented_word(rank) for rank in range(20, 320)]
    atoms = lexicon + [f'"{one} {two}"' for one, two in pairwise(lexicon)]
    atoms += [f"{word[:5]}*" for word in lexicon[::10]] + ["cat:cs.CL", "cat:cs", "upvotes:>=5"]
    forms = [
        "{} OR {}",
        "({} OR {}) {} OR {}",
        "{} OR {} -{}",
        "({} OR {} OR {}) -({} OR {}) OR {}",
    ]
    return [
        parse_query(form.format(*dice.choices(atoms, k=form.count("{}"))))
        for form in dice.choices(forms, k=count)
    ]


def _milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def _all_best(index: Index, queries: list[Query]) -> list[list[int]]:
    return [lowest_bits(index.match(query), BEST) for query in queries]


@dataclass(frozen=True)
class _Read:
    """A paper as the loop keeps it."""

    paper: Document
    text: str
    words: frozenset[str]
    categories: tuple[str, ...]


def _read(paper: Document) -> _Read:
    tokens = tokenise(paper)
    text = f"{tokens.title}|{tokens.abstract}"
    return _Read(paper, text, frozenset(text.split()), tokens.categories)


def _loop_matches(query: Query, read: _Read) -> bool:
    match query:
        case And():
            return all(_loop_matches(operand, read) for operand in query.operands)
        case Or():
            return any(_loop_matches(operand, read) for operand in query.operands)
        case Not():
            return not _loop_matches(query.operand, read)
        case Atom(kind=AtomKind.NUMBER):
            return read.paper.upvotes >= float(query.terms[1])
        case Atom(kind=AtomKind.PHRASE):
            return f" {' '.join(query.terms)} " in read.text
        case Atom(kind=AtomKind.PREFIX):
            return f" {query.terms[0]}" in read.text
        case Atom(field="cat"):
            wanted = query.terms[0]
            return any(one == wanted or one.startswith(wanted + ".") for one in read.categories)
        case Atom():
            return query.terms[0] in read.words
    raise AssertionError(query)


def _loop_best(queries: list[Query], papers: list[_Read]) -> list[list[int]]:
    return [
        [at for at, read in enumerate(papers) if _loop_matches(query, read)][:BEST]
        for query in queries
    ]


def rows() -> list[dict[str, object]]:
    """Measure and return {name, value, unit, against, against_value, ratio}, medians of rounds.

    Both sides must find the same papers, else the numbers mean nothing.
    """
    dice = random.Random(20260504)
    papers, queries = invented_papers(PAPERS, dice), invented_queries(TOPIC_SETS, dice)
    read, few = [_read(paper) for paper in papers], queries[::NAIVE_SHARE]
    if _all_best(build_index(papers), few) != _loop_best(few, read):
        raise AssertionError("the matcher and the loop disagree")
    tokens = [tokenise(paper) for paper in papers]
    loop, full, kept, new, known = zip(
        *(_round(papers, tokens, read, queries) for _ in range(ROUNDS)), strict=True
    )
    about = f"{TOPIC_SETS} topic sets x {PAPERS} papers"
    whole = [a + b for a, b in zip(full, new, strict=True)]
    return [
        _row(f"match {about}, new index", new, loop),
        _row(f"match {about}, atoms resolved", known, loop),
        _row(f"tokenise, index and match {about}", whole, loop),
        _row(f"index {PAPERS} papers, words kept", kept, full, "tokenise and index"),
    ]


def _round(
    papers: list[Document], tokens: list[Tokens], read: list[_Read], queries: list[Query]
) -> tuple[float, ...]:
    """Return ms of: loop, index from text, from tokens, match, match with atoms resolved."""
    index, resolved = build_index(papers, tokens), build_index(papers, tokens)
    for atom in {atom for query in queries for atom in query.atoms()}:
        resolved.match(atom)
    return (
        _milliseconds(lambda: _loop_best(queries[::NAIVE_SHARE], read)) * NAIVE_SHARE,
        _milliseconds(lambda: build_index(papers)),
        _milliseconds(lambda: build_index(papers, tokens)),
        _milliseconds(lambda: _all_best(index, queries)),
        _milliseconds(lambda: _all_best(resolved, queries)),
    )


def _row(
    name: str,
    values: Sequence[float],
    against_values: Sequence[float],
    against: str = "loop over topics and papers",
) -> dict[str, object]:
    value, against_value = median(values), median(against_values)
    return {
        "name": name,
        "value": round(value, 2),
        "unit": "ms",
        "against": against,
        "against_value": round(against_value, 2),
        "ratio": round(against_value / value, 1),
    }
