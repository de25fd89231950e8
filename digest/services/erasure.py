"""Erasure: everything that names a reader goes, at once or when the mail in their name is out.

asked -> unsubscribed, open mails cancelled -> nothing is being submitted -> tombstone
"""

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.opt_outs import Act
from digest.domain.subscribers import Subscriber, SubscriberState
from digest.domain.tombstones import barred_key, keeps_barring, plain_key
from digest.services import audit, opt_outs
from digest.services.context import Context
from digest.store import erasing, subscribers

log = structlog.get_logger()
_REASON = "the reader's data was erased"


async def erase(context: Context, subscriber_id: int, *, actor: str = "") -> bool:
    """Erase a reader; return False where a mail to them is being submitted right now.

    They are unsubscribed all the same, and `finish_erasures` does the rest. With ``actor`` it is
    an operator's act, and written down as theirs.
    """
    now = context.clock.now()
    async with context.database.write() as connection:
        reader = await subscribers.lock_subscriber(connection, subscriber_id)
        if reader is None or reader.state is SubscriberState.ERASED:
            return True
        if reader.erase_asked_at is None:
            values = {"erase_asked_at": now, "at_once_on": None, "paused_until": None}
            stays = reader.state is SubscriberState.SUPPRESSED
            state = reader.state if stays else SubscriberState.UNSUBSCRIBED
            reason = reader.state_reason if stays else "erasure asked for"
            await subscribers.save_state(connection, subscriber_id, state, reason, values)
            await opt_outs.note(context, connection, Act.ERASE, reader.address)
            await audit.note_reader(context, connection, actor, "erase", subscriber_id)
        done = await _finish(context, connection, reader)
    log.info("erased" if done else "erasure waits for a mail", subscriber=subscriber_id)
    return done


async def finish_erasures(context: Context) -> int:
    """Finish the erasures that waited for a mail; return how many. Writes only where one does."""
    async with context.database.read() as connection:
        waiting = await erasing.list_unfinished(connection)
    return sum([await erase(context, subscriber_id) for subscriber_id in waiting])


async def blank_stragglers(context: Context) -> int:
    """Blank what a planner wrote of a reader in the instant they were erased; return how many."""
    async with context.database.read() as connection:
        found = await erasing.list_unblanked(connection)
    for subscriber_id in found:
        async with context.database.write() as connection:
            if not await erasing.cancel_all(connection, subscriber_id, _REASON):
                await erasing.blank_rows(connection, subscriber_id)
    return len(found)


async def is_barred(context: Context, connection: AsyncConnection, address: str) -> bool:
    """Return whether an erased reader's complaint bars an address from ever being mailed."""
    keys = [barred_key(key, address) for key in context.token_keys]
    return await erasing.is_barred(connection, keys)


async def _finish(context: Context, connection: AsyncConnection, reader: Subscriber) -> bool:
    if await erasing.cancel_all(connection, reader.id, _REASON):
        return False
    bars = keeps_barring(reader) and not await is_barred(context, connection, reader.address)
    key = barred_key(context.token_keys[0], reader.address) if bars else plain_key(reader.id)
    await erasing.bury(connection, reader, key, reader.suppression if bars else None)
    return True
