"""A snapshot of the last days for the web: what trends, and how much each topic brings.

It is made beside the requests, its index in a thread, and handed out while the next one is being
made: a page waits for it only the very first time, and after the clock has jumped.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

import structlog

from digest.domain.documents import TokenCache
from digest.domain.matching import iter_bits
from digest.domain.pool import Candidate, Pool, build_pool
from digest.domain.query import Query
from digest.domain.ranking import rank_topic
from digest.domain.trend import scale_from
from digest.services.context import Context
from digest.store import signals, window

log = structlog.get_logger()
DAYS = 14  # over which "about N papers a day" is measured
_FRESH = timedelta(seconds=60)  # until the database is asked whether anything changed
_FILLING = timedelta(seconds=2)  # the same of a new installation, whose first papers are awaited
_STALE = timedelta(minutes=15)  # after which it is made anew all the same, for trends fall
_JUMPED = timedelta(minutes=10)  # without a look: the clock jumped, or nobody came
_PATIENCE_S = 10.0  # that a page waits for the next snapshot then, before it takes the last one
_MOST_QUERIES = 5_000  # whose masks are kept; visitors may ask for any


@dataclass(frozen=True)
class Snapshot:
    """The papers first seen within `DAYS`, in order of trend, and indexed for queries.

    ``marks`` tell the state of the database that it was made from. Threads may share it.
    """

    made_at: datetime
    pool: Pool
    marks: tuple[Any, ...] = ()
    _masks: dict[str, int] = field(default_factory=dict)

    def mask(self, query: Query) -> int:
        """Return which candidates match a query; each query is matched once."""
        key = query.canonical()
        mask = self._masks.get(key)
        if mask is None:
            if len(self._masks) >= _MOST_QUERIES:
                self._masks.clear()
                self.pool.index.forget()
            mask = self._masks[key] = self.pool.index.match(query)
        return mask

    def per_day(self, mask: int) -> float:
        """Return how many papers a day a mask stands for, over the days that are known."""
        return mask.bit_count() / self._known_days

    @cached_property
    def _known_days(self) -> float:
        first = min((c.paper.first_seen_at for c in self.pool.candidates), default=self.made_at)
        return min(float(DAYS), max(1.0, (self.made_at - first) / timedelta(days=1)))

    def best(self, mask: int, count: int, start: int = 0) -> list[Candidate]:
        """Return candidates of a mask, best trend first."""
        bits = list(iter_bits(mask))[start : start + count]
        return [self.pool.candidates[bit] for bit in bits]

    def ranked(self, query: Query | None) -> list[Candidate]:
        """Return what matches a topic in the order of the mails; None is the overall list."""
        return [self.pool.candidates[one.bit] for one in rank_topic(self.pool, query, None)]

    @cached_property
    def days(self) -> tuple[tuple[date, int], ...]:
        """How many papers were first listed on each date (UTC), the newest date first."""
        listed = (min(m.listed_at for m in c.mentions) for c in self.pool.candidates if c.mentions)
        counts = Counter(instant.astimezone(UTC).date() for instant in listed)
        return tuple(sorted(counts.items(), reverse=True))


class Snapshots:
    """Keeps the snapshot of one process current."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._current: Snapshot | None = None
        self._looked_at: datetime | None = None  # the last time the database was asked, or tried
        self._making: asyncio.Task[None] | None = None
        # its own: the planner's forgets every paper that is not among those of a plan
        self._tokens = TokenCache()

    async def current(self) -> Snapshot:
        """Return the newest snapshot; begin another one where it is older than a minute.

        Raises what kept the very first one from being made; later failures are logged, and the
        last snapshot stays.
        """
        now = self._context.clock.now()
        if self._current is not None:
            fresh = _FRESH if self._current.pool.candidates else _FILLING
            if self._looked_within(now, fresh):
                return self._current
        if self._making is None or self._making.done():
            self._making = asyncio.create_task(self._renew(now))
        if self._current is not None and self._looked_within(now, _JUMPED):
            return self._current
        making = self._making
        await asyncio.wait({making}, timeout=None if self._current is None else _PATIENCE_S)
        if self._current is None:
            making.result()
        assert self._current is not None
        return self._current

    async def close(self) -> None:
        """Give up the snapshot that is being made."""
        if self._making is not None:
            self._making.cancel()
            await asyncio.wait({self._making})

    def _looked_within(self, now: datetime, span: timedelta) -> bool:
        looked = self._looked_at
        return looked is not None and looked <= now < looked + span

    async def _renew(self, now: datetime) -> None:
        try:
            made = await self._make(now)
        except Exception:
            if self._current is None:
                raise
            log.exception("snapshot failed", kept=self._current.made_at)
        else:
            self._current = made
        self._looked_at = now

    async def _make(self, now: datetime) -> Snapshot:
        """Return a snapshot of now: the one there is, where nothing was written since."""
        context, held = self._context, self._current
        since = now - timedelta(days=DAYS)
        async with context.database.read() as connection:
            # from a midnight on: the count moves with what is written and not with the time
            midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
            marks = await window.read_marks(connection, midnight - timedelta(days=DAYS))
            young = held is not None and held.made_at <= now < held.made_at + _STALE
            if held is not None and young and held.marks == marks:
                return held
            recent = await window.read_window(connection, since, now)
            history = await signals.list_history(connection, now - timedelta(days=30))
        scale = scale_from(history)
        pool = await asyncio.to_thread(self._build, now, recent, scale)
        return Snapshot(now, pool, marks)

    def _build(self, now: datetime, recent: window.Window, scale: dict[str, float]) -> Pool:
        rising = self._context.settings.digest.rising_trend
        return build_pool(
            now,
            recent.papers,
            recent.mentions,
            recent.signals,
            {},
            scale,
            rising,
            cache=self._tokens,
        )
