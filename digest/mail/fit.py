"""Makes a digest small enough that no client cuts it off (Gmail clips near 102 KB)."""

from collections.abc import Callable
from typing import NamedTuple

from digest.mail.look import Level

DECODED_LIMIT = 90_000  # bytes of HTML as a client sees them
ENCODED_LIMIT = 100_000  # bytes of the same in quoted-printable
FULL_CARDS = 35


class Size(NamedTuple):
    """Bytes of a piece of HTML, decoded and in quoted-printable."""

    decoded: int
    encoded: int

    def plus(self, other: "Size", times: int = 1) -> "Size":
        """Return the sum, with the other taken ``times`` times."""
        return Size(self.decoded + times * other.decoded, self.encoded + times * other.encoded)

    @property
    def fits(self) -> bool:
        """Whether a mail of this size is shown whole."""
        return self.decoded <= DECODED_LIMIT and self.encoded <= ENCODED_LIMIT


def fit_levels(
    count: int, wanted: Level, base: Size, size_of: Callable[[int, Level], Size]
) -> list[Level]:
    """Return a level for each card that is shown, in order; cards beyond the list are left out.

    At most 35 are full. While the whole is too large, the last cards become short, then titles
    alone, and at last they go. ``base`` is everything else of the mail. The same input gives the
    same levels.
    """
    levels = [wanted if i < FULL_CARDS else min(wanted, Level.SHORT) for i in range(count)]
    total = base
    for i, level in enumerate(levels):
        total = total.plus(size_of(i, level))
    for lower in (Level.SHORT, Level.TITLE):
        for i in reversed(range(count)):
            if total.fits:
                return levels
            if levels[i] > lower:
                total = total.plus(size_of(i, levels[i]), -1).plus(size_of(i, lower))
                levels[i] = lower
    while levels and not total.fits:
        total = total.plus(size_of(len(levels) - 1, levels.pop()), -1)
    return levels
