"""The doctor's last round, kept for those who look often: the admin's front page."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from digest.domain.checkups import Checkup
from digest.ports import Clock

log = structlog.get_logger()
FRESH = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class KeptRound:
    """What the doctor found, and when."""

    at: datetime
    checkups: tuple[Checkup, ...]


class Rounds:
    """Has the doctor look around in the background; nobody who opens a page waits for it.

    ``examine`` is one whole round.
    """

    def __init__(self, examine: Callable[[], Awaitable[list[Checkup]]], clock: Clock) -> None:
        self._examine = examine
        self._clock = clock
        self._task: asyncio.Task[None] | None = None
        self._kept: KeptRound | None = None

    @property
    def kept(self) -> KeptRound | None:
        """Return the last round, however old; None before the first is over."""
        return self._kept

    @property
    def under_way(self) -> bool:
        """Return whether the doctor is looking around now."""
        return self._task is not None and not self._task.done()

    def ask(self, *, anew: bool = False) -> None:
        """Begin a round where the last one is older than ten minutes, or where it is wanted."""
        old = self._kept is None or self._clock.now() - self._kept.at >= FRESH
        if (old or anew) and not self.under_way:
            self._task = asyncio.create_task(self._look())

    async def wait(self) -> None:
        """Wait for the round that is under way, if there is one."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def close(self) -> None:
        """End the round that is under way."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _look(self) -> None:
        try:
            found = await self._examine()
        except Exception:
            log.exception("the doctor's round failed")  # the page says that there is none
            return
        self._kept = KeptRound(self._clock.now(), tuple(found))
