"""The course of a paper's trend over time: what `trend_at` says at every instant, in one pass.

A trend falls by half in two days and rises at readings alone, so the readings' instants and the
decay between them tell all of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from math import log

from digest.domain.papers import Mention, Signal
from digest.domain.trend import HALF_LIFE_DAYS, METRICS

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Turn:
    """An instant with readings: the trend right after it, and the latest value of each metric."""

    at: datetime
    score: float
    values: Mapping[str, float]

    def score_at(self, instant: datetime) -> float:
        """Return the trend at a later instant, as long as no reading comes between."""
        return float(self.score * 0.5 ** ((instant - self.at) / _DAY / HALF_LIFE_DAYS))


@dataclass(frozen=True, slots=True)
class DayOfTrend:
    """A calendar day (UTC): the highest trend of it, and the values at its end."""

    day: date
    score: float
    values: Mapping[str, float]


class _Readings:
    """What is known by an instant; grows as readings come in order of time."""

    def __init__(self, scale: Mapping[str, float]) -> None:
        self.values: dict[str, float] = {}
        self._first: dict[str, float] = {}
        self._scale = scale

    def take(self, signal: Signal) -> None:
        self._first.setdefault(signal.metric, signal.value)
        self.values[signal.metric] = signal.value

    def attention(self) -> float:
        rest = 1.0
        for name, value in self.values.items():
            metric = METRICS[name]
            counted = value - self._first[name] if metric.gained else value
            top = max(self._scale.get(name, metric.default_p99), 1.0)
            rest *= 1.0 - metric.weight * min(1.0, log(1.0 + max(0.0, counted)) / log(1.0 + top))
        return 1.0 - rest


def course_of(
    mentions: Sequence[Mention], signals: Sequence[Signal], scale: Mapping[str, float]
) -> tuple[Turn, ...]:
    """Return the turns of a trend, oldest first; none for a paper that nobody reads figures of."""
    known = _Readings(scale)
    listed: datetime | None = None
    sources: set[str] = set()
    turns = []
    for taken_at, taken in _by_instant(signals):
        for signal in taken:
            known.take(signal)
            sources.add(signal.source)
        by_source = [m.listed_at for m in mentions if m.source in sources]
        listed = min((*by_source, listed or taken_at))
        days = max(0.0, (taken_at - listed) / _DAY)
        score = 100.0 * known.attention() * 0.5 ** (days / HALF_LIFE_DAYS)
        turns.append(Turn(taken_at, score, dict(known.values)))
    return tuple(turns)


def _by_instant(signals: Iterable[Signal]) -> Iterator[tuple[datetime, list[Signal]]]:
    counted = [signal for signal in signals if signal.metric in METRICS]
    ordered = sorted(counted, key=lambda signal: (signal.taken_at, signal.value))
    for taken_at, group in groupby(ordered, key=lambda signal: signal.taken_at):
        yield taken_at, list(group)


def best_since(turns: Sequence[Turn], since: datetime, now: datetime) -> float:
    """Return the highest trend between two instants, both inclusive; 0.0 before any reading."""
    best = 0.0
    for turn in turns:
        if turn.at > now:
            break
        best = max(best, turn.score) if turn.at >= since else max(0.0, turn.score_at(since))
    return best


def days_of(turns: Sequence[Turn], until: datetime, most: int) -> tuple[DayOfTrend, ...]:
    """Return the first ``most`` days of a trend, without those after ``until``."""
    found: list[DayOfTrend] = []
    if not turns:
        return ()
    start = datetime.combine(turns[0].at.astimezone(UTC).date(), datetime.min.time(), UTC)
    while start <= until and len(found) < most:
        end = start + _DAY
        before = [turn for turn in turns if turn.at < end and turn.at <= until]
        if not before:
            break
        best = best_since(before, max(start, before[0].at), end)
        found.append(DayOfTrend(start.date(), best, before[-1].values))
        start = end
    return tuple(found)
