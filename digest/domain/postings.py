"""Bitmasks of the documents that hold a word, a prefix or a phrase in one kind of text."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from operator import or_

_FEW = 8
_ONE = ord("1")


class Postings:
    """One kind of text (titles, abstracts, ...) of all documents; bit i is text i.

    Texts are words between single spaces (``documents.Tokens``). Masks are made when asked for.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        """Note for every word the texts that hold it."""
        self._texts = texts
        self._bits: defaultdict[str, list[int]] = defaultdict(list)
        self._masks: dict[str, int] = {}
        self._vocabulary: list[str] | None = None
        for bit, text in enumerate(texts):
            for word in set(text.split()):
                self._bits[word].append(bit)

    def word(self, word: str) -> int:
        """Return the texts that hold the word."""
        mask = self._masks.get(word)
        if mask is None:
            mask = self._masks[word] = mask_of(self._bits.get(word, ()))
        return mask

    def prefix(self, beginning: str) -> int:
        """Return the texts with a word that starts so."""
        if self._vocabulary is None:
            self._vocabulary = sorted(self._bits)
        start = bisect_left(self._vocabulary, beginning)
        end = bisect_left(self._vocabulary, beginning + "\U0010ffff", start)
        return mask_of({bit for word in self._vocabulary[start:end] for bit in self._bits[word]})

    def phrase(self, terms: Sequence[str], *, open_ended: bool = False) -> int:
        """Return the texts with the terms side by side; ``open_ended`` lets the last one go on."""
        *whole, last = terms
        holding = self.prefix(last) if open_ended else self.word(last)
        for term in whole:
            if not holding:
                return 0
            holding &= self.word(term)
        wanted = f" {' '.join(terms)}" + ("" if open_ended else " ")
        return mask_of(bit for bit in iter_bits(holding) if wanted in self._texts[bit])


def mask_of(bits: Iterable[int]) -> int:
    """Return the mask with these bits set."""
    listed = list(bits)
    if len(listed) < _FEW:
        return reduce(or_, (1 << bit for bit in listed), 0)
    # Binary digits, highest first: one pass for any number of bits, where OR costs a pass a bit.
    top = max(listed)
    digits = bytearray(b"0") * (top + 1)
    for bit in listed:
        digits[top - bit] = _ONE
    return int(digits, 2)


def iter_bits(mask: int) -> Iterator[int]:
    """Yield the set bits of a mask from the lowest up."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def lowest_bits(mask: int, n: int) -> list[int]:
    """Return the n lowest set bits, ascending; all of them where there are fewer."""
    found: list[int] = []
    while mask and len(found) < n:
        lowest = mask & -mask
        found.append(lowest.bit_length() - 1)
        mask ^= lowest
    return found
