"""The near-duplicate index of recent papers, built no further than it is asked for."""

from digest.domain.identity import Ambiguous, IdentityIndex, Match, Record


class NearIndex:
    """Finds the paper that a record is, with two indexes behind it.

    Two arXiv ids are never one paper, so a record that has one is looked for among the papers
    without: few, where the sources are lists of arXiv. The index of all papers is filled when the
    first record without an arXiv id asks; until then papers wait in a backlog.
    """

    def __init__(self) -> None:
        self._bare = IdentityIndex()
        self._whole = IdentityIndex()
        self._backlog: dict[int, Record] = {}

    def put(self, key: int, record: Record) -> None:
        """Take a paper in, over what was known under its key."""
        self.discard(key)
        self._backlog[key] = record
        if record.arxiv_id is None:
            self._bare.add(key, record)

    def discard(self, key: int) -> None:
        """Forget a paper, known or not."""
        self._backlog.pop(key, None)
        self._bare.discard(key)
        self._whole.discard(key)

    def find(self, record: Record) -> Match | Ambiguous | None:
        """Return the paper that a record is, by any rule, or None."""
        if record.arxiv_id is not None:
            return self._bare.find(record)
        for key, waiting in self._backlog.items():
            self._whole.add(key, waiting)
        self._backlog.clear()
        return self._whole.find(record)
