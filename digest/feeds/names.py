"""Splits the author lines of feeds into names."""

import re

from digest.feeds.text import NAME_CHARACTERS, text_of

MOST_AUTHORS = 1_000

_INITIALS = re.compile(r"(?:[A-Z]\.?[ -]?){1,4}")
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv|ph\.?d|m\.?d)\.?", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*[,;]\s*(?:and\s)?|\s(?:and|&)\s")
_REMARK = re.compile(r"\s?\([^()]*(?:\([^()]*\)[^()]*)*\)")
_ADDRESS = re.compile(r"[<(]?[^\s<>()@]+@[^\s<>()@]+[>)]?")
_ADDRESS_FIRST = re.compile(r"[^\s<>()@]+@[^\s<>()@]+\s*\(([^@]+)\)")


def split_authors(line: str, *, inverted: bool = True) -> tuple[str, ...]:
    """Return the names of a line such as ``A. One (Uni, Town), B. Two and C. Three, Jr.``.

    Affiliations in parentheses are dropped and TeX accents kept. "Doe, J., Roe, R." and a lone
    "Doe, Jane" are taken as surnames first and turned round, unless the source is known never
    to write names ``inverted``.
    """
    line = _REMARK.sub("", text_of(line, 50_000))
    pieces: list[str] = []
    for piece in filter(None, (piece.strip() for piece in _BETWEEN.split(line))):
        if pieces and _SUFFIX.fullmatch(piece):
            pieces[-1] += f", {piece}"
        else:
            pieces.append(piece)
    if inverted and _surname_first(pieces):
        pieces = [f"{given} {last}" for last, given in zip(pieces[::2], pieces[1::2], strict=True)]
    return names_of(pieces)


def without_address(person: str) -> str:
    """Return the name beside a mail address, "" for a bare address (RFC 5322 section 3.4).

    Both ``a@b.example (A. Name)``, as RSS has it, and ``A. Name <a@b.example>`` are known.
    """
    if found := _ADDRESS_FIRST.fullmatch(person.strip()):
        return found[1].strip()
    return " ".join(_ADDRESS.sub("", person).split())


def names_of(values: list[str]) -> tuple[str, ...]:
    """Return names as plain text, without empty ones and repetitions, at most 1,000."""
    names = (text_of(value, NAME_CHARACTERS).strip(" ,;") for value in values[: 2 * MOST_AUTHORS])
    named = dict.fromkeys(name for name in names if any(c.isalnum() for c in name))
    return tuple(named)[:MOST_AUTHORS]


def _surname_first(pieces: list[str]) -> bool:
    """Tell whether names alternate with initials, or two lone words make up one name."""
    if len(pieces) < 2 or len(pieces) % 2:
        return False
    if all(_INITIALS.fullmatch(piece) for piece in pieces[1::2]):
        return True
    return len(pieces) == 2 and all(len(piece.split()) == 1 for piece in pieces)
