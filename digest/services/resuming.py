"""Resume: take up a database that was restored from a backup, so that nothing of it comes twice.

What happened after the backup is lost to it, not to the readers: their mails arrived, and some of
them have left. So everything that could have been sent counts as sent, what is open is called off,
whoever left leaves again, and only then may it send.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from digest.domain.markers import Marker, read_marker
from digest.domain.schedule import was_due_between
from digest.domain.subscribers import NEVER
from digest.services import accepted_journal, erasure, guard, opt_outs
from digest.services.alarms import clear_alarm
from digest.services.context import Context
from digest.services.plan import skip_due_slots
from digest.store import positions, restoring
from digest.store.restoring import Rhythm

log = structlog.get_logger()
SKIPPED = "the database was restored; this edition may have been sent"
CANCELLED = "the database was restored from a backup; it may have been sent"
_CHUNK = 200


class ResumeError(Exception):
    """A resumption that is not wanted, with what to do."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """What was done: since when mails may be lost, how many left again, and what counts as sent."""

    since: datetime | None
    left: int
    readers: int
    papers: int
    cancelled: int
    skipped: int


async def resume(context: Context, *, since: datetime | None, repeat_ok: bool) -> Resumed:
    """Take up a restored database. ``since`` is when the backup was made, if that is known.

    With ``repeat_ok`` only whoever left leaves again; papers and mails may come twice. Raises
    ResumeError where there is nothing to take up.
    """
    await refuse_without_need(context)
    now = context.clock.now()
    await accepted_journal.replay(context)
    left = await opt_outs.replay(context)
    readers, papers, cancelled, skipped = 0, 0, 0, 0
    start = since or await _moved_at(context)
    if not repeat_ok:
        skipped = await skip_due_slots(context, now, SKIPPED)
        readers, papers = await _see_all(context, start or NEVER, now)
        async with context.database.write() as connection:
            cancelled = await restoring.cancel_everything_open(connection, CANCELLED)
    await erasure.finish_erasures(context)
    async with context.database.write() as connection:
        await restoring.leave_gap(connection, now, CANCELLED)
    await _take_marker(context, anew=True)
    log.warning("resumed", since=str(start), left=left, readers=readers, cancelled=cancelled)
    return Resumed(start, left, readers, papers, cancelled, skipped)


async def refuse_without_need(context: Context) -> None:
    """Raise ResumeError for a database that nothing is wrong with: much would be called off."""
    if await guard.find_trouble(context) is None:
        raise ResumeError("this database is the one that was sent from last; there is no need")


async def join(context: Context) -> Resumed:
    """Let this machine send from a database that is well: a further worker, or its data_dir is new.

    Whoever left by this machine's pages leaves; the ledger is as the others have it.
    """
    await accepted_journal.replay(context)
    left = await opt_outs.replay(context)
    await erasure.finish_erasures(context)
    await _take_marker(context, anew=False)
    return Resumed(None, left, 0, 0, 0, 0)


async def _moved_at(context: Context) -> datetime | None:
    """Return when the restored database last sent something: the backup is not older than that."""
    async with context.database.read() as connection:
        return (await positions.find_position(connection)).moved_at


async def _see_all(context: Context, since: datetime, now: datetime) -> tuple[int, int]:
    """Make seen what may have been sent since the backup; return how many readers and papers."""
    async with context.database.read() as connection:
        rhythms = [
            one
            for one in await restoring.list_rhythms(connection)
            if was_due_between(*one, since, now)
        ]
        papers = await restoring.list_eligible_ids(connection, now)
        sets = await restoring.list_seen_ids(connection, rhythms)
    count = 0
    for start in range(0, len(sets), _CHUNK):
        count += await _see_chunk(context, rhythms, sets[start : start + _CHUNK], papers, now)
    return count, len(papers)


async def _see_chunk(
    context: Context,
    rhythms: Sequence[Rhythm],
    sets: Sequence[int],
    papers: frozenset[int],
    now: datetime,
) -> int:
    async with context.database.write() as connection:
        return await restoring.see_all(connection, rhythms, sets, papers, now)


async def _take_marker(context: Context, *, anew: bool) -> None:
    """Make the marker say what the database says; ``anew``, after both were made another one."""
    text = guard.read_text(context)
    before = read_marker(text) if text else None
    async with context.database.write() as connection:
        marker = (await positions.find_position(connection)).marker
        if anew:
            last = max(marker.sequence, before.sequence if before else 0)
            marker = await positions.begin_anew(connection, str(uuid.uuid4()), last + 1)
    await guard.take_marker(context, Marker(marker.uuid, marker.sequence))
    await clear_alarm(context, guard.ALARM)
