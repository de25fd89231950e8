"""One worker's life: its lease, what it has seen of the others, and results nobody has written yet.

Kept in memory, one for a process, and shared by whatever sends in it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.leases import LEASE, Watch
from digest.domain.markers import Marker
from digest.ports import Clock, Outcome
from digest.store.deliveries import Delivery


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one hand-over; ``placed`` papers of its selection stood in the mail."""

    delivery: Delivery
    outcome: Outcome
    placed: int | None = None


class Lease:
    """Whether this worker still lives in the eyes of the others; ``time`` is in steady seconds."""

    def __init__(self, time: Callable[[], float]) -> None:
        self.time = time
        self.watch = Watch()
        self.kept: list[Result] = []
        self.unsent: set[int] = set()  # marked as in submission, perhaps, and never handed over
        self.marked_at: float | None = None  # when the ledger's sequence went on last
        self.marker: Marker | None = None  # what the file outside the database says
        self.tripped = False  # the restore guard has told the operator
        self._beaten_at: float | None = None

    def renewed(self, asked_at: float) -> None:
        """Note a heartbeat that is durable; it counts from when it was asked for."""
        self._beaten_at = max(asked_at, self._beaten_at or asked_at)

    def holds(self) -> bool:
        """Return whether nobody can have declared this worker dead yet.

        A process that was stopped, or has had no database, for longer than the lease must not begin
        what it meant to send: another worker may be sending it.
        """
        lease = LEASE.total_seconds()
        return self._beaten_at is not None and self.time() - self._beaten_at < lease


def seconds_of(simulated: Clock) -> Callable[[], float]:
    """Return steady seconds that go with a simulated clock."""
    return lambda: simulated.now().timestamp()


def instants_of(simulated: Clock) -> Callable[[AsyncConnection], Awaitable[datetime]]:
    """Return what stands for the database's clock in a rehearsal: the simulated one."""

    async def now(_: AsyncConnection) -> datetime:
        return simulated.now()

    return now
