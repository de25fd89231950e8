"""Leases: who of the workers is dead (RULES of the design, "Wire").

Two clocks have to agree. By the database's, a worker's heartbeat is older than the lease; and by
the watcher's own, which nobody sets, the very same heartbeat was looked at for a whole lease over a
connection that held. So neither a clock that jumps nor a database that was away kills the living.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

LEASE = timedelta(seconds=30)


def has_expired(heartbeat: datetime | None, now: datetime) -> bool:
    """Return whether a heartbeat is older than the lease; a worker without one has none left."""
    return heartbeat is None or heartbeat <= now - LEASE


def may_take_lead(kept_at: datetime, now: datetime) -> bool:
    """Return whether a lead is free: not kept for a lease, or kept by a clock that was set back.

    Two that lead at once do some work twice and nothing wrong, so one clock is enough here.
    """
    return abs(now - kept_at) > LEASE


class Watch:
    """What one sweeper has seen of the others: each heartbeat, and since when it is the same."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[datetime | None, float]] = {}

    def lose(self) -> None:
        """Forget everything: the connection was lost, and with it what went on meanwhile."""
        self._seen.clear()

    def find_silent(
        self, heartbeats: Mapping[str, datetime | None], moment: float
    ) -> frozenset[str]:
        """Return whose heartbeat has been the same for a lease; ``moment`` is in steady seconds."""
        before = self._seen
        self._seen = {}
        for worker, beat in heartbeats.items():
            known = before.get(worker)
            same = known is not None and known[0] == beat
            self._seen[worker] = known if known is not None and same else (beat, moment)
        lease = LEASE.total_seconds()
        return frozenset(w for w, (_, since) in self._seen.items() if moment - since >= lease)
