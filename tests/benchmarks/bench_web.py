"""Pages a second of a large installation, beside the same templates rendered from memory.

10,000 papers and 100,000 readers, on both databases; then on SQLite while 20,000 mails are sent.
Each server is a process of its own, the client is this one; rounds of site and limit alternate.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Self

from tests.benchmarks.large_site import MAILED
from tests.benchmarks.loopback import requests_per_second, smtp_sink
from tests.postgres import running_server

ROUNDS, ROUND_S = 5, 2.0


@dataclass
class Server:
    """A server process and what it said last."""

    process: asyncio.subprocess.Process
    port: int = 0

    @classmethod
    async def start(cls, *words: str) -> Self:
        """Start a server process."""
        return cls(
            await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.benchmarks.web_server", *words),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
        )

    async def hear(self) -> list[str]:
        """Return the words of the next line it prints."""
        assert self.process.stdout is not None
        return (await self.process.stdout.readline()).decode().split()

    async def tell(self, word: str) -> None:
        """Give it an order."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{word}\n".encode())
        await self.process.stdin.drain()

    async def stop(self) -> None:
        """End it by ending its input."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        await self.process.wait()


def rows() -> list[dict[str, Any]]:
    """Return a row for each page and database, and those measured while mails are sent."""
    with running_server() as postgres, tempfile.TemporaryDirectory() as folder:
        with postgres.database() as url:
            found = asyncio.run(_measure("PostgreSQL", url, Path(folder) / "postgresql"))
        url = f"sqlite+aiosqlite:///{folder}/sqlite/digest.sqlite3"
        return found + asyncio.run(_measure("SQLite", url, Path(folder) / "sqlite"))


async def _measure(kind: str, url: str, folder: Path) -> list[dict[str, Any]]:
    folder.mkdir()
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(smtp_sink())
        filling = await Server.start("fill", url, str(folder), str(port))
        [preferences] = await filling.hear()
        await filling.stop()
        servers = {}
        for role in ("site", "limit"):
            servers[role] = await Server.start(role, url, str(folder), str(port))
            stack.push_async_callback(servers[role].stop)
            servers[role].port = int((await servers[role].hear())[0])
        paths = {"/": "/", "a preferences page": preferences}
        found = [await _compare(f"{name}, {kind}", path, servers) for name, path in paths.items()]
        if kind == "SQLite":
            limits = {name: row["against_value"] for name, row in zip(paths, found, strict=True)}
            found += await _while_sending(paths, servers["site"], limits)
    return found


async def _compare(name: str, path: str, servers: dict[str, Server]) -> dict[str, Any]:
    measured: dict[str, list[float]] = {role: [] for role in servers}
    for _ in range(ROUNDS):
        for role, server in servers.items():
            goes_on = _for_seconds(ROUND_S)
            measured[role].append(await requests_per_second(server.port, path, goes_on))
    return _row(name, median(measured["site"]), median(measured["limit"]))


async def _while_sending(
    paths: dict[str, str], site: Server, limits: dict[str, float]
) -> list[dict[str, Any]]:
    """Ask for both pages in turn while the sender is at work, then let it come to its end.

    Clients that never rest leave a sender in the same process little of it: the rate told is that
    of the whole run, mostly without them.
    """
    await site.tell("plan")
    assert await site.hear() == [str(MAILED)]
    await site.tell("send")
    done = asyncio.create_task(site.hear())
    measured: dict[str, list[float]] = {name: [] for name in paths}
    for _ in range(ROUNDS):
        for name, path in paths.items():
            goes_on = _for_seconds(ROUND_S)
            measured[name].append(await requests_per_second(site.port, path, goes_on))
    assert not done.done(), "the mails were sent before the pages were measured"
    sent, seconds = await done
    assert int(sent) == MAILED, sent
    rate = MAILED / float(seconds)
    told = f"while {MAILED:,} mails leave at {rate:,.0f}/s, SQLite"
    return [_row(f"{n} {told}", median(r), limits[n]) for n, r in measured.items()]


def _for_seconds(seconds: float) -> Callable[[], bool]:
    end = time.perf_counter() + seconds
    return lambda: time.perf_counter() < end


def _row(name: str, value: float, limit: float) -> dict[str, Any]:
    return {
        "name": name,
        "value": round(value),
        "unit": "pages/s",
        "against": "FastAPI rendering the same template from memory",
        "against_value": round(limit),
        "ratio": round(value / limit, 2),
    }
