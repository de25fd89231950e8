"""The tree a piece of TeX is read into, and its two outputs: HTML and plain Unicode."""

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from digest.domain.tex_tables import SUBSCRIPTS, SUPERSCRIPTS

Tag = Literal["b", "code", "em", "i", "sub", "sup"]


@dataclass(frozen=True, slots=True)
class Span:
    """Pieces that one tag encloses."""

    tag: Tag
    pieces: tuple["Piece", ...]


@dataclass(frozen=True, slots=True)
class Formula:
    """The pieces of a formula, with the TeX between its delimiters; ``display`` stands alone."""

    source: str
    display: bool
    pieces: tuple["Piece", ...]


Piece: TypeAlias = str | Span | Formula
SetFormula: TypeAlias = Callable[[Formula, str], str]  # from a formula and its HTML

_RAISED: Final = frozenset("°′″")  # already stand high in their own glyph
_NO_SPACE_AFTER: Final = frozenset(" ([{‘“|/⟨⌈⌊")


class Pieces:
    """Collects the pieces of one scope, and knows its last character for the spacing."""

    __slots__ = ("_swallow", "items", "last")

    def __init__(self, last: str = "") -> None:
        """Start empty; ``last`` is the character that stands before."""
        self.items: list[Piece] = []
        self.last = last
        self._swallow = False

    def text(self, text: str) -> None:
        """Append text, without its leading space where the piece before asked for none."""
        if self._swallow:
            text = text.lstrip()
        if text:
            self._swallow = False
            self.items.append(text)
            self.last = text[-1]

    def span(self, tag: Tag | Literal[""], pieces: Sequence[Piece]) -> None:
        """Append pieces in a tag, or bare where the tag is ""; nothing where they are empty."""
        content = plain_text(pieces)
        if not content:
            return
        if not tag:
            self._swallow = False
            self.items.extend(pieces)
        elif tag == "sup" and content.strip() in _RAISED | {"∘"}:
            self.items.append(content.strip().replace("∘", "°"))
        else:
            self.items.append(Span(tag, tuple(pieces)))
        self._swallow = False
        self.last = content[-1]

    def formula(self, source: str, pieces: Sequence[Piece], *, display: bool) -> None:
        """Append a formula; nothing where its pieces are empty."""
        content = plain_text(pieces)
        if content:
            self._swallow = False
            self.items.append(Formula(source, display, tuple(pieces)))
            self.last = content[-1]

    def swallow_space(self) -> None:
        """Drop the white space that follows."""
        self._swallow = True

    def strip_end(self) -> None:
        """Drop white space at the end."""
        while self.items and isinstance(self.items[-1], str):
            self.items[-1] = stripped = self.items[-1].rstrip()
            if stripped:
                break
            self.items.pop()

    def separate(self) -> None:
        """Append a space if a word would else grow together with the one before."""
        if self.last.isalnum():
            self.text(" ")

    def operator(self, sign: str, *, spaced: bool) -> None:
        """Append a sign, with one space on both sides where an operand stands before it."""
        if spaced and self.last and self.last not in _NO_SPACE_AFTER:
            self.text(" ")
        self.text(sign + " " if spaced and self.last == " " else sign)
        self.swallow_space()


def plain_text(pieces: Sequence[Piece]) -> str:
    """Return the characters of the pieces without any tag."""
    return _written(pieces, lambda _, inner: inner, str)


def unicode_text(pieces: Sequence[Piece]) -> str:
    """Return plain Unicode: sup and sub as raised and lowered characters where all exist."""
    return _written(pieces, _unicode_span, str)


def html_text(pieces: Sequence[Piece], set_formula: SetFormula | None = None) -> str:
    """Return HTML: every character of the source escaped, no attributes, tags well nested.

    ``set_formula`` returns the HTML of a formula; it is not asked of one inside another.
    """
    return _written(pieces, lambda tag, inner: f"<{tag}>{inner}</{tag}>", html.escape, set_formula)


def _written(
    pieces: Sequence[Piece],
    enclosed: Callable[[Tag, str], str],
    escaped: Callable[[str], str],
    set_formula: SetFormula | None = None,
) -> str:
    written = []
    for piece in pieces:
        if isinstance(piece, str):
            written.append(escaped(piece))
        elif isinstance(piece, Span):
            inner = _written(piece.pieces, enclosed, escaped, set_formula)
            written.append(enclosed(piece.tag, inner))
        else:
            inner = _written(piece.pieces, enclosed, escaped)
            written.append(set_formula(piece, inner) if set_formula else inner)
    return "".join(written)


def _unicode_span(tag: Tag, inner: str) -> str:
    if tag not in {"sup", "sub"}:
        return inner
    table, sign = (SUPERSCRIPTS, "^") if tag == "sup" else (SUBSCRIPTS, "_")
    inner = inner.strip()
    if all(character in table for character in inner):
        return "".join(table[character] for character in inner)
    return sign + (inner if len(inner) == 1 else f"({inner})")
