"""Matches topics against a pool of papers with Python integers as sets of papers.

Documents come in score order and bit i is documents[i], so the best n matches of a topic are the
lowest n bits. Each distinct atom is resolved once per index; a query is then a few machine words
of AND, OR and NOT.
"""

import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce

from digest.domain.documents import Document, TokenCache, Tokens, source_names, tokenise
from digest.domain.names import name_matches
from digest.domain.postings import Postings, iter_bits, lowest_bits, mask_of
from digest.domain.query_tree import And, Atom, AtomKind, Not, Or, Query

__all__ = [
    "AtomHits",
    "Document",
    "Index",
    "TokenCache",
    "Tokens",
    "build_index",
    "iter_bits",
    "lowest_bits",
    "tokenise",
]

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le, "=": operator.eq,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class AtomHits:
    """The atoms of a query that one document matches, by place; an atom may stand in both.

    ``elsewhere`` is the abstract, keywords, authors, categories, sources and numbers.
    """

    title: tuple[Atom, ...]
    elsewhere: tuple[Atom, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """Return what matched as a reader would write it, title first, each once."""
        return tuple(atom.label() for atom in dict.fromkeys(self.title + self.elsewhere))


@dataclass(frozen=True, slots=True)
class _Places:
    """Where an atom matches: a mask of documents per place."""

    title: int = 0
    elsewhere: int = 0


class Index:
    """A pool of documents, bit i the i-th of them; made by ``build_index``."""

    def __init__(self, documents: Sequence[Document], tokens: Sequence[Tokens]) -> None:
        """Index titles and abstracts; the other fields follow when a query first asks for them."""
        self.documents = documents
        self.everything = (1 << len(documents)) - 1
        self._tokens = tokens
        self._titles = Postings([one.title for one in tokens])
        self._abstracts = Postings([one.abstract for one in tokens])
        self._places: dict[str, _Places] = {}
        self._masks: dict[str, int] = {}
        self._speaking: dict[str, list[tuple[Atom, _Places]]] = {}

    def match(self, query: Query) -> int:
        """Return the mask of the documents that match."""
        mask = self._masks.get(query.key)
        if mask is None:
            mask = self._masks[query.key] = self._resolve(query)
        return mask

    def hits(self, query: Query, bit: int) -> AtomHits:
        """Return which atoms of the query speak for document ``bit``; those under NOT never do."""
        speaking = self._speaking.get(query.key)
        if speaking is None:
            speaking = [(atom, self._where(atom)) for atom in query.positive_atoms()]
            self._speaking[query.key] = speaking
        return AtomHits(
            title=tuple(atom for atom, places in speaking if places.title >> bit & 1),
            elsewhere=tuple(atom for atom, places in speaking if places.elsewhere >> bit & 1),
        )

    def forget(self) -> None:
        """Let go of every answer kept so far: queries by strangers have no end."""
        self._places.clear()
        self._masks.clear()
        self._speaking.clear()

    def _resolve(self, query: Query) -> int:
        """Combine the masks of the parts; of these only atoms are kept, for they recur."""
        if isinstance(query, Atom):
            mask = self._masks.get(query.key)
            if mask is None:
                places = self._where(query)
                mask = self._masks[query.key] = places.title | places.elsewhere
            return mask
        if isinstance(query, Not):
            return self.everything & ~self._resolve(query.operand)
        if isinstance(query, And):
            return reduce(operator.and_, map(self._resolve, query.operands))
        assert isinstance(query, Or)
        return reduce(operator.or_, map(self._resolve, query.operands))

    def _where(self, atom: Atom) -> _Places:
        places = self._places.get(atom.key)
        if places is None:
            places = self._places[atom.key] = self._look_up(atom)
        return places

    def _look_up(self, atom: Atom) -> _Places:
        match atom.field:
            case "":
                body = _in_text(self._abstracts, atom) | _in_text(self._keywords, atom)
                return _Places(title=_in_text(self._titles, atom), elsewhere=body)
            case "title":
                return _Places(title=_in_text(self._titles, atom))
            case "abstract":
                return _Places(elsewhere=_in_text(self._abstracts, atom))
            case "author":
                return _Places(elsewhere=self._by_author(atom))
            case "cat":
                return _Places(elsewhere=_in_groups(self._categories, atom, below="."))
            case "source":
                return _Places(elsewhere=_in_groups(self._sources, atom))
            case _:
                return _Places(elsewhere=self._compared(atom))

    def _by_author(self, atom: Atom) -> int:
        """Find names that hold a term in full, then compare name by name for initials."""
        if atom.kind is not AtomKind.PHRASE:
            return _in_text(self._authors, atom)
        holding = mask_of(
            bit
            for term in atom.terms
            if len(term) > 1
            for bit in iter_bits(self._authors.word(term))
        )
        return mask_of(
            bit
            for bit in iter_bits(holding)
            if any(
                name_matches(atom.terms, name.split())
                for name in self._tokens[bit].authors.split("|")
            )
        )

    def _compared(self, atom: Atom) -> int:
        sign, number = atom.comparison()
        compare = _COMPARE[sign]
        upvotes = atom.field == "upvotes"
        return mask_of(
            bit
            for bit, document in enumerate(self.documents)
            if compare(document.upvotes if upvotes else document.stars, number)
        )

    @cached_property
    def _keywords(self) -> Postings:
        return Postings([one.keywords for one in self._tokens])

    @cached_property
    def _authors(self) -> Postings:
        return Postings([one.authors.replace("|", " ") for one in self._tokens])

    @cached_property
    def _categories(self) -> dict[str, int]:
        return _grouped(one.categories for one in self._tokens)

    @cached_property
    def _sources(self) -> dict[str, int]:
        return _grouped(source_names(document) for document in self.documents)


def _in_text(postings: Postings, atom: Atom) -> int:
    if atom.kind is AtomKind.WORD:
        return postings.word(atom.terms[0])
    return postings.phrase(atom.terms, open_ended=atom.kind is AtomKind.PREFIX)


def _in_groups(masks: dict[str, int], atom: Atom, below: str = "") -> int:
    """Return the documents with that name, a name it begins, or one under it (cs over cs.LG)."""
    name = atom.terms[0]
    mask = masks.get(name, 0)
    beginning = name if atom.kind is AtomKind.PREFIX else name + below
    if beginning != name or atom.kind is AtomKind.PREFIX:
        for other, held in masks.items():
            if other.startswith(beginning):
                mask |= held
    return mask


def _grouped(names_of_each: Iterable[Iterable[str]]) -> dict[str, int]:
    masks: dict[str, int] = {}
    for bit, names in enumerate(names_of_each):
        for name in names:
            masks[name] = masks.get(name, 0) | 1 << bit
    return masks


def build_index(documents: Sequence[Document], tokens: Sequence[Tokens] | None = None) -> Index:
    """Index documents given best first; pass the tokens where ``tokenise`` was run before."""
    if tokens is None:
        tokens = [tokenise(document) for document in documents]
    if len(tokens) != len(documents):
        raise ValueError(f"{len(documents)} documents but {len(tokens)} tokens")
    return Index(documents, tokens)
