"""`digest subscribers import` and `export`: readers by file, ours, listmonk's and Mailman's."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import Annotated, BinaryIO, TextIO

import typer
from rich.progress import Progress

from digest.cli.common import (
    Exit,
    JsonOption,
    UsageError,
    actor,
    err,
    opened,
    out,
    plain,
    print_json,
    run,
)
from digest.cli.people import app
from digest.domain.import_plan import Options
from digest.domain.import_rows import Format, Standing
from digest.domain.subscribers import Preferences, SubscriberState
from digest.services.import_files import ImportFileError
from digest.services.importing import ImportResult, import_people
from digest.services.people_export import export_people, write_rejected

KindOption = Annotated[
    Format | None, typer.Option("--format", help="What the file is, if it does not tell.")
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Tell what would be done, and do nothing.")
]
ConfirmedOption = Annotated[
    bool, typer.Option("--confirmed", help="You say that all agreed of whom it does not tell.")
]
InviteOption = Annotated[
    bool, typer.Option("--invite", help="Ask those by mail who did not confirm.")
]
UnconfirmedOption = Annotated[
    bool, typer.Option("--unconfirmed", help="Ask each by mail, whatever the file says.")
]
UpdateOption = Annotated[
    bool, typer.Option("--update", help="Let the file change who is a reader already.")
]
StandingOption = Annotated[
    Standing | None, typer.Option("--as", help="Where everybody of the file stands.")
]
TopicOption = Annotated[
    list[str] | None, typer.Option(help="A slug, for those without topics; repeatable.")
]
MapOption = Annotated[
    list[str] | None,
    typer.Option("--map", help="A list there, a topic here; repeatable.", metavar="LIST=SLUG"),
]
ZoneOption = Annotated[str, typer.Option(help="IANA time zone, for those without.")]
HourOption = Annotated[int, typer.Option(min=0, max=23, help="For those without.")]
LangOption = Annotated[str, typer.Option(help="For those without.")]
ReportOption = Annotated[
    Path | None, typer.Option(help="Write rejected lines there, to mend and import again.")
]
_SHOWN = 200  # rejected lines on the screen; a report has them all
FileArgument = Annotated[Path, typer.Argument(help="`-` reads standard input.")]


@app.command(name="import")
def import_command(
    file: FileArgument,
    kind: KindOption = None,
    dry_run: DryRunOption = False,
    confirmed: ConfirmedOption = False,
    invite: InviteOption = False,
    unconfirmed: UnconfirmedOption = False,
    update: UpdateOption = False,
    standing: StandingOption = None,
    topic: TopicOption = None,
    map_: MapOption = None,
    zone: ZoneOption = "UTC",
    hour: HourOption = 8,
    lang: LangOption = "en",
    report: ReportOption = None,
    json: JsonOption = False,
) -> None:
    """Take in readers of a file: CSV or JSON of ours, of listmonk, or of Mailman.

    Whoever left or was barred, there or here, is not mailed. Readers stay as they are without
    --update; those added get their first digest at their hour. Lines that cannot be used are told,
    the others count (exit 3).
    """
    options = Options(
        confirmed=confirmed,
        invite=invite,
        ask_everybody=unconfirmed,
        update=update,
        topics=tuple(topic or ()),
        lists=_pairs(map_ or []),
        standing=standing,
    )
    chosen = Preferences(zone=zone, hour=hour, language=lang)
    try:
        done = run(lambda: _import(file, options, chosen, kind, dry_run=dry_run))
    except ImportFileError as error:
        raise UsageError(f"{file}: {error}") from error
    if report:
        with private(report) as target:
            write_rejected(target, done)
    _print_result(done, json=json)
    raise typer.Exit(_code(done))


async def _import(
    file: Path, options: Options, chosen: Preferences, kind: Format | None, *, dry_run: bool
) -> ImportResult:
    async with opened() as app:
        most = app.context.settings.digest.max_papers
        with sought(file) as source, Progress(console=err, transient=True) as progress:
            task = progress.add_task("Reading people", total=None)
            return await import_people(
                app.context,
                actor(),
                source,
                options,
                defaults=replace(chosen, max_papers=most),
                wanted=kind,
                name=file.name,
                dry_run=dry_run,
                on_rows=lambda rows: progress.update(task, completed=rows),
            )


def _pairs(texts: list[str]) -> dict[str, str]:
    pairs = {}
    for text in texts:
        name, equals, slug = text.rpartition("=")
        if not (name.strip() and equals and slug.strip()):
            raise UsageError(f"--map {text!r} must be LIST=SLUG, such as News=mixture-of-experts")
        pairs[name.strip()] = slug.strip()
    return pairs


def _print_result(done: ImportResult, *, json: bool) -> None:
    rejected = [
        {"line": one.line, "address": one.address, "error": one.reason} for one in done.rejected
    ]
    if json:
        hidden = ("rejected", "is_json")
        told = {name: value for name, value in plain(done).items() if name not in hidden}
        print_json(told | {"rejected": rejected})
        return
    for one in done.rejected[:_SHOWN]:
        err.print(f"line {one.line}: {one.address}: {one.reason}", markup=False, soft_wrap=True)
    if len(done.rejected) > _SHOWN:
        err.print(f"and {len(done.rejected) - _SHOWN} more; --report FILE has them all")
    if done.unmapped:
        lists = ", ".join(done.unmapped[:20])
        err.print(
            f"lists without a topic here: {lists}; --map LIST=SLUG gives one",
            markup=False,
            soft_wrap=True,
        )
    names = ("invited", "updated", "unchanged", "left", "barred")
    counts = [f"{n} {name}" for name in names if (n := getattr(done, name))]
    shown = ", ".join([f"{done.added} added", *counts, f"{len(done.rejected)} rejected"])
    said = f"Dry run, nothing is written: {shown}." if done.dry_run else f"{shown}."
    out.print(said, soft_wrap=True)


def _code(done: ImportResult) -> int:
    if not done.rejected:
        return Exit.DONE
    return Exit.PARTLY if done.accepted or done.unchanged else Exit.FAILED


@contextmanager
def sought(file: Path) -> Iterator[BinaryIO]:
    """Give a file that can be sought; standard input is kept in one for the time."""
    if str(file) == "-":
        with TemporaryFile() as kept:
            shutil.copyfileobj(sys.stdin.buffer, kept)
            yield kept
        return
    try:
        source = file.open("rb")
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}") from error
    with source:
        yield source


@contextmanager
def private(file: Path) -> Iterator[TextIO]:
    """Give a file to write addresses to, which only its owner may read; `-` is standard output."""
    if str(file) == "-":
        yield sys.stdout
        return
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as target:
        yield target


@app.command(name="export")
def export_command(
    file: Annotated[Path, typer.Argument(help="`-` writes to standard output.")] = Path("-"),
    state: Annotated[SubscriberState | None, typer.Option(help="Only those in one state.")] = None,
    json: JsonOption = False,
) -> None:
    """Write the readers with states, dates and choices as CSV, or as JSON Lines with --json."""

    async def work() -> int:
        async with opened() as app:
            with private(file) as target:
                kind = Format.JSON if json else Format.CSV
                return await export_people(
                    app.context, actor(), target, kind, state=state, name=file.name
                )

    count = run(work)
    if str(file) != "-" and not json:
        out.print(f"{count} readers written to {file}.", markup=False)
