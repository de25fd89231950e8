"""A world whose relays answer by domain, for the tests of the pace."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from digest.ports import Blame, Outcome, OutgoingMessage, RelayStanding, Verdict
from digest.store import deliveries
from tests.store.ledger_rows import states
from tests.world import MONDAY, ToldTransport, World, hours, open_world

SLOWER = Outcome(Verdict.DEFERRED, 451, "451 4.7.1 slow down", "default", Blame.PROVIDER)
EIGHT = MONDAY + hours(8)


class Relays(ToldTransport):
    """Answers by the recipient's domain, and says how its relays fare."""

    def __init__(self) -> None:
        super().__init__()
        self.by_domain: dict[str, Outcome] = {}
        self.told: tuple[RelayStanding, ...] = ()

    async def send(self, message: OutgoingMessage) -> Outcome:
        """Answer as its domain is told, else accept through the relay that was asked."""
        self.messages.append(message)
        domain = message.envelope_to.rpartition("@")[2]
        accepted = Outcome(Verdict.ACCEPTED, 250, "250 ok", message.relay or "default")
        if self.answers:
            return self.answers.pop(0)
        return self.by_domain.get(domain, accepted)

    def standings(self) -> tuple[RelayStanding, ...]:
        """Return what the test says."""
        return self.told

    @property
    def domains(self) -> Counter[str]:
        """How many mails went to each domain."""
        return Counter(m.envelope_to.rpartition("@")[2] for m in self.messages)


@asynccontextmanager
async def world_with(
    folder: Path, url: str, transport: Relays, *relays: dict[str, Any]
) -> AsyncIterator[World]:
    tables: dict[str, Any] = {"digest": {"first_at_once": False}}
    if relays:
        tables["relays"] = list(relays)
    async with open_world(folder, url, transport=transport, **tables) as world:
        await world.list_papers("Routing one", "Routing two")
        yield world


async def planned(world: World, *addresses: str) -> list[int]:
    for address in addresses:
        await world.add_reader(address, "routing", hour=8)
    await world.plan_at(EIGHT)
    return list(await states(world.app.database))


async def row(world: World, delivery_id: int) -> deliveries.Delivery:
    async with world.app.database.read() as connection:
        found = await deliveries.find_delivery(connection, delivery_id)
    assert found is not None
    return found


async def rows(world: World) -> list[deliveries.Delivery]:
    return [await row(world, one) for one in await states(world.app.database)]


def many(count: int, domain: str) -> Sequence[str]:
    return [f"{n}@{domain}" for n in range(count)]
