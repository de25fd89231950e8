"""The suppression list by file: out to another sender, and in from one.

Whoever is on a list that is brought here is not mailed until the operator lifts it. Of an address
that nobody here has, its keyed hash alone is kept, so that the list does not become a store of
strangers' addresses.
"""

import asyncio
import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO, TextIO

from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.import_formats import is_unstorable
from digest.domain.subscribers import Subscriber, Suppression, address_key
from digest.domain.suppression_list import (
    COLUMNS,
    Bar,
    BarReason,
    bar_for,
    barred_of,
    reason_of,
    to_cells,
)
from digest.domain.tombstones import barred_key
from digest.services import audit
from digest.services.barring import bar_by_hand, leave_by_hand
from digest.services.context import Context
from digest.services.import_files import Bare, open_cells
from digest.services.importing import Rejected
from digest.services.people_export import list_people
from digest.settings.values import normalised_address
from digest.store import bounces, erasing, subscribers

_CHUNK = 500
_WORDS = ("reason", "status", "type", "subscription_status")  # where other programs say it


@dataclass(frozen=True, slots=True)
class ExportedBars:
    """How many lines were written, and how many barred addresses are known by hash alone."""

    written: int
    nameless: int


@dataclass(frozen=True, slots=True)
class BarResult:
    """What became of a list, or would: each of its ``rows`` is counted once.

    ``barred`` and ``unsubscribed`` were readers, ``kept_out`` is nobody here, ``unchanged`` was
    kept from mail already.
    """

    dry_run: bool
    rows: int
    barred: int
    unsubscribed: int
    kept_out: int
    unchanged: int
    rejected: tuple[Rejected, ...]


async def export_barred(
    context: Context, actor: str, file: TextIO, *, name: str = ""
) -> ExportedBars:
    """Write whoever must not be mailed, as CSV; who was erased is counted and has no address."""
    async with context.database.write() as connection:
        shown = f"file {name or 'without a name'}"
        await audit.note(connection, context.clock.now(), actor, "suppressions.export", shown)
        last = await bounces.list_last(connection)
        nameless = await erasing.count_barred(connection)
    table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    table.writeheader()
    written = 0
    async for reader in list_people(context):
        line = barred_of(reader, last.get(reader.id))
        if line is not None:
            table.writerow(to_cells(line))
            written += 1
    return ExportedBars(written, nameless)


async def import_barred(
    context: Context, actor: str, file: BinaryIO, *, name: str = "", dry_run: bool = False
) -> BarResult:
    """Keep whoever is on a list from being mailed; done again, it changes nothing.

    ``file`` can be sought: a table with ``address`` (or ``email``) and ``reason``, or addresses
    alone, which count as the operator's word. Raises ImportFileError; nothing has been done then.
    """
    lines = await asyncio.to_thread(open_cells, file)
    counts: Counter[Bar] = Counter()
    rejected: list[Rejected] = []
    seen: set[_Wanted] = set()
    rows = 0
    while chunk := await asyncio.to_thread(lambda: list(islice(lines, _CHUNK))):
        rows += len(chunk)
        wanted = _read(chunk, rejected)
        fresh = [one for one in wanted if one not in seen]
        counts[Bar.NOTHING] += len(wanted) - len(set(fresh))
        wanted = list(dict.fromkeys(fresh))
        seen.update(wanted)
        if dry_run:
            async with context.database.read() as connection:
                decided = await _decided(context, connection, wanted)
        else:
            decided = await context.database.transact(
                lambda connection, wanted=wanted: _done(context, connection, wanted)  # type: ignore[misc]
            )
        counts.update(bar for bar, _, _ in decided)
    if not dry_run:
        detail: dict[str, Any] = {bar.value: n for bar, n in counts.items()}
        async with context.database.write() as connection:
            shown = f"file {name or 'without a name'}"
            now: datetime = context.clock.now()
            await audit.note(connection, now, actor, "suppressions.import", shown, detail)
    return BarResult(
        dry_run=dry_run,
        rows=rows,
        barred=counts[Bar.SUPPRESS],
        unsubscribed=counts[Bar.UNSUBSCRIBE],
        kept_out=counts[Bar.KEEP_OUT],
        unchanged=counts[Bar.NOTHING],
        rejected=tuple(rejected),
    )


@dataclass(frozen=True, slots=True)
class _Wanted:
    address: str
    reason: BarReason


def _read(chunk: Sequence[Bare], rejected: list[Rejected]) -> list[_Wanted]:
    """Return the lines that can be used, and add the others to those rejected."""
    found = []
    for one in chunk:
        address = (one.cells.get("address") or one.cells.get("email") or "").strip()
        word = next((cell for name in _WORDS if (cell := one.cells.get(name, "").strip())), "")
        reason, error = reason_of(word), one.error
        if not error and is_unstorable(one.cells):
            error = "holds a NUL, which is no text"
        if not error and reason is None:
            known = ", ".join(reason.value for reason in BarReason)
            error = f"reason {word!r} is none of {known}"
        if not error:
            try:
                address = normalised_address(address)
            except ValueError as problem:
                error = f"{address!r} is not an e-mail address: {problem}"
        if error or reason is None:
            rejected.append(Rejected(one.line, address, error, one.cells))
        else:
            found.append(_Wanted(address, reason))
    return found


async def _decided(
    context: Context, connection: AsyncConnection, wanted: Sequence[_Wanted]
) -> list[tuple[Bar, _Wanted, Subscriber | None]]:
    readers = await subscribers.list_by_keys(connection, [address_key(w.address) for w in wanted])
    keys = {barred_key(k, one.address): one.address for one in wanted for k in context.token_keys}
    hashed = {keys[key] for key in await erasing.list_barred(connection, keys)}
    decided = []
    for one in wanted:
        reader = readers.get(address_key(one.address))
        bar = bar_for(one.reason, *((reader.state, reader.suppression) if reader else (None, None)))
        if bar is Bar.KEEP_OUT and one.address in hashed:
            bar = Bar.NOTHING
        decided.append((bar, one, reader))
    return decided


async def _done(
    context: Context, connection: AsyncConnection, wanted: Sequence[_Wanted]
) -> list[tuple[Bar, _Wanted, Subscriber | None]]:
    decided = await _decided(context, connection, wanted)
    for bar, one, reader in decided:
        if bar is Bar.KEEP_OUT:
            key = barred_key(context.token_keys[0], one.address)
            await erasing.add_barred(connection, key, context.clock.now())
        elif reader is not None and bar is Bar.UNSUBSCRIBE:
            await leave_by_hand(context, connection, reader)
        elif reader is not None and bar is Bar.SUPPRESS:
            await bar_by_hand(context, connection, reader, Suppression(one.reason.value))
    return decided
