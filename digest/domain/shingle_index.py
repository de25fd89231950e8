"""An inverted index of shingles that is exact, small (8 bytes a posting) and quick.

A dict of 26,000 abstracts' shingles takes half a gigabyte, so only the latest postings live in
one; the rest lie in sorted arrays of integers, shingle and row in one number, split into buckets by
the shingle's high bits. A search skips the commonest shingles, as many as cannot matter: two
sets that share at least k are found by any but the k - 1 most frequent of them (the prefix filter
of Chaudhuri, Ganti and Kaushik, ICDE 2006).
"""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from math import ceil

SHINGLE_BITS = 40
_ROW_BITS = 24
_ROW_MASK = (1 << _ROW_BITS) - 1
_BUCKETS = 256
_BUCKET_SHIFT = SHINGLE_BITS - 8
_BULK_ROWS = 1_000  # so many added without a search go straight into the arrays
_RECENT_POSTINGS = 100_000  # some 550 abstracts, 20 MB
_LONG = 48  # shingles; rows of so many are indexed apart, because there more can be skipped


class ShingleIndex:
    """Finds the rows whose shingles overlap a set's. A row number is given once and for ever.

    Shingles are integers of 40 bits, rows of 24.
    """

    def __init__(self) -> None:
        self._short, self._long = _Postings(), _Postings()
        self._sizes: dict[int, int] = {}

    def add(self, row: int, shingles: frozenset[int]) -> None:
        """Put a new row with its shingles into the index."""
        self._sizes[row] = len(shingles)
        (self._long if len(shingles) >= _LONG else self._short).add(row, shingles)

    def discard(self, row: int) -> None:
        """Take a row out; its postings stay behind, and are ignored."""
        self._sizes.pop(row, None)

    def overlapping(self, shingles: frozenset[int], part: float) -> dict[int, int]:
        """Return row -> number of shared shingles, for at least `part` of the shorter set."""
        size = len(shingles)
        found = {}
        for postings, least_size in ((self._short, 1), (self._long, _LONG)):
            skipped = max(0, ceil(part * min(size, least_size)) - 1)
            for row, count in postings.counts(shingles, skipped).items():
                needed = part * min(size, self._sizes.get(row, 0))
                if needed and count + skipped >= needed:
                    shared = self.shared(row, shingles)
                    if shared >= needed:
                        found[row] = shared
        return found

    def shared(self, row: int, shingles: Iterable[int]) -> int:
        """Return how many of the shingles a row has; 0 for a row that is not there."""
        if row not in self._sizes:
            return 0
        postings = self._long if self._sizes[row] >= _LONG else self._short
        return sum(postings.has(row, shingle) for shingle in shingles)


class _Postings:
    """Which rows have a shingle: fresh rows, then recent ones in a dict, then sorted arrays."""

    def __init__(self) -> None:
        self._fresh: list[tuple[int, frozenset[int]]] = []
        self._recent: dict[int, list[int]] = {}
        self._recent_count = 0
        self._buckets = [array("Q") for _ in range(_BUCKETS)]
        self._unsorted: set[int] = set()
        self._empty = True

    def add(self, row: int, shingles: frozenset[int]) -> None:
        self._empty = self._empty and not shingles
        self._fresh.append((row, shingles))
        if len(self._fresh) >= _BULK_ROWS:
            self._settle([s << _ROW_BITS | row for row, found in self._fresh for s in found])
            self._fresh = []

    def counts(self, shingles: frozenset[int], skipped: int) -> Counter[int]:
        """Return row -> number of shingles it has, leaving out that many of the commonest."""
        if self._empty:
            return Counter()
        self._index_fresh()
        runs = []
        for shingle in shingles:
            bucket, start, stop = self._run(shingle)
            recent = self._recent.get(shingle)
            if recent or stop > start:
                runs.append((stop - start + len(recent or ()), shingle, bucket, start, stop))
        runs.sort(key=lambda run: run[0])
        rows: list[int] = []
        unseen = len(shingles) - len(runs)  # shingles that no row has count as the rarest
        for _, shingle, bucket, start, stop in runs[: max(0, len(shingles) - skipped - unseen)]:
            rows.extend(posting & _ROW_MASK for posting in bucket[start:stop])
            rows.extend(self._recent.get(shingle, ()))
        return Counter(rows)

    def has(self, row: int, shingle: int) -> bool:
        self._index_fresh()
        posting = shingle << _ROW_BITS | row
        bucket = self._sorted(shingle >> _BUCKET_SHIFT)
        place = bisect_left(bucket, posting)
        if place < len(bucket) and bucket[place] == posting:
            return True
        return row in self._recent.get(shingle, ())

    def _run(self, shingle: int) -> tuple["array[int]", int, int]:
        """Return the bucket of a shingle and where its postings lie in it."""
        number = shingle >> _BUCKET_SHIFT
        bucket = self._sorted(number) if number in self._unsorted else self._buckets[number]
        start = bisect_left(bucket, shingle << _ROW_BITS)
        if start == len(bucket) or bucket[start] >> _ROW_BITS != shingle:
            return bucket, start, start
        return bucket, start, bisect_left(bucket, (shingle + 1) << _ROW_BITS, start)

    def _sorted(self, number: int) -> "array[int]":
        if number in self._unsorted:
            self._unsorted.remove(number)
            self._buckets[number] = array("Q", sorted(self._buckets[number]))
        return self._buckets[number]

    def _index_fresh(self) -> None:
        if not self._fresh:
            return
        for row, shingles in self._fresh:
            self._recent_count += len(shingles)
            for shingle in shingles:
                self._recent.setdefault(shingle, []).append(row)
        self._fresh = []
        if self._recent_count > _RECENT_POSTINGS:
            self._settle([s << _ROW_BITS | row for s, rows in self._recent.items() for row in rows])
            self._recent, self._recent_count = {}, 0

    def _settle(self, postings: list[int]) -> None:
        """Spread postings over the buckets; sorting first lets each bucket merge two runs."""
        postings.sort()
        start = 0
        for number, bucket in enumerate(self._buckets):
            end = bisect_left(postings, (number + 1) << (_BUCKET_SHIFT + _ROW_BITS), start)
            if end > start:
                bucket.extend(array("Q", postings[start:end]))
                self._unsorted.add(number)
            start = end
