"""Alarms about sources: raised while one is stale or broken, over when it is fresh or quiet."""

from sqlalchemy.ext.asyncio import AsyncConnection

from digest.feeds.health import Health
from digest.services.alarms import clear_alarm, raise_alarm
from digest.services.context import Context
from digest.services.sources import asked, read_sources
from digest.store import alarms

KIND = "source"
_BAD = (Health.STALE, Health.BROKEN)


async def tell_of_source(context: Context, name: str, health: Health, reason: str) -> None:
    """Raise or clear the alarm of a source that was just judged."""
    key = f"{KIND}/{name}"
    if health in _BAD:
        text = f"{health.value}: {reason}; `digest collect --force` asks again now"
        await raise_alarm(context, key, text)
    else:
        await clear_alarm(context, key)


async def forget_absent(context: Context) -> None:
    """Clear the alarms of sources that are not asked any more: taken out, or switched off."""
    async with context.database.read() as connection:
        keys = await alarms.list_open_keys(connection, KIND)
        names = await list_asked(context, connection)
    for key in keys:
        if key.removeprefix(f"{KIND}/") not in names:
            await clear_alarm(context, key)


async def list_asked(context: Context, connection: AsyncConnection) -> set[str]:
    """Return the names of the sources that are asked: in effect, turned on and not paused."""
    return {source.name for source in asked(await read_sources(context, connection))}
