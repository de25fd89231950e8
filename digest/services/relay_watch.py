"""Tells the operator how the relays fare: alarms, and a row each for `digest status`."""

from dataclasses import replace

from digest.ports import RelayBoard, RelayStanding
from digest.services.alarms import clear_alarm, raise_alarm
from digest.services.context import Context
from digest.store import throttles


async def watch_relays(context: Context) -> None:
    """Write down what changed since the last look; raise an alarm for a relay in trouble.

    An alarm of an earlier process is over when its relay is found well.
    """
    if not isinstance(context.transport, RelayBoard):
        return
    for standing in context.transport.standings():
        before = context.pace.told.get(standing.name)
        if before == standing:
            continue
        context.pace.told[standing.name] = standing
        await _write_down(context, standing)
        if standing.trouble:
            if before is None or before.trouble != standing.trouble:
                text = f"{standing.trouble}; `digest relays check` tries it; its mails wait"
                await raise_alarm(context, _key(standing), text)
        elif standing.failures == 0 and (before is None or before != _well(before)):
            await clear_alarm(context, _key(standing))


async def _write_down(context: Context, standing: RelayStanding) -> None:
    async with context.database.write() as connection:
        await throttles.save_relay(
            connection,
            standing.name,
            standing.failures,
            standing.paused_until,
            standing.trouble,
            context.clock.now(),
        )


def _key(standing: RelayStanding) -> str:
    return f"relay/{standing.name}"


def _well(standing: RelayStanding) -> RelayStanding:
    return replace(standing, failures=0, paused_until=None, trouble="")
