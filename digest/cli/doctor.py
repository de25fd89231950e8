"""`digest doctor`: everything an installation needs, one line each, from green to red."""

from collections.abc import Sequence
from itertools import groupby
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from digest.bootstrap import open_instruments
from digest.cli.common import (
    Exit,
    JsonOption,
    NameserverOption,
    UsageError,
    err,
    out,
    print_json_lines,
    run,
)
from digest.cli.common import settings as load
from digest.domain.checkups import Checkup, Level, red
from digest.services.doctor.examine import NoSuchCheckError, examine, group_of
from digest.settings import Settings, SettingsError

_MARKS = {
    Level.GREEN: "[green]✓ green[/]",
    Level.YELLOW: "[yellow]! yellow[/]",
    Level.RED: "[red]✗ red[/]",
    Level.SKIPPED: "[dim]– skipped[/]",
}
_CORRECT = "correct that; `digest settings` then shows what is in force"


def doctor(
    only: Annotated[
        list[str] | None,
        typer.Option(help="These checks alone, such as relay or relay/main.", metavar="NAME"),
    ] = None,
    nameserver: NameserverOption = None,
    json: JsonOption = False,
) -> None:
    """Look at everything that has to be right, and say what to do where it is not (exit 1: red)."""
    chosen: Settings | None = None
    try:
        chosen = load()
        found = run(lambda: _examine(chosen, only or (), nameserver))
    except SettingsError as error:
        found = [red("configuration", str(error), _CORRECT)]
    if json:
        print_json_lines(
            {"check": one.name, "level": one.level, "found": one.found, "remedy": one.remedy}
            for one in found
        )
    else:
        _print(found, chosen)
    bad = any(one.level is Level.RED for one in found)
    raise typer.Exit(Exit.FAILED if bad else Exit.DONE)


async def _examine(chosen: Settings, only: Sequence[str], nameserver: str | None) -> list[Checkup]:
    try:
        async with open_instruments(chosen, nameserver) as instruments:
            with err.status("Looking at everything"):
                return await examine(instruments, only)
    except NoSuchCheckError as error:
        raise UsageError(f"--only: {error}") from None
    except ValueError as error:
        raise UsageError(f"--nameserver {nameserver}: {error}") from None


def _print(found: Sequence[Checkup], chosen: Settings | None) -> None:
    table = Table("check", "", "found", box=None, pad_edge=False)
    grouped = groupby(found, lambda one: group_of(one.name, chosen) if chosen else "installation")
    for number, (group, lines) in enumerate(grouped):
        if number:
            table.add_row()
        table.add_row(f"[bold]{escape(group)}[/]")
        for one in lines:
            table.add_row(f"  {escape(one.name)}", _MARKS[one.level], _told(one))
    out.print(table)
    counts = {level: sum(one.level is level for one in found) for level in Level}
    out.print("\n" + ", ".join(f"{n} {level.value}" for level, n in counts.items() if n))


def _told(one: Checkup) -> Text:
    told = Text(one.found)
    if one.remedy:
        told.append(f"\n→ {one.remedy}", style="bold")
    return told
