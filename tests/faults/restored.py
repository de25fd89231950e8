"""An old backup is put back after its day was sent, after one reader left and one was erased."""

import asyncio
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from digest.bootstrap import open_app
from digest.clocks import SimulatedClock
from digest.services.plan import plan_due_slots
from digest.services.report import list_days
from digest.services.send import send_due
from tests.copies import Copies
from tests.faults.installation import DOMAINS, Installation
from tests.faults.kills import Fate, open_ledger, until_done, until_moving
from tests.faults.program import Program, environment
from tests.faults.smtp_server import FaultyServer
from tests.world import ToldTransport, World

LEFT, ERASED = f"reader0@{DOMAINS[0]}", f"reader1@{DOMAINS[1]}"
REFUSAL = "this database must not send"


async def restored(
    name: str, installation: Installation, server: FaultyServer, copies: Copies
) -> Fate:
    """Back up amid a sending, send the rest, let two readers go, restore, resume, send a day more.

    Whoever stayed gets one mail of each day: ``lost`` counts those that miss, ``duplicates`` those
    that are too many, mails to who had left, and papers that a reader had had.
    """
    url = installation.database_url
    program = Program.start(installation)
    try:
        async with open_ledger(installation) as database:
            await until_moving(server, database)
        assert await asyncio.to_thread(program.drain) == 0
        copies.save(url)
        program = Program.start(installation)
        async with open_ledger(installation) as database:
            await until_done(database)
            readers = set(server.recipients.values())
        assert _tell(program, "subscribers", "remove", LEFT) == 0
        assert _tell(program, "subscribers", "erase", ERASED) == 0
        program.kill()
        had = await _papers_of_today(installation)
        copies.restore(url)
        before, started = server.accepted.total(), time.monotonic()
        program = Program.start(installation)
        await _until_said(program, REFUSAL)
        await asyncio.sleep(2)
        assert server.accepted.total() == before, "a restored database sent something"
        assert await asyncio.to_thread(program.drain) == 0
        assert _tell(program, "resume") == 0
        took = time.monotonic() - started
    finally:
        program.kill()
    repeated = await _next_day(installation, program, had)
    return _fate(name, server, readers, repeated, took)


def _tell(program: Program, *words: str) -> int:
    """Say a command to the installation of a program, as its operator does."""
    done = subprocess.run(
        [sys.executable, "-m", "digest", *words],
        cwd=program.log.parent,
        env=environment(),
        capture_output=True,
        timeout=300,
        check=False,
    )
    return done.returncode


async def _until_said(program: Program, words: str) -> None:
    async with asyncio.timeout(60):
        while words not in program.said():  # noqa: ASYNC110  a file tells nobody
            await asyncio.sleep(0.1)


async def _papers_of_today(installation: Installation) -> dict[str, set[int]]:
    """Return which papers each reader was sent, by the ledger that is to be lost."""
    async with open_app(installation.settings(), clock=SimulatedClock(datetime.now(UTC))) as app:
        days = await list_days(app.context, date.min, date.max)
    return {day.address: set(day.paper_ids) for day in days}


async def _next_day(installation: Installation, program: Program, had: dict[str, set[int]]) -> int:
    """Plan and send tomorrow's digests; return how many papers came to who had had them."""
    clock = SimulatedClock(datetime.now(UTC))
    here = replace(installation, told=installation.told | {"data_dir": str(program.log.parent)})
    async with open_app(here.settings(), clock=clock) as app:
        clock.set(clock.now() + timedelta(days=1))
        world = World(app, clock, ToldTransport(), listed=100)  # other papers than yesterday's
        await world.list_papers(*(f"Another look at matter {n}" for n in range(8)))
        await plan_due_slots(app.context, clock.now())
        await send_due(app.context)
        days = await list_days(app.context, clock.now().date(), date.max)
    assert days
    return sum(len(had[day.address].intersection(day.paper_ids)) for day in days)


def _fate(name: str, server: FaultyServer, readers: set[str], repeated: int, took: float) -> Fate:
    came: Counter[str] = Counter()
    for message_id, count in server.accepted.items():
        came[server.recipients[message_id]] += count
    due = {address: 1 if address in (LEFT, ERASED) else 2 for address in readers}
    return Fate(
        name=name,
        messages=sum(due.values()),
        faults=1,
        duplicates=repeated + sum(max(0, came[one] - due[one]) for one in readers),
        changed=server.changed,
        lost=sum(max(0, due[one] - came[one]) for one in readers),
        held=0,
        recovered_s=round(took, 1),
    )
