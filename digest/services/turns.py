"""Turns: something that one process of an installation does, and not again too soon.

The instant of the last turn is in the database, so that it holds over a restart and among many.
"""

from datetime import datetime, timedelta

from digest.services.context import Context
from digest.store import meta


async def take_turn(context: Context, key: str, pause: timedelta) -> bool:
    """Take the turn of a key; return False within ``pause`` of the last, or where another did."""
    now = context.clock.now()
    async with context.database.read() as connection:
        before = await meta.find_value(connection, key)
    if before is not None and timedelta() <= now - datetime.fromisoformat(before) < pause:
        return False  # a clock that was set back does not hold it up
    async with context.database.write() as connection:
        return await meta.exchange_value(connection, key, before, now.isoformat())


async def count_failures(context: Context, key: str) -> int:
    """Return how many turns of a key failed in a row."""
    async with context.database.read() as connection:
        return int(await meta.find_value(connection, f"{key}.failures") or 0)


async def note_turn(context: Context, key: str, *, ok: bool) -> int:
    """Write down how a turn went; return how many have failed in a row by now."""
    before = await count_failures(context, key)
    after = 0 if ok else before + 1
    if after != before:
        async with context.database.write() as connection:
            await meta.save_value(connection, f"{key}.failures", str(after))
    return after
