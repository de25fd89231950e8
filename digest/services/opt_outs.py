"""Whoever leaves is noted outside the database too, and leaves again where a backup forgot it."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from digest import durable
from digest.domain.opt_outs import Act, OptOut, hashed_address, read_opt_outs, to_line, what_holds
from digest.domain.subscribers import Subscriber, SubscriberState, Suppression
from digest.services.context import Context
from digest.store import deliveries, positions, subscribers

log = structlog.get_logger()
NAME = "optouts.journal"
_GONE = (SubscriberState.UNSUBSCRIBED, SubscriberState.SUPPRESSED)
_PAGE = 500
_EVER = datetime.min.replace(tzinfo=UTC)


def path_of(context: Context) -> Path:
    """Return where the journal is."""
    return context.settings.data_dir / NAME


async def note(
    context: Context,
    connection: AsyncConnection,
    act: Act,
    address: str,
    until: date | None = None,
) -> None:
    """Write down what somebody did; called in the transaction that does it, before its commit.

    A disk that refuses keeps nobody from leaving: the database has it, and the log says so.
    """
    if not address:
        return
    now = context.clock.now()
    line = to_line(OptOut(now, act, hashed_address(context.token_keys[0], address), until))
    await positions.note_act(connection, now)
    try:
        await asyncio.to_thread(durable.append_lines, path_of(context), [line])
    except OSError:
        log.exception("an opt-out is in the database alone", act=act.value)


async def who_left(context: Context) -> Mapping[str, Sequence[OptOut]]:
    """Return what everybody did by the journal, by hashed address; see `has_left`."""
    return read_opt_outs(await asyncio.to_thread(durable.read_lines, path_of(context)))


def has_left(context: Context, told: Mapping[str, Sequence[OptOut]], address: str) -> bool:
    """Return whether somebody has left for good by the journal, erased ones among them."""
    hashes = [hashed_address(key, address) for key in context.token_keys]
    acts = [one for mark in hashes for one in told.get(mark, ())]
    return any(one.act is not Act.PAUSE for one in what_holds(acts, _EVER))


async def replay_unknown(context: Context) -> int:
    """Replay, at a process's start, what was done after the last act that the database knows.

    Where there is nothing of the kind, as after every ordinary stop, no reader is read.
    """
    async with context.database.read() as connection:
        known = await positions.find_last_act(connection)
    return await replay(context, after=known)


async def replay(context: Context, *, after: datetime | None = None) -> int:
    """Let everybody leave again who has left by the journal; return how many that changed.

    ``after`` passes over what was done until then.
    """
    told = read_opt_outs(await asyncio.to_thread(durable.read_lines, path_of(context)), after)
    changed, last = 0, 0
    while told:
        async with context.database.read() as connection:
            page = await subscribers.list_subscribers(connection, last, _PAGE)
        if not page:
            break
        last = page[-1].id
        for reader in page:
            acts = [
                one
                for key in context.token_keys
                for one in told.get(hashed_address(key, reader.address), ())
            ]
            holds = what_holds(acts, reader.created_at)
            changed += any([await _leave(context, reader.id, one) for one in holds])
    if told:
        async with context.database.write() as connection:
            latest = max(one.at for acts in told.values() for one in acts)
            await positions.note_act(connection, latest)
    if changed:
        log.warning("readers left again by the journal", count=changed)
    return changed


async def _leave(context: Context, subscriber_id: int, one: OptOut) -> bool:
    """Do to a reader what the journal says; return whether that was news."""
    async with context.database.write() as connection:
        reader = await subscribers.lock_subscriber(connection, subscriber_id)
        values = None if reader is None else _values(reader, one)
        if reader is None or values is None:
            return False
        state, reason, extra = values
        await subscribers.save_state(connection, reader.id, state, reason, extra)
        await deliveries.cancel_open(connection, reader.id, "the reader left before the restore")
    return True


def _values(reader: Subscriber, one: OptOut) -> tuple[SubscriberState, str, dict[str, Any]] | None:
    """Return what an act makes of a reader: state, reason, columns; None where it is done."""
    if _is_done(reader, one):
        return None
    match one.act:
        case Act.ERASE:
            # the rest is done by `finish_erasures`, as of any erasure that had to wait
            extra = {"erase_asked_at": one.at, "at_once_on": None}
            if reader.state is SubscriberState.SUPPRESSED:
                return reader.state, reader.state_reason, extra
            return SubscriberState.UNSUBSCRIBED, "erasure asked for", extra
        case Act.COMPLAINT:
            barred = {"suppression": Suppression.COMPLAINT.value}
            return SubscriberState.SUPPRESSED, "a mail was reported as spam", barred
        case Act.SUPPRESS:
            bounced = {"suppression": Suppression.BOUNCE.value}
            return SubscriberState.SUPPRESSED, "mail to this address came back", bounced
        case Act.PAUSE:
            return SubscriberState.PAUSED, f"paused until {one.until}", {"paused_until": one.until}
        case _:
            return SubscriberState.UNSUBSCRIBED, "unsubscribed", {"at_once_on": None}


def _is_done(reader: Subscriber, one: OptOut) -> bool:
    match one.act:
        case Act.ERASE:
            return reader.erase_asked_at is not None
        case Act.COMPLAINT:
            return reader.suppression is Suppression.COMPLAINT
        case Act.PAUSE:
            return reader.state is not SubscriberState.ACTIVE or one.until is None
        case _:
            return reader.state in _GONE
