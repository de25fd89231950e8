"""Housekeeping: what is old, and what nothing points to any more, goes a little at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.signups import FORGOTTEN_AFTER
from digest.services.context import Context
from digest.services.erasure import blank_stragglers
from digest.services.kept_files import sweep_files
from digest.services.limits_of_relays import forget_idle_buckets
from digest.services.provider_lookup import KNOWN_FOR
from digest.services.retention import CHUNK, in_chunks, prune_idle, prune_old
from digest.store import operators, orphans
from digest.store.buckets import forget_before
from digest.store.providers import forget_before as forget_providers
from digest.store.signups import forget_unconfirmed

log = structlog.get_logger()
PLANS = 2  # of which each has some thousand cards
BUCKETS_FULL_AFTER = timedelta(days=1)  # the longest period of a limit, and of a challenge
# a plan may be writing its deliveries still, or be about to be made again after a failure
UNDISTURBED = timedelta(days=2)


async def keep_house(context: Context) -> None:
    """Take away what nothing points to any more, and whom nobody has to remember."""
    await blank_stragglers(context)
    await prune_old(context)
    await prune_orphans(context)
    await prune_seen_sets(context)
    await forget_full_buckets(context)
    await forget_never_confirmed(context)
    await forget_pace(context)
    await forget_sessions(context)
    await asyncio.to_thread(sweep_files, context)


async def prune_orphans(context: Context) -> int:
    """Delete selections without a delivery, with their cards, and topic sets that nobody names.

    Return how many rows that were. Erasure leaves topic sets behind: a reader's own queries may
    say who they are.
    """
    before = context.clock.now() - UNDISTURBED

    async def look(connection: AsyncConnection, after: int) -> list[int]:
        return await orphans.list_idle_plans(connection, before, after, PLANS)

    gone = await prune_idle(context, "selections pruned", orphans.idle_selections(before))
    gone += await in_chunks(context, "cards pruned", look, orphans.remove_cards)
    return gone + await prune_idle(context, "topic sets pruned", orphans.idle_topic_sets())


async def prune_seen_sets(context: Context) -> int:
    """Delete seen sets that no reader and no selection names; return how many.

    An open delivery names its selection, and that its sets: they stay (RULES of the design).
    """
    return await prune_idle(context, "seen sets pruned", orphans.idle_seen_sets())


async def forget_full_buckets(context: Context) -> int:
    """Delete the buckets that have filled up again, and spent challenges that are over."""
    before = context.clock.now() - BUCKETS_FULL_AFTER
    return await _in_chunks(
        context, "buckets forgotten", lambda connection: forget_before(connection, before, CHUNK)
    )


async def forget_never_confirmed(context: Context) -> int:
    """Delete whoever asked for a subscription and did not confirm it within 30 days."""
    before = context.clock.now() - FORGOTTEN_AFTER
    return await _in_chunks(
        context,
        "sign-ups without a confirmation forgotten",
        lambda connection: forget_unconfirmed(connection, before, CHUNK),
    )


async def forget_sessions(context: Context) -> int:
    """Delete operators' sessions that are over."""
    now = context.clock.now()
    return await _in_chunks(
        context,
        "operators' sessions forgotten",
        lambda connection: operators.forget_sessions(connection, now, CHUNK),
    )


async def forget_pace(context: Context) -> int:
    """Delete providers that are to be looked up anew, and buckets that hold nothing back."""
    now = context.clock.now()
    before = now - 2 * KNOWN_FOR
    gone = await _in_chunks(
        context,
        "providers forgotten",
        lambda connection: forget_providers(connection, before, CHUNK),
    )
    async with context.database.write() as connection:
        return gone + await forget_idle_buckets(connection, context.settings.relays, now)


async def _in_chunks(
    context: Context, done: str, prune: Callable[[AsyncConnection], Awaitable[int]]
) -> int:
    """Prune until less than a chunk is left, each chunk in a transaction of its own."""
    total = 0
    while True:
        async with context.database.write() as connection:
            gone = await prune(connection)
        total += gone
        if gone < CHUNK:
            break
    if total:
        log.info(done, count=total)
    return total
