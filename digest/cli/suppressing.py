"""`digest bounces export` and `import`: the list of addresses that must not be mailed, by file."""

from pathlib import Path
from typing import Annotated

import typer

from digest.cli import intake
from digest.cli.bounces import app
from digest.cli.common import Exit, JsonOption, UsageError, actor, err, opened, out, plain, run
from digest.cli.common import print_json as print_object
from digest.cli.porting import DryRunOption, FileArgument, private, sought
from digest.services.import_files import ImportFileError
from digest.services.suppression_list import (
    BarResult,
    ExportedBars,
    export_barred,
    import_barred,
)

__all__ = ["app", "intake"]  # whose commands are of the same group


@app.command(name="export")
def export_command(
    file: Annotated[Path, typer.Argument(help="`-` writes to standard output.")] = Path("-"),
    json: JsonOption = False,
) -> None:
    """Write whoever must not be mailed as CSV: barred, complained, unsubscribed."""
    if json and str(file) == "-":
        raise UsageError("--json tells what was written to a file: name one")

    async def work() -> ExportedBars:
        async with opened() as app:
            with private(file) as target:
                return await export_barred(app.context, actor(), target, name=file.name)

    done = run(work)
    if json:
        print_object({"file": file} | plain(done))
        return
    if done.nameless:
        err.print(
            f"{done.nameless} more are barred by a hash alone: nobody knows their addresses.",
            markup=False,
            soft_wrap=True,
        )
    if str(file) != "-":
        out.print(f"{done.written} addresses written to {file}.", markup=False)


@app.command(name="import")
def import_command(
    file: FileArgument,
    dry_run: DryRunOption = False,
    json: JsonOption = False,
) -> None:
    """Keep the addresses of a list from being mailed until `digest bounces lift` lifts it.

    The file has columns `address` (or `email`) and `reason`, or an address a line.
    """

    async def work() -> BarResult:
        async with opened() as app:
            with sought(file) as source:
                return await import_barred(
                    app.context, actor(), source, name=file.name, dry_run=dry_run
                )

    try:
        done = run(work)
    except ImportFileError as error:
        raise UsageError(f"{file}: {error}") from error
    rejected = [
        {"line": one.line, "address": one.address, "error": one.reason} for one in done.rejected
    ]
    if json:
        print_object(plain(done) | {"rejected": rejected})
    else:
        for one in done.rejected:
            err.print(f"line {one.line}: {one.address}: {one.reason}", markup=False, soft_wrap=True)
        told = (
            f"{done.barred} readers barred, {done.unsubscribed} unsubscribed, {done.kept_out} "
            f"addresses kept out, {done.unchanged} unchanged, {len(rejected)} rejected."
        )
        said = f"Dry run, nothing is written: {told}" if dry_run else told
        out.print(said, soft_wrap=True)
    used = done.rows > len(rejected)
    raise typer.Exit(Exit.DONE if not rejected else Exit.PARTLY if used else Exit.FAILED)
