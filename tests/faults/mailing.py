"""A day's digests in this process: the real transport on a clock that the test moves."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, update

from digest.bootstrap import App, open_app
from digest.clocks import SimulatedClock
from digest.domain.deliveries import State
from digest.mail.smtp import Relay, SmtpTransport
from digest.services.send import send_due
from digest.store.schema import delivery
from tests.faults.installation import DOMAINS, Books, read_books
from tests.faults.smtp_server import FaultyServer
from tests.world import MONDAY, ToldTransport, World, hours, make_settings

TIMEOUT_S = 0.3


@dataclass
class Mailing:
    """Planned digests, the clock, and the server that takes them or does not."""

    app: App
    clock: SimulatedClock
    server: FaultyServer

    async def send(self) -> Counter[str]:
        """Send what is due now."""
        return await send_due(self.app.context)

    async def to_the_end(self, step: timedelta = timedelta(minutes=16), rounds: int = 90) -> Books:
        """Send and let time pass until nothing is open; fail where that takes too many rounds."""
        for _ in range(rounds):
            await self.send()
            books = await read_books(self.app.database)
            if not books.open:
                return books
            self.clock.set(self.clock.now() + step)
        raise AssertionError(f"still open: {books}")

    async def again(self) -> None:
        """Make every digest wait as if it had just been planned, without a kept connection."""
        await self.app.context.transport.close()
        now = self.clock.now()
        async with self.app.database.write() as connection:
            fresh = {"state": State.PENDING.value, "owner": None, "next_try_at": now, "attempts": 0}
            await connection.execute(update(delivery).values(expires_at=now + hours(20), **fresh))
        self.server.accepted.clear()

    async def rows(self) -> dict[str, tuple[State, str]]:
        """Return state and reply of each delivery by address."""
        async with self.app.database.read() as connection:
            found = await connection.execute(
                select(delivery.c.address, delivery.c.state, delivery.c.reply)
            )
            return {row.address: (State(row.state), row.reply) for row in found}


@asynccontextmanager
async def planned_mailing(
    folder: Path, database_url: str, server: FaultyServer, readers: int = 3, connections: int = 1
) -> AsyncIterator[Mailing]:
    """Open an installation whose ``readers`` wait for today's digest."""
    clock = SimulatedClock(MONDAY)
    here = Relay("faulty", "127.0.0.1", server.port, connections=connections, timeout_s=TIMEOUT_S)
    transport = SmtpTransport([here], clock, helo="papers.example")
    told = {"relays": [{"name": "faulty", "port": server.port, "connections": connections}]}
    settings = make_settings(folder, database_url, **told)
    async with open_app(settings, clock=clock, transport=transport, rehearsal=True, seed=1) as app:
        world = World(app, clock, ToldTransport())
        await world.list_papers("Careful mixtures of experts", "Experts, more of them")
        for number in range(readers):
            await world.add_reader(f"reader{number}@{DOMAINS[number % len(DOMAINS)]}", "experts")
        clock.set(MONDAY + hours(9))
        planned = await world.plan()
        assert planned.deliveries == readers, planned
        yield Mailing(app, clock, server)
