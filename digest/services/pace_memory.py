"""What one process remembers of the pace between two batches; the buckets are in the database."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from digest.ports import RelayStanding

MEASURED_OVER_S = 60.0
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

    All by the key of a bucket; ``policy`` counts refusals in a row, ``providers`` is by domain.
    """

    tokens: dict[str, int] = field(default_factory=dict)
    empty_until: dict[str, datetime] = field(default_factory=dict)
    tails: dict[str, datetime] = field(default_factory=dict)
    rates: dict[str, float] = field(default_factory=dict)
    meters: dict[str, Meter] = field(default_factory=dict)
    policy: dict[str, int] = field(default_factory=dict)
    providers: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    told: dict[str, RelayStanding] = field(default_factory=dict)
    turn: int = 0
