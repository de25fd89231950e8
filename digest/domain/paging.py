"""Lists in pages: which stretch of a list a page shows, and which pages there are beside it."""

from dataclasses import dataclass

LAST_PAGE = 10_000  # beyond it nobody reads, and a number out of an address stays small


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list of ``total`` items; pages count from 1, and an empty list has one."""

    number: int
    size: int
    total: int

    @property
    def start(self) -> int:
        """How many items stand before this page."""
        return (self.number - 1) * self.size

    @property
    def end(self) -> int:
        """How many items stand before the next page."""
        return min(self.total, self.start + self.size)

    @property
    def last(self) -> int:
        """The number of the last page."""
        return max(1, -(-self.total // self.size))

    @property
    def earlier(self) -> int | None:
        """The number of the page before, or None."""
        return self.number - 1 if self.number > 1 else None

    @property
    def later(self) -> int | None:
        """The number of the page after, or None."""
        return self.number + 1 if self.number < self.last else None

    @property
    def exists(self) -> bool:
        """Whether the list reaches this page."""
        return self.number <= self.last


def page_number(text: str) -> int | None:
    """Return the page that an address asks for, 1 for "", or None for what is no page."""
    if not text:
        return 1
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(LAST_PAGE))):
        return None
    number = int(text)
    return number if 1 <= number <= LAST_PAGE else None
