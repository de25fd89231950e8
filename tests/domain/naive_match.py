"""A second, plain evaluator of topic queries: no index, no masks, no shared text functions.

It reads a document field by field and a query node by node, so that a mistake in the index, in its
folding or in its phrases shows as a difference.
"""

import re
import unicodedata

from digest.domain.matching import Document
from digest.domain.query import And, Atom, AtomKind, Not, Or, Query

Texts = dict[str, list[list[str]]]
_LETTERS = {"ø": "o", "ł": "l", "ß": "ss", "æ": "ae", "β": "beta", "đ": "d"}


def plain_words(text: str) -> list[str]:
    """Return the words of a text, letter by letter."""
    text = re.sub(r"\{?\\['\"v](?:\{(\w)\}|\s?(\w))\}?", r"\1\2", text)
    found: list[str] = []
    word = ""
    for sign in unicodedata.normalize("NFKD", text).lower() + " ":
        if unicodedata.combining(sign) or sign == "\u200b":
            continue
        if sign.isalnum() and not "\u4e00" <= sign <= "\u9fff":
            word += _LETTERS.get(sign, sign)
            continue
        found += [word] if word else []
        found += [sign] if sign.isalnum() else []
        word = ""
    return found


def naive_texts(document: Document) -> Texts:
    """Return the words of each field, a list of words for every title, keyword, name or category.

    Sources appear whole and word by word, without their spaces.
    """
    names = [
        plain_words(" ".join(reversed(name.replace("'", "").split(","))))
        for name in document.authors
    ]
    sources = [plain_words(source) for source in document.sources]
    return {
        "title": [plain_words(document.title)],
        "abstract": [plain_words(document.abstract)],
        "keywords": [plain_words(keyword) for keyword in document.keywords],
        "author": names,
        "cat": [
            [part.split("(")[0].strip().lower()]
            for text in document.categories
            for part in text.replace(",", ";").split(";")
        ],
        "source": [["".join(words)] for words in sources]
        + [[word] for words in sources for word in words],
    }


def naive_matches(query: Query, document: Document) -> bool:
    """Say whether a document matches, by the rules of the language alone."""
    return evaluates(query, document, naive_texts(document))


def evaluates(query: Query, document: Document, texts: Texts) -> bool:
    """Say the same of a document whose words are at hand."""
    match query:
        case And():
            return all(evaluates(operand, document, texts) for operand in query.operands)
        case Or():
            return any(evaluates(operand, document, texts) for operand in query.operands)
        case Not():
            return not evaluates(query.operand, document, texts)
        case Atom():
            return _atom_matches(query, document, texts)
    raise AssertionError(query)


def _atom_matches(atom: Atom, document: Document, texts: Texts) -> bool:
    if atom.kind is AtomKind.NUMBER:
        has = document.upvotes if atom.field == "upvotes" else document.stars
        sign, wanted = atom.terms[0], float(atom.terms[1])
        return (
            ("=" in sign and has == wanted)
            or (">" in sign and has > wanted)
            or ("<" in sign and has < wanted)
        )
    places = [atom.field] if atom.field else ["title", "abstract", "keywords"]
    open_ended = atom.kind is AtomKind.PREFIX
    for place in places:
        for words in texts[place]:
            if place == "cat":
                if words[0] == atom.terms[0] or words[0].startswith(atom.terms[0] + "."):
                    return True
                if open_ended and words[0].startswith(atom.terms[0]):
                    return True
            elif place == "author" and atom.kind is AtomKind.PHRASE:
                if _is_name(list(atom.terms), words):
                    return True
            elif _side_by_side(list(atom.terms), words, open_ended):
                return True
    return False


def _side_by_side(terms: list[str], words: list[str], open_ended: bool) -> bool:
    for start in range(len(words) - len(terms) + 1):
        part = words[start : start + len(terms)]
        if part == terms:
            return True
        if open_ended and part[:-1] == terms[:-1] and part[-1].startswith(terms[-1]):
            return True
    return False


def _is_name(terms: list[str], name: list[str]) -> bool:
    without_middle = [
        word for at, word in enumerate(name) if len(word) > 1 or at in {0, len(name) - 1}
    ]
    for written in (name, without_middle):
        for start in range(len(written) - len(terms) + 1):
            pairs = list(zip(terms, written[start:], strict=False))
            fits = all(a == b or (1 in {len(a), len(b)} and a[0] == b[0]) for a, b in pairs)
            if fits and any(a == b and len(a) > 1 for a, b in pairs):
                return True
    return False
