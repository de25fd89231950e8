"""What the database knows of how the installation fares, read for those who scrape.

A reading is kept for ten seconds, and for twenty times as long as it took: however often it is
asked for, and however large the ledger, watching takes a twentieth of the database's time at most.
"""

import asyncio
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from digest.domain.leases import LEASE
from digest.services.context import Context
from digest.services.source_watch import list_asked
from digest.store import alarms, deliveries, feeds, held, measures, papers, subscribers
from digest.store.feeds import SourceState
from digest.store.measures import Returned, SourceTimes

log = structlog.get_logger()
KEPT_S = 10.0
COST = 20.0
SPANS: Mapping[str, timedelta] = {"1d": timedelta(days=1), "7d": timedelta(days=7)}
_LAG = timedelta(seconds=30)  # how much later than a lease the heartbeat of a busy worker may be


@dataclass(frozen=True, slots=True)
class Span:
    """The digests of editions due within a span by state, and what came back in it."""

    states: Mapping[str, int]
    returned: Returned


@dataclass(frozen=True, slots=True)
class Measures:
    """One reading. Ages are in seconds, None where there is nothing to be old."""

    taken_at: datetime
    queue: int
    queue_age_s: float
    held: int
    workers: int
    papers: int
    eligible: int
    subscribers: Mapping[str, int]
    sources: Mapping[str, SourceState]
    source_times: Mapping[str, SourceTimes]
    alarms: Mapping[str, int]
    spans: Mapping[str, Span]
    free_bytes: int


async def read_measures(context: Context) -> Measures:
    """Read everything anew."""
    now = context.clock.now()
    free = await asyncio.to_thread(_free_bytes, context.settings.data_dir)
    async with context.database.read() as connection:
        beat_since = await context.lease_now(connection) - LEASE - _LAG
        queue, oldest = await deliveries.count_due(connection, now)
        whole, eligible = await papers.count_papers(connection, now)
        asked = await list_asked(context, connection)
        known = await feeds.list_sources(connection)
        times = await measures.get_source_times(connection)
        spans = {}
        for name, length in SPANS.items():
            states = await measures.count_digests(connection, now - length)
            returned = await measures.count_returned(connection, now - length)
            spans[name] = Span(states, returned)
        return Measures(
            taken_at=now,
            queue=queue,
            queue_age_s=max(0.0, (now - oldest).total_seconds()) if oldest else 0.0,
            held=await held.count_held(connection),
            workers=await measures.count_workers(connection, beat_since),
            papers=whole,
            eligible=eligible,
            subscribers=await subscribers.count_by_state(connection),
            sources={name: state for name, state in known.items() if name in asked},
            source_times={name: told for name, told in times.items() if name in asked},
            alarms=await alarms.count_open(connection),
            spans=spans,
            free_bytes=free,
        )


class MeasureKeeper:
    """Reads once for many who ask; a reading that fails is None, and is kept as long."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._lock = asyncio.Lock()
        self._kept: Measures | None = None
        self._until = 0.0

    async def find(self) -> Measures | None:
        """Return a reading that is not too old, or None where the database does not answer."""
        async with self._lock:
            began = time.monotonic()
            if began < self._until:
                return self._kept
            try:
                self._kept = await read_measures(self._context)
            except Exception as error:  # noqa: BLE001  a scrape tells of trouble, and has none
                log.warning("the measures could not be read", error=type(error).__name__)
                self._kept = None
            now = time.monotonic()
            self._until = now + max(KEPT_S, COST * (now - began))
            return self._kept


def _free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free
