"""Surnames out of the many ways in which sources write an author's name."""

import re
from collections.abc import Iterable, Iterator

from digest.domain.plain_words import folded, without_tex, word_set

_PARTICLES = word_set(
    "af al ap av bin da dal de degli dei del dela della den der des di do dos du el la las le los"
    " na of ter ten van vande vander vom von y zu zum zur"
)
_SUFFIXES = word_set("jr sr ii iii iv phd md msc dr prof")
_BODIES = word_set(
    "collaboration collaborations consortium foundation group inc institute lab laboratory labs"
    " initiative network project team university"
)
_NOBODY = frozenset(("", "al", "others", "anonymous", "unknown", "et", "na", "none"))
_BETWEEN_NAMES = re.compile(r"[;\n]|\s+and\s+|\s+&\s+|,\s*and\s+", re.IGNORECASE)
_ET_AL = re.compile(r"\bet\.?\s+al\b\.?|\band\s+others\b", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_EMAIL = re.compile(r"\S+@\S+")
_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_PLAIN_NAME = re.compile(r"[^\W\d_]+(?:[ .'\u2019-]+[^\W\d_]+){0,9}\.?")
_JOINED = re.compile(r"\b(?:and|et|others)\b", re.IGNORECASE)
_NAME_CHARACTERS = 2_000  # of one author field; a list of 664 authors is a list, not a string


def surnames(authors: Iterable[str]) -> frozenset[str]:
    """Return the comparable surnames of `authors`: lower case, accents, TeX and particles off.

    Takes "First Last", "Last, First", a comma-joined list in one string, single names and bodies
    ("ATLAS Collaboration" stays whole, else every collaboration would share a surname). A name
    in Chinese, Japanese or Korean characters counts whole, its order being unknown.
    """
    return frozenset(
        surname
        for field in authors
        for name in _names(field[:_NAME_CHARACTERS])
        if (surname := _surname(name)) not in _NOBODY
    )


def _names(field: str) -> Iterator[str]:
    if _PLAIN_NAME.fullmatch(field) and not _JOINED.search(field):
        yield field
        return
    plain = _ET_AL.sub(" ", without_tex(field))
    email = _EMAIL.search(plain)
    if email is not None:  # RSS 2.0 writes "mail@example.org (Ada Lovelace)"
        plain = _EMAIL.sub(" ", plain)
        if plain.strip().startswith("("):
            plain = plain.replace("(", " ").replace(")", " ")
    for part in _BETWEEN_NAMES.split(_IN_BRACKETS.sub(" ", plain)):
        pieces = [piece.strip() for piece in part.split(",") if piece.strip()]
        pieces = [piece for piece in pieces if _letters(piece) not in _SUFFIXES]
        if len(pieces) > 2 or (len(pieces) == 2 and _both_whole(pieces)):
            yield from pieces
        elif pieces:
            yield ", ".join(pieces)


def _both_whole(pieces: list[str]) -> bool:
    """Tell "Ada Lovelace, Alan Turing" from "van der Maaten, Laurens" and "Doe, Jane Mary"."""
    first, second = ([word for word in piece.split() if word not in _PARTICLES] for piece in pieces)
    spelt_out = all(len(_letters(word)) > 1 for word in second)
    return len(first) > 1 and len(second) > 1 and spelt_out


def _surname(name: str) -> str:
    if _EAST_ASIAN.search(name):
        return _letters(name)
    last, comma, _first = name.partition(",")
    words = last.split()
    while len(words) > 1 and _is_no_surname(words[-1], after_comma=bool(comma)):
        words.pop()
    surname = _letters(words[-1]) if words else ""
    return "".join(map(_letters, words)) if surname in _BODIES else surname


def _is_no_surname(word: str, *, after_comma: bool) -> bool:
    """Recognise suffixes, trailing particles in lower case ("Maaten van der"), and initials."""
    letters = _letters(word)
    if not letters or letters in _SUFFIXES or word in _PARTICLES:
        return True
    initials = len(letters) == 1 or (
        len(letters) <= 3 and word.isupper() and (word.count(".") > 1 or _unspeakable(letters))
    )
    return initials and not after_comma


def _unspeakable(letters: str) -> bool:
    """Tell initials such as JH from short surnames such as LI and XU."""
    return not any(letter in "aeiouy" for letter in letters)


def _letters(text: str) -> str:
    plain = folded(text)
    return plain if plain.isalnum() else "".join(filter(str.isalnum, plain))
