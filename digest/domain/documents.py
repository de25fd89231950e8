"""What the matcher sees of a paper, and its words made ready once."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from digest.domain.folding import category_code, name_words, squeezed, words

_CATEGORY_LIST = re.compile(r"[;,]")


@dataclass(frozen=True, slots=True)
class Document:
    """A paper as the matcher sees it; a number that no source tells is 0."""

    paper_id: int
    title: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    upvotes: float = 0.0
    stars: float = 0.0


@dataclass(frozen=True, slots=True)
class Tokens:
    """The folded words of a document's texts; sources and numbers change daily and are left out.

    A text is its words between single spaces, one at either end; "|" parts keywords and names, so
    that no phrase runs from one into the next.
    """

    title: str
    abstract: str
    keywords: str
    authors: str
    categories: tuple[str, ...]


def tokenise(document: Document) -> Tokens:
    """Return the document's words: some 50 us, so keep them where papers are matched again."""
    return Tokens(
        title=_spaced(words(document.title)),
        abstract=_spaced(words(document.abstract)),
        keywords=_parted(words(keyword) for keyword in document.keywords),
        authors=_parted(name_words(name) for name in document.authors),
        categories=tuple(
            code
            for listed in document.categories
            for part in _CATEGORY_LIST.split(listed)
            if (code := category_code(part))
        ),
    )


def source_names(document: Document) -> set[str]:
    """Return what `source:` may call the document's sources: whole names squeezed, single words."""
    names = {squeezed(source) for source in document.sources}
    return names.union(*(words(source) for source in document.sources)) - {""}


def _spaced(terms: Sequence[str]) -> str:
    return f" {' '.join(terms)} " if terms else ""


def _parted(groups: Iterable[Sequence[str]]) -> str:
    return "|".join(_spaced(terms) for terms in groups)


class TokenCache:
    """Keeps the tokens of papers between indexes; a paper whose text changed is tokenised anew."""

    def __init__(self) -> None:
        """Start empty."""
        self._kept: dict[int, tuple[tuple[object, ...], Tokens]] = {}

    def tokens(self, documents: Sequence[Document]) -> list[Tokens]:
        """Return each document's tokens, and forget every paper that is not among them."""
        fresh = {document.paper_id: self._of(document) for document in documents}
        self._kept = fresh
        return [fresh[document.paper_id][1] for document in documents]

    def _of(self, document: Document) -> tuple[tuple[object, ...], Tokens]:
        text = (
            document.title,
            document.abstract,
            document.authors,
            document.categories,
            document.keywords,
        )
        kept = self._kept.get(document.paper_id)
        return kept if kept is not None and kept[0] == text else (text, tokenise(document))
