"""A database that goes away at the worst moments, and a relay that breaks off."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.ports import Outcome, OutgoingMessage
from digest.services.context import Context
from digest.services.lease import Lease, seconds_of
from digest.store import deliveries
from digest.store.database import Database
from digest.store.deliveries import Delivery
from tests.world import ToldTransport, World


class FaultyDatabase(Database):
    """Refuses the next ``refusals`` write transactions, or commits one and loses its answer.

    ``on_refusal`` is told of each refusal, ``on_commit`` waited for after each commit.
    """

    refusals = 0
    lost_answers = 0

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.on_refusal: Callable[[], None] = lambda: None
        self.on_commit: Callable[[], Awaitable[None]] | None = None

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Give a transaction, or fail as a database does that is away."""
        if self.refusals:
            self.refusals -= 1
            self.on_refusal()
            raise OperationalError("BEGIN", {}, Exception("server closed the connection"))
        async with super().write() as connection:
            yield connection
        if self.on_commit is not None:
            await self.on_commit()
        if self.lost_answers:
            self.lost_answers -= 1
            raise OperationalError("COMMIT", {}, Exception("server closed the connection"))


class ThenTransport(ToldTransport):
    """A relay that accepts, and lets something happen before anybody hears of it."""

    def __init__(self, then: Callable[[], None]) -> None:
        super().__init__()
        self.then = then

    async def send(self, message: OutgoingMessage) -> Outcome:
        """Accept, and do what was told."""
        outcome = await super().send(message)
        self.then()
        return outcome


class BreakingTransport(ToldTransport):
    """A relay's client with a fault in it: raises what no transport may raise, once."""

    broken = True

    async def send(self, message: OutgoingMessage) -> Outcome:
        """Take the message, and break off the first time."""
        outcome = await super().send(message)
        if self.broken:
            self.broken = False
            raise ValueError("a fault of the client")
        return outcome


def worker(world: World, name: str, **parts: object) -> Context:
    """Return the context of another process on the same installation, with a life of its own."""
    lease = Lease(seconds_of(world.clock))
    return replace(world.app.context, worker_id=name, lease=lease, **parts)  # type: ignore[arg-type]


async def row_of(world: World, delivery_id: int) -> Delivery:
    """Return a ledger's row."""
    async with world.app.database.read() as connection:
        found = await deliveries.find_delivery(connection, delivery_id)
    assert found is not None
    return found


async def plan_for(world: World, readers: int = 1) -> list[int]:
    """Plan digests of one day for some readers of a listed paper; return the ids of their rows."""
    first = len(await world.days())
    for number in range(readers):
        await world.add_reader(f"{first + number}@example.org", "routing", hour=8)
    await world.list_papers("Routing one", "Routing two")
    await world.plan_at(world.now.replace(hour=8))
    return list(range(1, 1 + len(await world.days())))
