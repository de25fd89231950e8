"""The clocks: the machine's, and one whose owner moves it."""

import asyncio
from datetime import UTC, datetime


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the current instant in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


class SimulatedClock:
    """A clock for rehearsals and tests: it stands still until its owner moves it on.

    Waiting returns at once, so that rate limits and pauses cost a rehearsal nothing.
    """

    def __init__(self, now: datetime) -> None:
        self._now = now.astimezone(UTC)

    def now(self) -> datetime:
        """Return the instant that the clock was set to."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Let other tasks run; the time does not pass."""
        del seconds
        await asyncio.sleep(0)

    def set(self, now: datetime) -> None:
        """Set the clock, forwards or back."""
        self._now = now.astimezone(UTC)
