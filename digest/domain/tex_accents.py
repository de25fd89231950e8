"""Renders accents: over letters of text (``\\'e``, ``\\c{c}``) and over formulas (``\\hat{x}``)."""

import re
import unicodedata
from typing import Final

from digest.domain import tex_tables
from digest.domain.tex_links import unknown
from digest.domain.tex_tree import plain_text
from digest.domain.tex_walk import Scope, Walker

_ONE_SPACE: Final = re.compile(r"\s")
_DOTLESS: Final = str.maketrans("ıȷ", "ij")


def over_formula(walker: Walker, scope: Scope, name: str) -> None:
    """Write a mathematical accent: on a letter as a combining mark, over more of it not at all."""
    part = walker.argument(scope, scope.mode)
    if part is None:
        unknown(walker, scope, name)
        return
    letters = plain_text(part.items)
    if len(letters.strip()) != 1:
        scope.out.span("", part.items)
        return
    mark = tex_tables.MATH_ACCENTS[name]
    italic = scope.mode == "math" and letters.strip().isascii()
    scope.out.span("i" if italic else "", [_accented(letters.strip(), mark)])


def _accented(letters: str, mark: str) -> str:
    """Return the letters with the mark on the first; the dot of an i or j makes way for it."""
    return unicodedata.normalize("NFC", letters[0].translate(_DOTLESS) + mark + letters[1:])


def over_letter(walker: Walker, scope: Scope, name: str) -> None:
    """Render ``\\c{c}``, and ``\\k{appa}``, which is what some feeds make of ``\\kappa``."""
    if not walker.group_follows(scope):
        letter = _bare_letter(walker, scope, name)
        if letter:
            scope.out.text(letter)
        else:
            unknown(walker, scope, name)
        return
    pieces = walker.group(scope, "text")
    letters = plain_text(pieces.items)
    greek = tex_tables.GREEK.get(name + letters)
    if greek or not letters:
        scope.out.text(greek or name)
    elif len(letters) == 1 or len(_accented(letters[0], tex_tables.TEXT_ACCENTS[name])) == 1:
        scope.out.text(_accented(letters, tex_tables.TEXT_ACCENTS[name]))
    else:
        scope.out.span("", pieces.items)


def _bare_letter(walker: Walker, scope: Scope, name: str) -> str:
    """Return the accented letter where the next character composes with the accent, else ""."""
    mark = tex_tables.TEXT_ACCENTS[name]
    token = walker.peek(scope)
    if token is not None and token.kind == "macro" and token.text in {"i", "j", "imath", "jmath"}:
        walker.position += 1
        walker.match(scope, _ONE_SPACE)
        return _accented(token.text.strip("math"), mark)
    text = token.text if token is not None and token.kind == "plain" else ""
    body = text.lstrip() if name.isalpha() or scope.mode != "text" else text
    if body[:1].isalpha() and len(_accented(body[0], mark)) == 1:
        return _accented(walker.character(scope), mark)
    return ""


def sign_over_letter(walker: Walker, scope: Scope, name: str) -> None:
    """Write a text accent whose name is a letter (``\\c``, ``\\v``, ``\\H``) on what follows it."""
    if not walker.is_group(walker.peek(scope), scope):
        scope.out.text(_bare_letter(walker, scope, name) or name)
        return
    letters = plain_text(walker.group(scope, "text").items).strip()
    scope.out.text(_accented(letters, tex_tables.TEXT_ACCENTS[name]) if letters else name)
