"""Alarms: what an operator has to know, in the log at once and in `digest status` until it is over.

Whatever goes wrong while an alarm is raised is no trouble of whoever raises it: the log has it.
"""

import structlog

from digest.services.context import Context
from digest.store import alarms
from digest.store.alarms import Alarm
from digest.store.database import is_away

log = structlog.get_logger()


async def raise_alarm(context: Context, key: str, text: str) -> None:
    """Say that there is a trouble: logged when it is news, counted when it goes on.

    ``key`` names it, such as ``relay/main``; ``text`` says what to do. Never raises for a database
    that is away: then the log alone has it.
    """
    try:
        async with context.database.write() as connection:
            news = await alarms.save_alarm(connection, key[:100], text, context.clock.now())
    except Exception as error:
        if not is_away(error):
            raise
        news = True
    if news:
        log.error("alarm", key=key, text=text)


async def clear_alarm(context: Context, key: str) -> bool:
    """Say that a trouble is over; return whether it was open. Writes only where it was."""
    async with context.database.read() as connection:
        if not await alarms.is_open(connection, key[:100]):
            return False
    async with context.database.write() as connection:
        cleared = await alarms.clear_alarm(connection, key[:100], context.clock.now())
    if cleared:
        log.info("alarm cleared", key=key)
    return cleared


async def list_alarms(context: Context) -> list[Alarm]:
    """Return every alarm, the open ones first."""
    async with context.database.read() as connection:
        return await alarms.list_alarms(connection)
