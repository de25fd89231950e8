"""Kills, again and again, while a day's digests leave; and what became of them."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from digest.domain.deliveries import State
from digest.store.database import Database
from tests.faults.installation import Books, Installation, read_books, read_states
from tests.faults.program import Program
from tests.faults.smtp_server import Fault, FaultyServer, Moment, Rule, Stage

LONGEST_S = 900.0


@dataclass(frozen=True, slots=True)
class Fate:
    """What a fault did: copies too many, deliveries lost, seconds from its end until all was done.

    ``lost`` counts what is called SENT and never came, and what came to any other end; ``changed``
    the messages whose copies differ; ``held`` those that wait for a person.
    """

    name: str
    messages: int
    faults: int
    duplicates: int
    changed: int
    lost: int
    held: int
    recovered_s: float

    def without(self, duplicates: int) -> "Fate":
        """Return the same without the copies that came before the fault."""
        return replace(self, duplicates=self.duplicates - duplicates)


def slow_answers(seconds: float, seed: int = 4) -> Rule:
    """Return a rule that answers the final dot late, by up to ``seconds``: a wider gap."""
    chance = random.Random(seed)

    def rule(moment: Moment) -> Fault | None:
        if moment.stage is Stage.DOT:
            return Fault(late_s=chance.uniform(0, seconds))
        return None

    return rule


async def kill_again_and_again(
    name: str,
    installation: Installation,
    server: FaultyServer,
    *,
    kills: int,
    workers: int = 1,
    gently: bool = False,
) -> Fate:
    """Kill a sender at random moments, ``kills`` times in all, then let the rest leave.

    ``gently`` asks it to go (SIGTERM) and waits for it, as an upgrade does.
    """
    chance = random.Random(kills)
    programs = [Program.start(installation, f"worker-{n}") for n in range(workers)]
    async with open_ledger(installation) as database:
        try:
            for number in range(kills):
                await until_moving(server, database)
                await asyncio.sleep(chance.uniform(0.05, 0.6))
                victim = number % workers
                if gently:
                    assert await asyncio.to_thread(programs[victim].drain) == 0
                programs[victim].kill()
                programs[victim] = Program.start(installation, f"worker-{victim}")
            ended = time.monotonic()
            await until_done(database)
            took = time.monotonic() - ended
        finally:
            for program in programs:
                program.kill()
        return await fate_of(name, database, server, kills, took)


async def fate_of(
    name: str, database: Database, server: FaultyServer, faults: int, took: float
) -> Fate:
    """Return what the server counted beside what the ledger says, delivery by delivery."""
    states = await read_states(database)
    arrived = {_delivery_of(message_id) for message_id in server.accepted}
    sent = {one for one, state in states.items() if state is State.SENT}
    held = {one for one, state in states.items() if state is State.HELD}
    return Fate(
        name=name,
        messages=len(states),
        faults=faults,
        duplicates=server.duplicates,
        changed=server.changed,
        lost=len(sent - arrived) + len(states.keys() - sent - held),
        held=len(held),
        recovered_s=round(took, 1),
    )


def _delivery_of(message_id: str) -> int:
    """Return the delivery that a Message-ID names: <edition.subscriber.delivery@domain>."""
    return int(message_id.partition("@")[0].rpartition(".")[2])


async def until_done(database: Database, longest_s: float = LONGEST_S) -> Books:
    """Wait until nothing is open; raise TimeoutError where that takes too long."""
    async with asyncio.timeout(longest_s):
        while True:
            books = await read_books(database)
            if not books.open:
                return books
            await asyncio.sleep(0.1)


async def until_moving(server: FaultyServer, database: Database) -> None:
    """Wait until mails leave again, or all have left; raise TimeoutError where neither comes."""
    before = sum(server.accepted.values())
    async with asyncio.timeout(120):
        while True:
            moved = sum(server.accepted.values()) > before
            if moved or not (await read_books(database)).open:
                return
            await asyncio.sleep(0.05)


@asynccontextmanager
async def open_ledger(installation: Installation) -> AsyncIterator[Database]:
    """Open the database of an installation beside its program."""
    database = Database(installation.database_url)
    try:
        yield database
    finally:
        await database.close()
