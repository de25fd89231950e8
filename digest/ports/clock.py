"""The clock: now, and waiting."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The only source of `now` and of waiting, so that a rehearsal can run days in seconds."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait; a simulated clock, whose time its owner moves, returns at once."""
        ...
