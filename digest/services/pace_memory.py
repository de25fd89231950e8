"""What one process remembers of the pace between two batches; the buckets are in the database."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from digest.ports import RelayStanding

MEASURED_OVER_S = 60.0
_MOST_KEPT = 10_000
_LEAST_S = 10.0  # what came in less time is no rate yet


@dataclass(slots=True)
class Meter:
    """Counts events in the last minute or two, in two windows."""

    began: datetime
    count: int = 0
    before: int = 0

    def add(self, now: datetime) -> None:
        """Count one."""
        self._turn(now)
        self.count += 1

    def per_second(self, now: datetime) -> float:
        """Return the rate of the last one to two minutes."""
        self._turn(now)
        span = max(_LEAST_S, (now - self.began).total_seconds())
        if self.before:
            span = (now - self.began).total_seconds() + MEASURED_OVER_S
        return (self.count + self.before) / span

    def _turn(self, now: datetime) -> None:
        windows = (now - self.began).total_seconds() // MEASURED_OVER_S
        if windows >= 1:
            self.before = self.count if windows < 2 else 0
            self.count = 0
            self.began += timedelta(seconds=windows * MEASURED_OVER_S)
        elif windows < 0:  # the clock was set back
            self.began = now


@dataclass
class PaceMemory:
    """Tokens drawn and not used, who was found empty, and how the lines of waiting mails stand.

    All by the key of a bucket; ``policy`` counts refusals in a row, ``mended`` holds whose alarm is
    known to be over, ``providers`` is by domain.
    """

    tokens: dict[str, int] = field(default_factory=dict)
    empty_until: dict[str, datetime] = field(default_factory=dict)
    tails: dict[str, datetime] = field(default_factory=dict)
    rates: dict[str, float] = field(default_factory=dict)
    meters: dict[str, Meter] = field(default_factory=dict)
    policy: dict[str, int] = field(default_factory=dict)
    mended: set[str] = field(default_factory=set)
    providers: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    told: dict[str, RelayStanding] = field(default_factory=dict)
    turn: int = 0

    def forget_old(self, now: datetime) -> None:
        """Drop what is of no more use, once there is much of it: small providers are many."""
        if len(self.meters) > _MOST_KEPT:
            old = now - timedelta(seconds=2 * MEASURED_OVER_S)
            self.meters = {key: m for key, m in self.meters.items() if m.began > old}
        if len(self.rates) > _MOST_KEPT:
            self.empty_until = {key: at for key, at in self.empty_until.items() if at > now}
            self.tails = {key: at for key, at in self.tails.items() if at > now}
            self.rates = {key: self.rates[key] for key in self.tails if key in self.rates}
