"""Kills at each point of one mail's way, and what each of them leaves."""

import asyncio
import time
from collections.abc import Callable

from tests.faults.installation import Installation
from tests.faults.kills import Fate, fate_of, open_ledger, until_done
from tests.faults.program import Program
from tests.faults.smtp_server import Fault, FaultyServer, Moment, Rule, Stage

POINTS = {
    "before the greeting": Stage.CONNECT,
    "before the answer to EHLO": Stage.EHLO,
    "before the answer to MAIL FROM": Stage.MAIL,
    "before the answer to RCPT TO": Stage.RCPT,
    "before the 354": Stage.DATA,
    "between the final dot and the 250": Stage.DOT,
    "as the 250 arrives": Stage.ANSWERED,
}


async def kill_at(
    name: str, stage: Stage, installation: Installation, server: FaultyServer, after: int
) -> Fate:
    """Kill the sender the ``after``-th time that a stage is reached, then let another one finish.

    What is told are the copies of this fault alone.
    """
    before = server.duplicates
    program = Program.start(installation)
    ended = asyncio.Event()
    server.rule = _killing(stage, after, program.kill, ended)
    try:
        async with asyncio.timeout(120):
            await ended.wait()
        server.rule = None
        started = time.monotonic()
        program = Program.start(installation)
        async with open_ledger(installation) as database:
            await until_done(database)
            took = time.monotonic() - started
            fate = await fate_of(name, database, server, faults=1, took=took)
    finally:
        program.kill()
    return fate.without(before)


def _killing(stage: Stage, after: int, kill: Callable[[], None], ended: asyncio.Event) -> Rule:
    seen = 0

    async def act() -> None:
        kill()
        ended.set()

    def rule(moment: Moment) -> Fault | None:
        nonlocal seen
        if moment.stage is not stage or ended.is_set():
            return None
        seen += 1
        return Fault(call=act) if seen == after else None

    return rule
