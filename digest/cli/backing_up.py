"""`digest backup` and `digest restore`."""

from pathlib import Path
from typing import Annotated

import typer

from digest.cli.common import JsonOption, UsageError, err, out, print_json, run, settings
from digest.clocks import SystemClock
from digest.locking import sender_lock
from digest.services.backup import FOLDER, Restored, Saved, back_up
from digest.services.backup import restore as put_back


def backup(
    folder: Annotated[
        Path | None, typer.Argument(help="Where to; by default `backups` in data_dir.")
    ] = None,
    keep: Annotated[int, typer.Option(min=1, help="So many stay; older ones are removed.")] = 14,
    json: JsonOption = False,
) -> None:
    """Copy the database, while it runs, and open the copy to see that it is whole."""
    chosen = settings()
    where = folder or chosen.data_dir / FOLDER

    async def work() -> Saved:
        with err.status("Copying the database"):
            return await back_up(chosen, where, keep=keep, now=SystemClock().now())

    saved = run(work)
    if json:
        print_json(saved)
        return
    size = f"{saved.size / 1e6:.1f} MB"
    out.print(f"{saved.file} ({size}) is whole.", markup=False, soft_wrap=True)
    if saved.removed:
        out.print(f"{len(saved.removed)} older ones are removed.")


def restore(
    file: Path,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask whether the database may be replaced.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Put a backup in the database's place; nothing is sent until `digest resume`."""
    chosen = settings()
    if not yes and not json:
        typer.confirm(f"Replace the database by {file}?", abort=True)
    elif not yes:
        raise UsageError("--yes is missing: the database is replaced")

    async def work() -> Restored:
        chosen.data_dir.mkdir(parents=True, exist_ok=True)
        with sender_lock(chosen.data_dir / "sender.lock"):
            return await put_back(chosen, file)

    done = run(work)
    if json:
        print_json(done)
        return
    out.print(f"{done.file} is the database now.", markup=False, soft_wrap=True)
    if done.before:
        out.print(f"The one before is kept as {done.before}.", markup=False, soft_wrap=True)
    out.print("It sends nothing yet: say `digest resume`, then start `digest run`.")
