"""What a relay took while the database was away: a file beside it, replayed before any sending.

A row that is found in it was accepted, whatever a sweep has made of it since, unless it was handed
over once more: then the line speaks of an earlier hand-over, and changes nothing.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import structlog

from digest import durable
from digest.domain.accepted import Accepted, read_accepted, to_line
from digest.ports import Verdict
from digest.services.context import Context
from digest.services.lease import Result
from digest.services.marks import printable
from digest.store import accepted, history

log = structlog.get_logger()
NAME = "accepted.journal"


def path_of(context: Context) -> Path:
    """Return where the journal is."""
    return context.settings.data_dir / NAME


async def note(context: Context, results: Sequence[Result]) -> bool:
    """Write what was accepted into the journal; return False where not even that can be done.

    Then the results are in memory alone: they are tried again for as long as the process lives.
    """
    lines = [to_line(_told(context, r)) for r in results if r.outcome.verdict is Verdict.ACCEPTED]
    if not lines:
        return True
    try:
        await asyncio.to_thread(durable.append_lines, path_of(context), lines)
    except OSError as error:
        log.critical(
            "neither the database nor the journal can be written: do not stop this process, and "
            "make room",
            accepted=[r.delivery.id for r in results],
            journal=str(path_of(context)),
            error=str(error),
        )
        return False
    return True


async def replay(context: Context) -> int:
    """Mark as SENT what the journal says was accepted; return how many rows that changed."""
    path = path_of(context)
    told = read_accepted(await asyncio.to_thread(durable.read_lines, path))
    if told:
        async with context.database.write() as connection:
            moved = await accepted.mark_accepted(connection, told)
            await history.advance_history(connection, moved)
        log.warning("replayed the journal of accepted mails", lines=len(told), sent=len(moved))
    await forget(context)
    return len(moved) if told else 0


async def forget(context: Context) -> None:
    """Take the journal away: all of it is in the database."""
    try:
        await asyncio.to_thread(durable.remove, path_of(context))
    except OSError as error:  # replaying it again changes nothing
        log.warning("the journal cannot be removed", error=str(error))


def _told(context: Context, result: Result) -> Accepted:
    row, outcome = result.delivery, result.outcome
    return Accepted(
        row.id,
        row.submissions + 1,
        context.worker_id,
        context.clock.now(),
        result.placed,
        outcome.relay,
        printable(outcome.reply),
    )
