"""The day table of the demonstration: what each reader's digest was made of."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.table import Table
from rich.text import Text

from digest.services.report import ReaderDay


@dataclass(frozen=True)
class DayRow:
    """One reader's day: counts of papers, and the ``reason`` where no mail was sent."""

    date: str
    subscriber: str
    zone: str
    looked_at: int
    matched: int
    already_seen: int
    sent: int
    reason: str = ""


def table_rows(rows: Sequence[ReaderDay]) -> list[DayRow]:
    """Return the ledger's days as the table shows them, in order of date and reader."""
    ordered = sorted(rows, key=lambda row: (row.day, row.address))
    return [
        DayRow(
            date=row.day,
            subscriber=row.address,
            zone=row.zone,
            looked_at=row.looked_at,
            matched=row.matched,
            already_seen=row.already_seen,
            sent=row.sent,
            reason=row.reason if row.state == "sent" else f"{row.state}: {row.reason}",
        )
        for row in ordered
    ]


def render_table(rows: Sequence[DayRow]) -> Table:
    """Return the rows as a table that fits 80 columns, days set apart by an empty line."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("Day", no_wrap=True)
    table.add_column("Subscriber", overflow="fold")
    table.add_column("Zone", overflow="fold")
    for heading in ("Looked\nat", "Matched", "Already\nseen", "Sent"):
        table.add_column(heading, justify="right")
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        counts = [str(n) for n in (row.looked_at, row.matched, row.already_seen)]
        table.add_row(
            Text(row.date),
            _subscriber(row),
            Text(row.zone, style="dim"),
            *counts,
            Text(str(row.sent), style="bold" if row.sent else "dim"),
            end_section=following is not None and following.date != row.date,
        )
    return table


def _subscriber(row: DayRow) -> Text:
    # Text, never markup: an address or a reason with brackets in it stays what it is.
    shown = Text(row.subscriber)
    if row.reason:
        shown.append(f"\n{row.reason}", style="dim italic")
    return shown
