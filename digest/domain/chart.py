"""The chart of a paper's trend: its course as points of a plot, for any drawing of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.domain.trend_course import Turn

WIDTH, HEIGHT = 640, 160  # of the plot, in its own units
LONGEST = timedelta(days=30)
_LEAST = timedelta(days=1)
_SAMPLES = 96  # along the whole plot; between readings the trend is a smooth curve
_MOST_TURNS = 240
_TOPS = (10, 20, 40, 60, 80, 100)


@dataclass(frozen=True, slots=True)
class Chart:
    """A plot of ``WIDTH`` by ``HEIGHT``, the origin above left.

    ``line`` is the course from left to right, ``top`` the trend at the upper edge.
    """

    line: tuple[tuple[float, float], ...]
    top: int
    best: int
    best_at: datetime
    start: datetime
    end: datetime


def chart_of(turns: Sequence[Turn], now: datetime) -> Chart | None:
    """Return the chart of a trend up to ``now``, of 30 days at most; None where there is none.

    A course with more readings than a plot can show keeps the highest of those side by side.
    """
    start = turns[0].at if turns else now
    known = [turn for turn in turns if turn.at <= min(now, start + LONGEST)]
    if not known or max(turn.score for turn in known) <= 0:
        return None
    end = min(max(now, start + _LEAST), start + LONGEST)
    known = _thinned(known)
    best = max(known, key=lambda turn: turn.score)
    top = next((top for top in _TOPS if best.score <= top), 100)

    def place(instant: datetime, score: float) -> tuple[float, float]:
        return (
            round(WIDTH * ((instant - start) / (end - start)), 1),
            round(HEIGHT * (1 - min(score, top) / top), 1),
        )

    last = min(max(now, known[-1].at), end)
    line = [place(instant, score) for instant, score in _course(known, last, (end - start))]
    return Chart(
        line=tuple(line),
        top=top,
        best=round(best.score),
        best_at=best.at,
        start=start,
        end=end,
    )


def _thinned(turns: Sequence[Turn]) -> list[Turn]:
    """Return at most ``_MOST_TURNS``: of neighbours the highest, and always the last one."""
    step = -(-len(turns) // _MOST_TURNS)
    if step == 1:
        return list(turns)
    groups = [turns[place : place + step] for place in range(0, len(turns), step)]
    kept = [max(group, key=lambda turn: turn.score) for group in groups]
    return kept if kept[-1] is turns[-1] else [*kept, turns[-1]]


def _course(turns: Sequence[Turn], last: datetime, span: timedelta) -> list[tuple[datetime, float]]:
    """Return the curve: every reading, the fall before the next one, and samples in between."""
    step = span / _SAMPLES
    points = []
    for turn, until in zip(turns, [*(turn.at for turn in turns[1:]), last], strict=True):
        points.append((turn.at, turn.score))
        samples = int((until - turn.at) / step)
        points += [
            (turn.at + step * n, turn.score_at(turn.at + step * n)) for n in range(1, samples + 1)
        ]
        points.append((until, turn.score_at(until)))
    return points
