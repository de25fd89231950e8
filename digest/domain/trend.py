"""The trend of a paper: how much attention it has now, 0 to 100, with every factor kept.

    heat_s    = min(1, ln(1+v) / ln(1+p99_s))          p99 of the metric over its last 30 days
    attention = 1 - product(1 - w_s * heat_s)          a metric nobody reported is factor 1
    trend     = 100 * attention * 0.5 ** (days listed / 2)

Days run from the first listing by a source that tells attention: a paper that reaches a trending
list two days after its announcement is news on that day.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import log

from digest.domain.papers import Mention, Signal
from digest.domain.sentences import Sentence

HALF_LIFE_DAYS = 2.0
MIN_HISTORY = 100  # papers with the metric in 30 days, below which the built-in scale serves


@dataclass(frozen=True, slots=True)
class Metric:
    """How a metric counts: its weight, its 99th percentile until there is history, its words."""

    weight: float
    default_p99: float
    gained: bool = False  # only what was gained since the first reading counts


METRICS: Mapping[str, Metric] = {
    "upvotes": Metric(0.9, 100),
    "points": Metric(0.7, 200),
    "stars": Metric(0.6, 200, gained=True),
    "score": Metric(0.5, 150),
}


@dataclass(frozen=True, slots=True)
class Heat:
    """One metric's part: its value, what it had a day ago (None: not known), its heat 0..1."""

    metric: str
    value: float
    day_ago: float | None
    heat: float


@dataclass(frozen=True, slots=True)
class Trend:
    """A score with its parts. ``days`` is the time since the first listing, in days."""

    score: float
    parts: tuple[Heat, ...]
    days: float

    @property
    def rounded(self) -> int:
        """The figure that is shown, and that ranks: a difference nobody sees decides nothing."""
        return round(self.score)

    @property
    def rising(self) -> bool:
        """Whether the votes grew by a fifth, and at least by five, within a day."""
        return any(
            part.metric == "upvotes"
            and part.day_ago is not None
            and part.value - part.day_ago >= max(5.0, 0.2 * part.day_ago)
            for part in self.parts
        )


NO_TREND = Trend(0.0, (), 0.0)


@dataclass(frozen=True, slots=True)
class TrendPart:
    """A part of a trend as a card shows it; ``rising`` is true of upvotes alone."""

    metric: str
    value: int
    rising: bool = False


_RISING = Sentence("{count} upvote, rising", other="{count} upvotes, rising")
_WORDS: Mapping[str, Sentence] = {
    "upvotes": Sentence("{count} upvote", other="{count} upvotes"),
    "stars": Sentence("code {count} star", other="code {count} stars"),
    "points": Sentence("{count} point on Hacker News", other="{count} points on Hacker News"),
    "score": Sentence("{count} point on Reddit", other="{count} points on Reddit"),
}


def scale_from(history: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Return each metric's 99th percentile from the best values of 30 days, where there are enough.

    ``history`` maps a metric to one value a paper. Metrics with fewer than ``MIN_HISTORY`` values
    keep their built-in scale.
    """
    scale = {name: metric.default_p99 for name, metric in METRICS.items()}
    for name, values in history.items():
        if name in METRICS and len(values) >= MIN_HISTORY:
            ordered = sorted(values)
            scale[name] = max(1.0, ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))])
    return scale


def trend_at(
    now: datetime,
    mentions: Iterable[Mention],
    signals: Sequence[Signal],
    scale: Mapping[str, float],
) -> Trend:
    """Return the trend at ``now``, from what had been observed by then."""
    known = [signal for signal in signals if signal.taken_at <= now and signal.metric in METRICS]
    if not known:
        return NO_TREND
    sources = {signal.source for signal in known}
    listed = [m.listed_at for m in mentions if m.source in sources]
    first = min((*listed, min(signal.taken_at for signal in known)))
    days = max(0.0, (now - first) / timedelta(days=1))
    parts = tuple(_heat(metric, known, now, scale) for metric in METRICS if _has(metric, known))
    rest = 1.0
    for part in parts:
        rest *= 1.0 - METRICS[part.metric].weight * part.heat
    return Trend(100.0 * (1.0 - rest) * 0.5 ** (days / HALF_LIFE_DAYS), parts, days)


def best_trend(
    since: datetime,
    now: datetime,
    mentions: Sequence[Mention],
    signals: Sequence[Signal],
    scale: Mapping[str, float],
) -> Trend:
    """Return the highest trend the paper had between ``since`` (exclusive) and ``now``.

    A trend falls between readings, so the best stands at a reading or at ``now``.
    """
    instants = sorted({s.taken_at for s in signals if since < s.taken_at < now} | {now})
    candidates = [trend_at(instant, mentions, signals, scale) for instant in instants]
    return max(candidates, key=lambda trend: trend.score)


def parts_of(trend: Trend) -> tuple[TrendPart, ...]:
    """Return what is shown of a trend's parts: upvotes always, other metrics where not nought."""
    return tuple(
        TrendPart(part.metric, int(part.value), part.metric == "upvotes" and trend.rising)
        for part in trend.parts
        if part.metric == "upvotes" or int(part.value)
    )


def trend_words(parts: Iterable[TrendPart]) -> tuple[Sentence, ...]:
    """Return a few words for each part; one of a metric that is not known says nothing."""
    said = []
    for part in parts:
        words = _RISING if part.rising else _WORDS.get(part.metric)
        if words is not None:
            said.append(replace(words, values={"count": part.value}))
    return tuple(said)


def trend_text(trend: Trend) -> str:
    """Return the parts in a few words, such as "61 upvotes, rising; code 152 stars"."""
    return "; ".join(map(str, trend_words(parts_of(trend))))


def _has(metric: str, signals: Iterable[Signal]) -> bool:
    return any(signal.metric == metric for signal in signals)


def _heat(
    metric: str, signals: Sequence[Signal], now: datetime, scale: Mapping[str, float]
) -> Heat:
    readings = sorted((s.taken_at, s.value) for s in signals if s.metric == metric)
    value = readings[-1][1]
    before = [v for taken_at, v in readings if taken_at <= now - timedelta(days=1)]
    day_ago = before[-1] if before else (readings[0][1] if len(readings) > 1 else None)
    counted = value - readings[0][1] if METRICS[metric].gained else value
    top = max(scale.get(metric, METRICS[metric].default_p99), 1.0)
    heat = min(1.0, log(1.0 + max(0.0, counted)) / log(1.0 + top))
    return Heat(metric, value, day_ago, heat)
