"""SIGTERM: what is in DATA comes to its end, what was only claimed goes back, nobody is left."""

import asyncio
import signal
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.cli.running import Cli
from tests.cli.test_days import SOURCE, feed
from tests.cli.test_run import free_port

READERS = 12


class SlowRelay:
    """Takes its time over each final dot, and counts what it accepted."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.accepted: list[str] = []
        self.loop = asyncio.get_running_loop()

    async def handle_DATA(  # noqa: N802  the server looks for this name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Accept after a second."""
        del server, session
        self.loop.call_soon_threadsafe(self.begun.set)
        await asyncio.sleep(1)
        self.accepted += [str(to) for to in envelope.rcpt_tos]
        return "250 taken"


def prepare(digest: Cli) -> None:
    """Plan a digest for each reader, in a live database."""
    lines = ["address,query", *(f"r{number}@example.org,experts" for number in range(READERS))]
    (digest.folder / "people.csv").write_text("\n".join(lines), "utf-8")
    digest("subscribers", "import", "people.csv")
    with closing(sqlite3.connect(digest.database)) as connection, connection:
        # an import leaves the first digest to each reader's next hour; these are owed it now
        connection.execute("UPDATE subscriber SET at_once_on = date('now')")
    digest("collect")
    assert digest("plan", "--json").row["deliveries"] == READERS


@pytest.mark.parametrize("command", ["send", "run"])
async def test_a_sigterm_cuts_no_mail_off_and_leaves_nothing_behind(
    tmp_path: Path, command: str
) -> None:
    relay = SlowRelay()
    controller = Controller(relay, hostname="127.0.0.1", port=free_port())
    controller.start()
    extra = f'[http]\nport = {free_port()}\n[[relays]]\nhost = "127.0.0.1"\nconnections = 3\n'
    extra += f"port = {controller.port}\n"
    try:
        async with feed(datetime.now(UTC) - timedelta(hours=1)) as url:
            digest = Cli(tmp_path, sources=SOURCE.format(url), extra=extra)
            await asyncio.to_thread(prepare, digest)
            code = await interrupt(digest, command, relay)
    finally:
        controller.stop()
    with closing(sqlite3.connect(digest.database)) as connection:
        rows = connection.execute("SELECT state, count(*) FROM delivery GROUP BY state").fetchall()
        workers = connection.execute("SELECT count(*) FROM worker").fetchone()
    states: dict[str, Any] = dict(rows)
    assert code == 0
    assert 1 <= len(relay.accepted) <= 3
    assert states == {"sent": len(relay.accepted), "pending": READERS - len(relay.accepted)}
    assert workers == (0,)


async def interrupt(digest: Cli, command: str, relay: SlowRelay) -> int:
    """Start a command, and end it by SIGTERM while mails are in DATA; return its exit code."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "digest", command, env=digest.environment, cwd=digest.folder
    )
    try:
        await asyncio.wait_for(relay.begun.wait(), 60)
        process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(process.wait(), 60)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
