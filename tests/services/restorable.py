"""An installation whose database is copied, and later put back as an old backup."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.copies import Copies
from tests.world import MONDAY, ToldTransport, World, hours, open_world

OPTIONS = {"digest": {"first_at_once": False}}
READERS = ("stays", "leaves", "erased", "complains", "weekly")


class Restorable:
    """An installation whose database can be set back to an earlier copy of itself."""

    def __init__(self, folder: Path, url: str, copies: Copies) -> None:
        self.folder, self.url, self.copies = folder, url, copies
        self.relay = ToldTransport()
        self.opened = 0
        self.stack = AsyncExitStack()
        self.world: World

    async def open(self, now: datetime = MONDAY, folder: Path | None = None) -> World:
        """Open it, as a process does that starts."""
        opened = open_world(
            folder or self.folder,
            self.url,
            now,
            self.relay,
            **OPTIONS,
        )
        self.world = await self.stack.enter_async_context(opened)
        self.opened += 1
        self.world.listed = 100 * self.opened  # papers of another process are other papers
        return self.world

    async def close(self) -> None:
        """End the process."""
        await self.stack.aclose()
        self.stack = AsyncExitStack()

    async def back_up(self) -> None:
        """Copy the database."""
        now = self.world.now
        await self.close()
        self.copies.save(self.url)
        await self.open(now)

    async def restore(self, folder: Path | None = None) -> World:
        """Put the copy in the database's place, and start again where the clock stands."""
        now = self.world.now
        await self.close()
        self.copies.restore(self.url)
        return await self.open(now, folder)

    def mails_to(self, name: str) -> int:
        """Return how many mails went to a reader."""
        return [m.envelope_to for m in self.relay.messages].count(f"{name}@example.org")


@asynccontextmanager
async def restorable(folder: Path, url: str, copies: Copies) -> AsyncIterator[Restorable]:
    """Give an installation with readers who have had one digest, and its backup after that."""
    made = Restorable(folder, url, copies)
    world = await made.open()
    for name in READERS:
        chosen: dict[str, Any] = {"weekdays": 0b1000} if name == "weekly" else {}
        await world.add_reader(f"{name}@example.org", "routing", hour=8, **chosen)
    await world.list_papers("Routing one", "Routing two")
    await world.at(MONDAY + hours(8))
    world.clock.set(MONDAY + hours(12))
    await world.list_papers("Routing three", "Routing four")
    await made.back_up()
    try:
        yield made
    finally:
        await made.close()
