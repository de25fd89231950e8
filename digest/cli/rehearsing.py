"""`digest rehearse` and `digest preview`: what would be sent, without sending it."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer
from rich.progress import Progress

from digest.bootstrap import App, open_app
from digest.cli.common import (
    Exit,
    JsonOption,
    NowOption,
    UsageError,
    err,
    opened,
    out,
    parse_date,
    print_json,
    print_json_lines,
    run,
    settings,
)
from digest.clocks import SimulatedClock
from digest.demo.table import render_table, table_rows
from digest.domain.fragments import join_fragments
from digest.mail.reading import quoted_printable_text
from digest.mail.render import RenderedDigest
from digest.rehearsal import FileTransport, Simulation, begin
from digest.services.preview import SAMPLE_TOKEN, Preview, preview
from digest.services.report import ReaderDay, list_days
from digest.services.subscriptions import find_reader
from digest.settings import Settings
from digest.settings.relays import is_loopback
from digest.store import meta
from digest.store.copying import copy_for_rehearsal
from digest.store.database import Database

log = structlog.get_logger()


def rehearse(
    first: Annotated[str, typer.Option("--from", metavar="DATE")],
    last: Annotated[str, typer.Option("--to", metavar="DATE")],
    folder: Annotated[Path, typer.Option("--out", help="Where mails are written.")],
    send: Annotated[bool, typer.Option(help="Hand the mails to the relays as well.")] = False,
    to_real_relay: Annotated[
        bool, typer.Option("--to-real-relay", help="With --send: to a relay off this machine.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Run whole days on a simulated clock, with the configured sources and readers.

    Works on a rehearsal database, or else on its own temporary copy of the SQLite one. Days in the
    past begin with an empty archive: what the sources still tell of them is collected anew.
    """
    days = _days(parse_date(first), parse_date(last))
    chosen = settings()
    if send:
        _check_relays(chosen, to_real_relay=to_real_relay)
    folder.mkdir(parents=True, exist_ok=True)

    async def work() -> list[ReaderDay]:
        clock = SimulatedClock(datetime.combine(days[0], time(), UTC))
        transport = None if send else FileTransport(folder)
        async with (
            _rehearsal_settings(chosen) as used,
            open_app(used, clock=clock, transport=transport, seed=0) as app,
        ):
            return await _run_days(app, clock, days)

    rows = run(work)
    if json:
        print_json_lines(rows)
    elif rows:
        out.print(render_table(table_rows(rows)))
        out.print("Sent." if send else f"Mails are in {folder}; nothing was sent.", markup=False)
    else:
        out.print("No edition was due; `digest subscribers list` shows who reads.")
    raise typer.Exit(Exit.DONE)


async def _run_days(app: App, clock: SimulatedClock, days: Sequence[date]) -> list[ReaderDay]:
    end = await begin(app, clock, days[0], days[-1])
    simulation = Simulation(app, clock, last=days[-1])
    start = clock.now()
    with Progress(console=err, transient=True) as progress:
        hours = int((end - start) / timedelta(hours=1)) + 1
        for hour in progress.track(range(1, hours + 1), description="Rehearsing"):
            await simulation.run(min(end, start + timedelta(hours=hour)))
    return await list_days(app.context, days[0], days[-1])


@asynccontextmanager
async def _rehearsal_settings(chosen: Settings) -> AsyncIterator[Settings]:
    """Yield the settings as they are for a rehearsal database, else those of a marked copy."""
    database = Database(chosen.database_url)
    try:
        marked = await _is_marked(database)
    finally:
        await database.close()
    if marked:
        yield chosen
        return
    if database.path is None:
        raise UsageError(
            "this PostgreSQL database is live; give database_url one that was created with "
            "`digest db upgrade --rehearsal`"
        )
    with tempfile.TemporaryDirectory(prefix="digest-rehearsal-") as folder:
        copy = Path(folder) / "digest.sqlite3"
        copy_for_rehearsal(database.path, copy)
        key = chosen.data_dir / "secret.key"
        if key.exists():
            shutil.copy2(key, Path(folder) / "secret.key")
        yield chosen.model_copy(
            update={
                "data_dir": Path(folder),
                "database_url": f"sqlite+aiosqlite:///{copy}",
            }
        )


async def _is_marked(database: Database) -> bool:
    if database.path is not None and not database.path.exists():
        raise UsageError("there is no database yet; `digest db upgrade` creates one")
    async with database.read() as connection:
        return await meta.is_rehearsal(connection)


def _days(first: date, last: date) -> list[date]:
    if last < first:
        raise UsageError(f"--to {last} is before --from {first}")
    if (last - first).days > 366:
        raise UsageError("a rehearsal runs at most a year")
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _check_relays(chosen: Settings, *, to_real_relay: bool) -> None:
    away = [relay.host for relay in chosen.relays if not is_loopback(relay.host)]
    if away and not to_real_relay:
        raise UsageError(
            f"--send would mail through {', '.join(away)}, which is not this machine; "
            "add --to-real-relay if that is meant"
        )


def preview_command(
    address: str,
    html: Annotated[Path | None, typer.Option(help="Write the mail's HTML here.")] = None,
    now: NowOption = None,
    json: JsonOption = False,
) -> None:
    """Show the digest that a reader would get now; nothing is sent or written down."""

    async def work() -> tuple[Preview, RenderedDigest]:
        async with opened(now) as app:
            reader = await find_reader(app.context, address)
            found = await preview(app.context, reader, app.context.clock.now())
            return found, app.context.renderer.render_digest(found.facts, found.view)

    found, rendered = run(work)
    if json:
        print_json(_shown(found, rendered))
        return
    if found.empty_reason:
        out.print(f"No mail: {found.empty_reason}.", markup=False)
        return
    if html is not None:
        html.write_text(_text(rendered.html), "utf-8")
        out.print(f"Written to {html}.", markup=False)
        return
    out.print(f"Subject: {rendered.subject}\n", markup=False)
    out.print(_text(rendered.text), markup=False, soft_wrap=True)


def _shown(found: Preview, rendered: RenderedDigest) -> dict[str, Any]:
    return {
        "subject": rendered.subject if not found.empty_reason else None,
        "empty_reason": found.empty_reason or None,
        "matched": found.facts.matched,
        "already_seen": found.facts.already_seen,
        "papers": [
            {"id": c.paper_id, "title": c.title, "url": c.url, "topic": c.topic, "why": c.why,
             "trend": c.trend}
            for c in found.facts.cards
        ],
    }  # fmt: skip


def _text(fragments: Sequence[Any]) -> str:
    return quoted_printable_text(join_fragments(fragments, SAMPLE_TOKEN))
