"""Heartbeats, and what becomes of a worker that has none: its rows go back, or are uncertain."""

import asyncio
from collections.abc import Mapping
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.leases import LEASE, has_expired
from digest.services import held
from digest.services.context import Context
from digest.store import workers
from digest.store.database import is_away

log = structlog.get_logger()
_LEAVE_S = 8.0


async def beat(context: Context) -> bool:
    """Say that this worker lives; return False where it has results to write down first.

    A worker that comes back after its database was away commits what it kept, and beats after.
    """
    if context.lease.kept:
        return False
    asked_at = context.lease.time()
    try:
        async with context.database.write() as connection:
            now = await context.lease_now(connection)
            await workers.beat(connection, context.worker_id, now)
    except Exception:
        context.lease.watch.lose()
        raise
    context.lease.renewed(asked_at)
    return True


async def sweep_dead_workers(context: Context) -> tuple[int, int]:
    """Give back what workers without a heartbeat held; return (given back, uncertain).

    SQLite has one sender, which holds its lock: all others are dead by their heartbeat alone. With
    several, each is watched for a whole lease first.
    """
    try:
        dead = await _find_dead(context)
    except Exception:
        context.lease.watch.lose()
        raise
    return await _sweep(context, dead) if dead else (0, 0)


async def sweep_left_behind(context: Context) -> tuple[int, int]:
    """Take up at the start what dead workers left; return (given back, uncertain).

    On SQLite the sender's lock proves that nobody else lives, so nothing is waited for. Elsewhere
    it waits for a lease, but only where somebody looks dead.
    """
    if context.database.is_sqlite:
        async with context.database.read() as connection:
            left = await workers.list_owners(connection, context.worker_id)
        return await _sweep(context, left) if left else (0, 0)
    async with context.database.read() as connection:
        now = await context.lease_now(connection)
        owners = await workers.list_owners(connection, context.worker_id)
    if not any(has_expired(beat, now) for beat in owners.values()):
        return (0, 0)
    await sweep_dead_workers(context)
    await context.clock.sleep(LEASE.total_seconds() + 1)
    return await sweep_dead_workers(context)


async def sweep_own(context: Context, connection: AsyncConnection) -> tuple[int, int]:
    """Take back what an earlier sending of this process left behind when it failed."""
    now = context.clock.now()
    return await workers.sweep(connection, context.worker_id, now, hold=holds(context))


async def leave(context: Context) -> None:
    """Give back what this worker has claimed and take its row away; a database away is no matter.

    Then its lease ends by itself, and another one gives back what it held.
    """
    try:
        async with asyncio.timeout(_LEAVE_S):
            await context.database.transact(lambda c: workers.leave(c, context.worker_id))
    except Exception as error:
        if not is_away(error):
            raise
        log.warning("left without giving back", error=str(error))


def holds(context: Context) -> bool:
    """Return whether an uncertain mail is held, and not sent again."""
    return context.settings.delivery.on_uncertain == "hold"


async def _find_dead(context: Context) -> dict[str, datetime | None]:
    async with context.database.read() as connection:
        now = await context.lease_now(connection)
        owners = await workers.list_owners(connection, context.worker_id)
    silent = context.lease.watch.find_silent(owners, context.lease.time())
    if context.database.is_sqlite:
        silent = frozenset(owners)
    return {o: beat for o, beat in owners.items() if o in silent and has_expired(beat, now)}


async def _sweep(context: Context, dead: Mapping[str, datetime | None]) -> tuple[int, int]:
    """Sweep workers, unless one of them has beaten since it was looked at."""

    async def work(connection: AsyncConnection) -> tuple[int, int]:
        sure = [
            owner
            for owner, heartbeat in sorted(dead.items())
            if await workers.is_unchanged(connection, owner, heartbeat)
        ]
        now = context.clock.now()
        return await workers.sweep_others(connection, sure, now, hold=holds(context))

    back, uncertain = await context.database.transact(work)
    if back or uncertain:
        log.warning("swept a dead worker", given_back=back, uncertain=uncertain)
    if uncertain and holds(context):
        await held.tell(context)
    return back, uncertain
