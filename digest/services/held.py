"""Held mails: their answer was lost, and a person says whether they arrived.

A held digest counts as seen, so nothing of it comes again; it never expires by itself. *Delivered*
makes it SENT, and its papers seen for good. *Not delivered* lets it be sent, where its time is not
over; else it expires, and its papers may come again.
"""

from collections import Counter
from collections.abc import Sequence

import structlog

from digest.domain.deliveries import State
from digest.services import audit
from digest.services.alarms import clear_alarm, raise_alarm
from digest.services.context import Context
from digest.store import held, history
from digest.store.deliveries import Delivery
from digest.store.held import Held

log = structlog.get_logger()
ALARM = "held"


class HeldError(Exception):
    """A release that cannot be done, with what to do."""


async def list_held(context: Context) -> list[Held]:
    """Return the held mails, the oldest first."""
    async with context.database.read() as connection:
        return await held.list_held(connection)


async def release(
    context: Context, ids: Sequence[int], *, delivered: bool, actor: str = ""
) -> Counter[str]:
    """Release held mails; return how many came to each state.

    All of them or none: raises HeldError where one is not held. ``actor`` is who says so.
    """
    now = context.clock.now()
    wanted = sorted(set(ids))
    async with context.database.write() as connection:
        if delivered:
            arrived = await held.release_delivered(connection, wanted, now)
            became = dict.fromkeys(arrived, State.SENT)
            await history.advance_history(connection, arrived)
        else:
            became = await held.release_undelivered(connection, wanted, now)
        others = [str(one) for one in wanted if one not in became]
        if others:
            raise HeldError(
                f"not held: {', '.join(others)}; `digest held list` shows what is, and nothing "
                "was released"
            )
        for one, state in became.items() if actor else ():
            told = {"delivered": delivered, "became": state.value}
            await audit.note(connection, now, actor, "delivery.release", f"delivery/{one}", told)
    log.info("released held mails", delivered=delivered, count=len(became))
    await tell(context)
    return Counter(state.value for state in became.values())


async def tell(context: Context) -> int:
    """Raise the alarm while mails are held, clear it when none is; return how many are."""
    async with context.database.read() as connection:
        count = await held.count_held(connection)
    if count:
        text = f"{count} mails may or may not have arrived: `digest held list` shows them"
        await raise_alarm(context, ALARM, text)
    else:
        await clear_alarm(context, ALARM)
    return count


async def hold_unwritten(context: Context, delivery: Delivery, why: str) -> None:
    """Hold a mail whose outcome the database does not take, whatever is tried."""
    reason = f"its outcome could not be written down: {why}".replace("\x00", "")[:500]
    async with context.database.write() as connection:
        await held.hold_one(connection, delivery.id, context.worker_id, reason)
    await tell(context)
