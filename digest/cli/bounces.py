"""`digest bounces`: what mails that came back say."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from digest.cli.common import JsonOption, UsageError, out, print_json_lines
from digest.domain.reports import MailReport
from digest.mail.bounces.parse import read_report

app = typer.Typer(no_args_is_help=True, help="Mails that came back: bounces and complaints.")


@app.callback()
def _group() -> None:
    """Keep `parse` a command of its own while it is the only one."""


@app.command()
def parse(
    files: Annotated[
        list[str], typer.Argument(help="Mails as they came, one a file; - reads standard input.")
    ],
    json: JsonOption = False,
) -> None:
    """Tell for each mail what it is, whom it is about, and whether that is for good."""
    reports = [(file, read_report(_bytes_of(file))) for file in files]
    if json:
        print_json_lines(_line(file, report) for file, report in reports)
        return
    table = Table("file", "kind", "address", "status", "for good", "reason", box=None)
    for file, report in reports:
        for row in _rows(report):
            table.add_row(*(cell.replace("[", "\\[") for cell in (file, report.kind, *row)))
    out.print(table)


def _line(file: str, report: MailReport) -> dict[str, Any]:
    recipients = [
        {"address": one.address, "status": one.status, "hard": one.hard, "reason": one.reason}
        for one in report.recipients
    ]
    return {"file": file, "kind": report.kind, "recipients": recipients}


def _rows(report: MailReport) -> list[tuple[str, str, str, str]]:
    rows = [
        (one.address, one.status, "yes" if one.hard else "no", report.feedback or one.reason.value)
        for one in report.recipients
    ]
    return rows or [("", "", "", "")]


def _bytes_of(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    path = Path(file)
    if path.is_dir():
        raise UsageError(f"{file} is a folder; name the mails in it: {file.rstrip('/')}/*")
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror or error}") from error
