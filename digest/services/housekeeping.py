"""Housekeeping: what nothing points to any more goes, a little at a time."""

import structlog

from digest.services.context import Context
from digest.store.seen_sets import prune_seen

log = structlog.get_logger()
CHUNK = 500


async def prune_seen_sets(context: Context) -> int:
    """Delete seen sets that no reader and no selection names; return how many.

    An open delivery names its selection, and that its sets: they stay (RULES of the design).
    """
    total = 0
    while True:
        async with context.database.write() as connection:
            gone = await prune_seen(connection, CHUNK)
        total += gone
        if gone < CHUNK:
            break
    if total:
        log.info("seen sets pruned", count=total)
    return total
