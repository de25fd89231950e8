"""Counting opened links: kept for some seconds, so that a flood of requests is one small write."""

import asyncio
from collections import Counter
from datetime import date

import structlog

from digest.services.context import Context
from digest.store.opens import add_opens

log = structlog.get_logger()
EVERY_S = 2.0


class OpenCounts:
    """The counts of one process that are not written yet."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._counts: Counter[tuple[date, int]] = Counter()
        self._writing: asyncio.Task[None] | None = None

    def add(self, paper_id: int) -> None:
        """Count that a link of a paper was opened now; written within some seconds."""
        self._counts[(self._context.clock.now().date(), paper_id)] += 1
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_soon())

    async def write(self) -> None:
        """Write what was counted; what cannot be written now is kept for the next time."""
        counts, self._counts = self._counts, Counter()
        if not counts:
            return
        try:
            async with self._context.database.write() as connection:
                await add_opens(connection, counts)
        except Exception:
            self._counts += counts
            log.exception("opened links could not be counted", links=counts.total())

    async def close(self) -> None:
        """Write what is left, when the server stops."""
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.gather(self._writing, return_exceptions=True)
        await self.write()

    async def _write_soon(self) -> None:
        await asyncio.sleep(EVERY_S)
        await self.write()
