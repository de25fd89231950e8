"""Papers for whoever reads without an account: those of one day, and one by its id."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from digest.domain.pool import Candidate, Pool, build_pool
from digest.services.context import Context
from digest.services.reading import load_candidates
from digest.services.snapshot import Snapshots
from digest.store import listings, papers

_KEPT_DAYS = 8
_FRESH = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class _Kept:
    made_at: datetime
    pool: Pool


class Listings:
    """Makes the pools of days, and keeps the last few for a minute; one is made at a time."""

    def __init__(self, context: Context, snapshots: Snapshots) -> None:
        self._context = context
        self._snapshots = snapshots
        self._kept: OrderedDict[date, _Kept] = OrderedDict()
        self._making = asyncio.Lock()

    async def of_day(self, day: date) -> Pool:
        """Return the papers first listed by any source on a date (UTC), in order of trend now."""
        async with self._making:
            now = self._context.clock.now()
            held = self._kept.get(day)
            if held is None or not held.made_at <= now < held.made_at + _FRESH:
                held = _Kept(now, await self._make(day, now))
                self._kept[day] = held
                while len(self._kept) > _KEPT_DAYS:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(day)
            return held.pool

    async def _make(self, day: date, now: datetime) -> Pool:
        start = datetime.combine(day, time(), UTC)
        async with self._context.database.read() as connection:
            ids = await listings.list_first_listed(connection, start, start + timedelta(days=1))
            found = (await papers.get_papers(connection, ids)).values()
            told = await listings.list_mentions_of_each(connection, ids)
            read = await listings.list_signals_of_each(connection, ids, now)
        scale = (await self._snapshots.current()).pool.scale
        rising = self._context.settings.digest.rising_trend
        return await asyncio.to_thread(build_pool, now, found, told, read, {}, scale, rising)

    async def of_paper(self, paper_id: int) -> Candidate | None:
        """Return a surviving paper with its listings, readings and trend now, or None."""
        scale = (await self._snapshots.current()).pool.scale
        now = self._context.clock.now()
        found = await load_candidates(self._context, [paper_id], now, scale)
        return found[0] if found else None
