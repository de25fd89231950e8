"""`digest why ADDRESS DATE` shows each try that no relay took."""

import asyncio
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from tests.cli.running import Cli
from tests.cli.test_days import EIGHT, SOURCE, feed, relay

ADA = "ada@example.org"


def refused_once(digest: Cli) -> None:
    """Let one digest meet a port where nobody listens, and a relay that speaks in markup."""
    digest("db", "upgrade", "--rehearsal")
    before = ("--now", "2026-05-03T22:00Z")
    digest("subscribers", "add", ADA, "--query", "experts", *before)
    digest("collect", *before)
    digest("plan", "--now", EIGHT)
    digest("send", "--now", EIGHT, code=75)
    with closing(sqlite3.connect(digest.database)) as connection, connection:
        [(held,)] = connection.execute("SELECT tries FROM delivery WHERE kind = 'digest'")
        told = json.loads(held)
        evil = told[0] | {"code": 451, "reply": "[red]451[/] [/nothing] later", "stage": "data"}
        values = (json.dumps([*told, evil]),)
        connection.execute("UPDATE delivery SET tries = ? WHERE kind = 'digest'", values)


async def test_why_shows_the_tries_of_a_day_as_a_table(tmp_path: Path) -> None:
    async with feed(datetime(2026, 5, 3, 12, tzinfo=UTC)) as url:
        digest = Cli(tmp_path, sources=SOURCE.format(url), extra=relay(9))
        await asyncio.to_thread(refused_once, digest)
    shown = digest("why", ADA, "2026-05-04", "--now", EIGHT).out
    lines = shown.partition("tried at")[2].splitlines()
    assert lines[0].split() == ["relay", "stage", "code", "said", "what", "followed"]
    assert lines[1].split()[:2] == ["2026-05-04", "08:00:00"]
    assert {"connect", "no", "relay"} <= set(lines[1].split())
    assert "[red]451[/]" in shown  # a narrow terminal breaks the line after it
    assert "[/nothing]" in shown
    assert "tried at" not in digest("why", ADA, "--now", EIGHT).out
