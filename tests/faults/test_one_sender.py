"""SQLite has one sender: a second one refuses to start, and a killed one leaves no lock behind."""

import asyncio
from pathlib import Path

from tests.faults.installation import Installation, plan_day
from tests.faults.kills import open_ledger, until_done, until_moving
from tests.faults.program import Program
from tests.faults.smtp_server import faulty_server

TRY_AGAIN_LATER = 75


async def test_a_second_sender_refuses_and_a_killed_one_frees_its_lock(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with faulty_server() as server:
        installation = Installation(tmp_path, url, server.port)
        await plan_day(installation, 60)
        first = Program.start(installation)
        third = None
        try:
            async with open_ledger(installation) as database:
                await until_moving(server, database)
                second = Program.start(installation)
                assert await asyncio.to_thread(second.process.wait, 60) == TRY_AGAIN_LATER
                assert "another sender works on this database" in second.said()
                first.kill()
                third = Program.start(installation)
                await until_done(database)
        finally:
            first.kill()
            if third is not None:
                third.kill()
    assert len(server.accepted) == 60
