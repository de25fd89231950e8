"""What is kept and how long: deliveries, observations and records that are too old are pruned.

Papers, ids, listings, seen sets that somebody needs, sign-ups and tombstones stay (RULES of the
design). Each step looks while others write, and removes in short transactions.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.subscribers import NEVER
from digest.services.context import Context
from digest.store import meta, old_deliveries, old_records
from digest.store.idle import Idle

log = structlog.get_logger()
CHUNK = 200  # a delivery is in four indexes: so many take some 30 ms
_ABSTRACTS = 100  # the full-text index takes each of them apart
_READ_UP_TO = "retention/observations"


async def prune_old(context: Context) -> None:
    """Prune what is older than the settings let it be."""
    kept, now = context.settings.retention, context.clock.now()
    await prune_deliveries(context, now - timedelta(days=kept.deliveries_days))
    await thin_observations(context, now - timedelta(days=kept.observations_days))
    bounces = old_records.old_bounces(now - timedelta(days=kept.bounces_days))
    await prune_idle(context, "reports of bounces pruned", bounces)
    done = old_records.old_audit(now - timedelta(days=kept.audit_days))
    await prune_idle(context, "lines of the audit log pruned", done)
    if kept.abstracts_days:
        await blank_abstracts(context, now - timedelta(days=kept.abstracts_days))
    async with context.database.write() as connection:
        await old_records.forget_alarms(connection, now - timedelta(days=kept.alarms_days))
        first = (now - timedelta(days=kept.link_opens_days)).date()
        await old_records.forget_opens(connection, first)


async def prune_deliveries(context: Context, before: datetime) -> int:
    """Delete settled deliveries that were planned before an instant; return how many.

    The mail of a sign-up stays, for it is part of the consent; so does whatever is open.
    """
    total, after = 0, 0
    while True:
        async with context.database.read() as connection:
            stretch = await old_deliveries.read_stretch(connection, before, after, CHUNK)
        if stretch.ids:
            total += await _remove_deliveries(context, before, stretch.ids)
        if stretch.last is None:
            break
        after = stretch.last
    return _told("deliveries pruned", total)


async def _remove_deliveries(context: Context, before: datetime, ids: Sequence[int]) -> int:
    async def work(connection: AsyncConnection) -> int:
        return await old_deliveries.remove_deliveries(connection, before, ids)

    return await context.database.transact(work)


async def thin_observations(context: Context, before: datetime) -> int:
    """Delete readings from before an instant but each paper's first and last; return how many."""
    async with context.database.read() as connection:
        after = await meta.find_instant(connection, _READ_UP_TO) or NEVER
    total = 0
    while True:
        async with context.database.read() as connection:
            until = await old_records.find_end(connection, after, before, CHUNK)
        if until is None:
            return _told("observations pruned", total)
        async with context.database.write() as connection:
            total += await old_records.thin_readings(connection, after, until)
            await meta.save_value(connection, _READ_UP_TO, until.isoformat())
        after = until


async def blank_abstracts(context: Context, before: datetime) -> int:
    """Take the abstracts of papers away whose window was over at an instant; return how many."""

    async def look(connection: AsyncConnection, after: int) -> list[int]:
        return await old_records.list_old_abstracts(connection, before, after, _ABSTRACTS)

    return await in_chunks(context, "abstracts pruned", look, old_records.blank_abstracts)


async def prune_idle(context: Context, done: str, idle: Idle) -> int:
    """Delete the rows of a table that nothing needs; return how many."""

    async def look(connection: AsyncConnection, after: int) -> list[int]:
        return await idle.list_ids(connection, after, CHUNK)

    return await in_chunks(context, done, look, idle.remove)


async def in_chunks(
    context: Context,
    done: str,
    look: Callable[[AsyncConnection, int], Awaitable[list[int]]],
    remove: Callable[[AsyncConnection, list[int]], Awaitable[int]],
) -> int:
    """Look for ids after the last ones and remove them, each chunk in a transaction of its own.

    Looking takes the longer the more there is, and keeps nobody from writing meanwhile.
    """
    total, after = 0, 0
    while True:
        async with context.database.read() as connection:
            ids = await look(connection, after)
        if not ids:
            return _told(done, total)
        async with context.database.write() as connection:
            total += await remove(connection, ids)
        after = ids[-1]


def _told(done: str, count: int) -> int:
    if count:
        log.info(done, count=count)
    return count
