"""Bars of days: counts of each day stacked into a plot, for any drawing of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT = 640.0, 120.0  # of the plot, in its own units, the origin above left
_GAP = 0.25  # of a day's width stays empty


@dataclass(frozen=True, slots=True)
class Piece:
    """One kind's part of a day's bar."""

    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Bars:
    """A plot of days side by side; ``top`` is the count at the upper edge, at least 1."""

    pieces: tuple[Piece, ...]
    top: int
    first: date
    last: date


def bars_of(days: Sequence[tuple[date, Mapping[str, int]]], kinds: Sequence[str]) -> Bars | None:
    """Return the bars of days in their order, ``kinds`` from the ground up; None without a count.

    What was counted at all is seen: a piece is never lower than one unit.
    """
    counts = [[max(0, of.get(kind, 0)) for kind in kinds] for _, of in days]
    highest = max((sum(each) for each in counts), default=0)
    if highest == 0:
        return None
    top, step = round_top(highest), WIDTH / len(days)
    pieces = []
    for place, each in enumerate(counts):
        ground = HEIGHT
        for kind, count in zip(kinds, each, strict=True):
            if count:
                height = min(ground, max(1.0, HEIGHT * count / top))
                ground -= height
                x = round(step * (place + _GAP / 2), 2)
                width = round(step * (1 - _GAP), 2)
                pieces.append(Piece(kind, x, round(ground, 2), width, round(height, 2)))
    return Bars(tuple(pieces), top, days[0][0], days[-1][0])


def round_top(highest: int) -> int:
    """Return the least of 1, 2, 5, 10, 20, 50, ... that is no less than a count."""
    power = 1
    while True:
        for factor in (1, 2, 5):
            if power * factor >= highest:
                return power * factor
        power *= 10
