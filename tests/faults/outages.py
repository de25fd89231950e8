"""What goes away while a day's digests leave: the database, its disk, a worker's time."""

import asyncio
import resource
import signal
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from digest.store.database import Database
from tests.faults.installation import Installation
from tests.faults.kills import Fate, fate_of, open_ledger, until_done, until_moving
from tests.faults.program import Program
from tests.faults.smtp_server import Fault, FaultyServer, Moment, Stage
from tests.postgres import Cluster, PostgresServer, own_cluster

# a commit that was answered is there after a crash; only a power cut could take it
DURABLE = {
    "fsync": "off",
    "synchronous_commit": "on",
    "listen_addresses": "",
    "shared_buffers": "32MB",
    "max_connections": "60",
}


@asynccontextmanager
async def cluster_of_its_own() -> AsyncIterator[tuple[Cluster, str]]:
    """Give a PostgreSQL that may be stopped, and the URL of an empty database in it."""
    with own_cluster(DURABLE) as cluster:
        yield cluster, PostgresServer(cluster.url).create_database()


async def restarted(
    name: str, installation: Installation, server: FaultyServer, cluster: Cluster, times: int
) -> Fate:
    """Restart the database, without a word to anybody, while mails leave."""
    async with _sending(installation, server, 1) as (_, database):
        for _ in range(times):
            await until_moving(server, database)
            await asyncio.to_thread(cluster.stop, signal.SIGQUIT)
            await asyncio.to_thread(cluster.start)
        return await _end(name, server, database, times)


async def away(
    name: str,
    installation: Installation,
    server: FaultyServer,
    cluster: Cluster,
    seconds: float,
    workers: int,
) -> Fate:
    """Take the database away between a final dot and its 250, and bring it back later."""
    gone = asyncio.Event()

    async def stop() -> None:
        if not gone.is_set():
            gone.set()
            await asyncio.to_thread(cluster.stop, signal.SIGQUIT)

    def rule(moment: Moment) -> Fault | None:
        late = moment.stage is Stage.DOT and moment.session > 1 and not gone.is_set()
        return Fault(call=stop) if late and len(server.accepted) > 20 else None

    async with _sending(installation, server, workers) as (_, database):
        server.rule = rule
        async with asyncio.timeout(120):
            await gone.wait()
        await asyncio.sleep(seconds)
        await asyncio.to_thread(cluster.start)
        return await _end(name, server, database, 1)


async def frozen(
    name: str, installation: Installation, server: FaultyServer, seconds: float
) -> Fate:
    """Freeze one of two workers past its lease, and let it go on."""
    async with _sending(installation, server, 2) as (programs, database):
        await until_moving(server, database)
        programs[0].stop()
        await asyncio.sleep(seconds)
        programs[0].go_on()
        return await _end(name, server, database, 1)


async def locked(
    name: str, installation: Installation, server: FaultyServer, seconds: float
) -> Fate:
    """Hold SQLite's write lock from another process's side for a while."""
    async with _sending(installation, server, 1) as (_, database):
        await until_moving(server, database)
        await asyncio.to_thread(_hold_lock, database.path, seconds)
        return await _end(name, server, database, 1)


def _hold_lock(path: Path | None, seconds: float) -> None:
    connection = sqlite3.connect(path or "", isolation_level=None, timeout=30)
    connection.execute("BEGIN IMMEDIATE")
    time.sleep(seconds)
    connection.execute("ROLLBACK")
    connection.close()


async def disk_full(
    name: str, installation: Installation, server: FaultyServer, seconds: float
) -> Fate:
    """Let no file of the sender grow for a while, as on a full disk."""
    async with _sending(installation, server, 1) as (programs, database):
        await until_moving(server, database)
        process = programs[0].process.pid
        before = resource.prlimit(process, resource.RLIMIT_FSIZE)
        resource.prlimit(process, resource.RLIMIT_FSIZE, (4096, before[1]))
        await asyncio.sleep(seconds)
        resource.prlimit(process, resource.RLIMIT_FSIZE, before)
        return await _end(name, server, database, 1)


@asynccontextmanager
async def _sending(
    installation: Installation, server: FaultyServer, workers: int
) -> AsyncIterator[tuple[list[Program], Database]]:
    programs = [Program.start(installation, f"worker-{n}") for n in range(workers)]
    try:
        async with open_ledger(installation) as database:
            yield programs, database
    finally:
        for program in programs:
            program.kill()
        server.rule = None


async def _end(name: str, server: FaultyServer, database: Database, faults: int) -> Fate:
    started = time.monotonic()
    await until_done(database)
    return await fate_of(name, database, server, faults, time.monotonic() - started)
