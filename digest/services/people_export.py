"""Export: every reader with state, dates and choices, as CSV or JSON Lines. `importing` reads both.

Whoever was erased is nobody and in neither.
"""

import csv
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Protocol, TextIO

from digest.domain.cells import guarded
from digest.domain.import_rows import Format
from digest.domain.own_rows import COLUMNS, to_cells, to_object
from digest.domain.subscribers import Subscriber, SubscriberState
from digest.services import audit
from digest.services.context import Context
from digest.services.importing import ImportResult, Rejected
from digest.store import subscribers

_PAGE = 500


async def list_people(
    context: Context, state: SubscriberState | None = None
) -> AsyncIterator[Subscriber]:
    """Yield every reader in the order of their numbers, of one state if told."""
    last = 0
    while True:
        async with context.database.read() as connection:
            page = await subscribers.list_subscribers(connection, last, _PAGE, state)
        if not page:
            return
        for reader in page:
            yield reader
        last = page[-1].id


async def export_people(
    context: Context,
    actor: str,
    file: TextIO,
    kind: Format = Format.CSV,
    *,
    state: SubscriberState | None = None,
    name: str = "",
) -> int:
    """Write the readers to a file; return how many. ``name`` is the file's for the audit log.

    The audit log has it before the first line is written.
    """
    detail = {"format": kind.value} | ({"state": state.value} if state else {})
    async with context.database.write() as connection:
        shown = f"file {name or 'without a name'}"
        await audit.note(
            connection, context.clock.now(), actor, "subscribers.export", shown, detail
        )
    table = csv.DictWriter(file, COLUMNS, lineterminator="\n") if kind is Format.CSV else None
    if table:
        table.writeheader()
    count = 0
    async for reader in list_people(context, state):
        if table:
            table.writerow(to_cells(reader))
        else:
            _write_object(file, to_object(reader))
        count += 1
    return count


class Rejecting(Protocol):
    """What an import of any list came to."""

    @property
    def rejected(self) -> Sequence[Rejected]:
        """Return the lines that came to nothing."""
        ...


def write_rejected(file: TextIO, result: Rejecting) -> None:
    """Write the rejected lines as they were, with line and error: mended, they are imported again.

    A table becomes CSV, JSON becomes JSON Lines.
    """
    if isinstance(result, ImportResult) and result.is_json:
        for one in result.rejected:
            _write_object(file, {**one.cells, "line": one.line, "error": one.reason})
        return
    names = dict.fromkeys(name for one in result.rejected for name in one.cells)
    columns = [*(name for name in names if name not in ("line", "error")), "line", "error"]
    table = csv.DictWriter(file, columns, restval="", lineterminator="\n")
    table.writeheader()
    for one in result.rejected:
        # on one line: a row of several is taken for one whose quote is not closed
        told = {name: " ".join(str(cell).splitlines()) for name, cell in one.cells.items()}
        cells = {name: guarded(cell) for name, cell in told.items()}
        table.writerow(cells | {"line": one.line, "error": guarded(one.reason)})


def _write_object(file: TextIO, value: Mapping[str, Any]) -> None:
    # escaped: half a character of a rejected line could not be written otherwise
    text = json.dumps(value, ensure_ascii=False)
    file.write((text if text.isprintable() else json.dumps(value)) + "\n")
