"""The parts as processes, each with a data directory of its own, on one PostgreSQL."""

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from digest.parts import Part
from tests.faults.installation import Installation, plan_day
from tests.faults.kills import open_ledger, until_done
from tests.faults.program import Program
from tests.faults.smtp_server import faulty_server
from tests.postgres import PostgresServer

READERS = 30
TRY_AGAIN_LATER = 75


async def until(holds: Callable[[], bool], longest_s: float = 60) -> None:
    """Wait until something holds."""
    end = time.monotonic() + longest_s
    while not await asyncio.to_thread(holds):
        assert time.monotonic() < end, "it never came to hold"
        await asyncio.sleep(0.2)


def address_of(program: Program) -> str:
    """Return where a program's pages are, as its log tells."""
    for line in program.said().splitlines():
        told = json.loads(line)
        if told["event"] == "serves":
            return str(told["address"])
    raise AssertionError("it serves no pages")


Start = Callable[..., Program]


async def see_newcomers(start: Start) -> None:
    """Start machines that have never seen the ledger, which has moved on: one of them joins."""
    stranger = start("stranger", "worker")
    await until(lambda: "running without sending" in stranger.said())
    joined = start("joined", "worker", "--join")
    await until(lambda: '"running"' in joined.said())
    assert "running without sending" not in joined.said()
    assert (joined.log.parent / "ledger.marker").exists()


async def see_succession(start: Start, lead: Program) -> None:
    """Start a second scheduler and stop the first: the second one leads only then."""
    standby = start("standby", "run", "--only", "scheduler", "--join")
    await until(lambda: standby.lives("scheduler"))
    assert "leads the schedulers" not in standby.said()
    assert await asyncio.to_thread(lead.drain) == 0
    assert not lead.lives("scheduler")
    await until(lambda: "leads the schedulers" in standby.said())


@pytest.mark.long
async def test_the_parts_apart_deliver_a_day_and_a_new_machine_joins_when_told(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    programs: list[Program] = []
    async with faulty_server() as server:
        with postgres_server.database() as url:
            installation = Installation(tmp_path, url, server.port)
            await plan_day(installation, READERS, leave_planning=True)

            def start(name: str, *words: str) -> Program:
                programs.append(Program.start(installation, name, words))
                return programs[-1]

            try:
                web = start("web", "run", "--only", "web")
                lead = start("scheduler", "run", "--only", "scheduler")
                worker = start("worker", "worker")
                async with open_ledger(installation) as database:
                    await until(lambda: len(server.accepted) >= READERS)
                    await until_done(database, 60)
                assert len(server.accepted) == READERS

                living = [
                    [part for part in Part if program.lives(part)]
                    for program in (web, lead, worker)
                ]
                assert living == [[Part.WEB], [Part.SCHEDULER], [Part.SENDER]]
                answer = await asyncio.to_thread(httpx.get, f"{address_of(web)}readyz")
                assert answer.json()["status"] == "ready"
                await see_newcomers(start)
                await see_succession(start, lead)
                assert await asyncio.to_thread(web.drain) == 0
                assert await asyncio.to_thread(worker.drain) == 0
            finally:
                for program in programs:
                    program.kill()
    assert "Traceback" not in "".join(program.said() for program in programs)


async def test_on_sqlite_one_process_does_whatever_it_does(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    installation = Installation(tmp_path, url, 9)
    web = Program.start(installation, words=("run", "--only", "web"))
    worker = None
    try:
        await until(lambda: web.lives("web"))
        assert not web.lives("sender")
        worker = Program.start(installation, words=("worker",))
        assert await asyncio.to_thread(worker.process.wait, 60) == TRY_AGAIN_LATER
        assert "several need PostgreSQL" in worker.said()
        assert await asyncio.to_thread(web.drain) == 0
    finally:
        web.kill()
        if worker is not None:
            worker.kill()
