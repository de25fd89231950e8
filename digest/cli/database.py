"""`digest db`: the database's revision."""

from typing import Annotated

import typer
from rich.table import Table

from digest.bootstrap import open_app
from digest.cli.common import Exit, JsonOption, UsageError, err, out, print_json, run, settings
from digest.clocks import SystemClock
from digest.locking import sender_lock
from digest.services.move import Moving, move
from digest.services.upgrading import bring_up_to_date
from digest.settings.values import database_address
from digest.store.database import Database
from digest.store.migrate import current_revision, head_revision
from digest.store.vacuuming import vacuum

app = typer.Typer(no_args_is_help=True, help="The database: create, upgrade, show its revision.")


@app.command(name="upgrade")
def upgrade_command(
    rehearsal: Annotated[
        bool, typer.Option(help="Create a database for rehearsals, which never mails in earnest.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Create the database, or bring it to this release's revision."""

    async def work() -> None:
        chosen = settings()
        chosen.data_dir.mkdir(parents=True, exist_ok=True)
        before, after = await bring_up_to_date(chosen)
        async with open_app(chosen, rehearsal=rehearsal) as opened:
            marked = opened.rehearsal
        if json:
            print_json({"before": before, "after": after, "rehearsal": marked})
        elif before == after:
            out.print(f"The database is at revision {after} already.")
        else:
            kind = " for rehearsals" if marked else ""
            out.print(f"The database{kind} is at revision {after} now (before: {before or 'new'}).")

    run(work)


@app.command()
def current(json: JsonOption = False) -> None:
    """Show the database's revision and this release's."""

    async def work() -> int:
        chosen = settings()
        held, head = await _held_revision(chosen.database_url), head_revision()
        if json:
            print_json({"current": held, "head": head})
        else:
            out.print(f"database: {held or 'not created'}, this release: {head}")
        return Exit.DONE if held == head else Exit.FAILED

    raise typer.Exit(run(work))


async def _held_revision(url: str) -> str | None:
    """Return the revision, and let no empty file come into being where there is no database."""
    database = Database(url)
    await database.close()
    absent = database.path is not None and not database.path.exists()
    return None if absent else await current_revision(url)


@app.command(name="vacuum")
def vacuum_command(json: JsonOption = False) -> None:
    """Give the room back that rows left in SQLite's file; `digest run` has to be stopped."""
    chosen = settings()
    database = Database(chosen.database_url)
    run(database.close)
    path = database.path
    if path is None:
        raise UsageError("PostgreSQL sees to this by itself (autovacuum)")
    if not path.is_file():
        raise UsageError(f"there is no database {path}; `digest db upgrade` makes one")
    with sender_lock(chosen.data_dir / "sender.lock"), err.status("Writing the database anew"):
        before, after = vacuum(path)
    if json:
        print_json({"before_bytes": before, "after_bytes": after})
    else:
        out.print(f"{before / 1e6:.1f} MB before, {after / 1e6:.1f} MB now.")


@app.command()
def migrate(
    to: Annotated[str, typer.Option(help="An empty PostgreSQL database: postgresql://...")],
    json: JsonOption = False,
) -> None:
    """Carry everything from SQLite to PostgreSQL; nothing is sent twice afterwards."""
    try:
        target = database_address(to)
    except ValueError as error:
        raise UsageError(f"--to: {error}") from None
    chosen = settings()

    async def work() -> Moving:
        with sender_lock(chosen.data_dir / "sender.lock"), err.status("Carrying the rows over"):
            return await move(chosen, target, SystemClock().now())

    moving = run(work)
    if json:
        print_json(moving)
        return
    table = Table("table", "rows", box=None)
    for one in moving.tables:
        table.add_row(one.table, f"{one.rows:,}")
    out.print(table)
    out.print("Now put the new database_url into the settings and start digest again.")
