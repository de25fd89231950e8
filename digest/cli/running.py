"""`digest run`, whole or in parts, and its ticks by hand: collect, plan, send."""

from collections import Counter
from functools import partial
from typing import Annotated

import typer
from rich.table import Table

from digest.cli.common import (
    Exit,
    JsonOption,
    NowOption,
    UsageError,
    err,
    opened,
    out,
    print_json,
    print_json_lines,
    run,
    settings,
)
from digest.domain.deliveries import State
from digest.locking import sender_lock
from digest.parts import EVERY_PART, Part
from digest.process import run_forever, stop_on_signals
from digest.services import leases
from digest.services.collect import collect_due
from digest.services.plan import plan_due_slots
from digest.services.send import begin_sending, send_due

OnlyOption = Annotated[
    list[Part] | None, typer.Option(help="This part alone; repeat it for several.")
]
JoinOption = Annotated[
    bool,
    typer.Option("--join", help="A new machine: where data_dir has no marker, take the ledger's."),
]


def run_command(only: OnlyOption = None, join: JoinOption = False) -> None:
    """Everything in one process: look at the sources, plan, send, and serve the web pages.

    With --only, parts of it: scheduler looks, plans and takes in what comes back, sender sends, web
    serves. Several machines share a PostgreSQL database, each with a data_dir of its own.
    """
    run(partial(_run, frozenset(only or EVERY_PART), join=join))


def worker(join: JoinOption = False) -> None:
    """Send, and nothing else: `run --only sender`. Any number of them share a PostgreSQL."""
    run(partial(_run, frozenset({Part.SENDER}), join=join))


async def _run(parts: frozenset[Part], *, join: bool) -> None:
    chosen = settings(staying=True)
    sqlite = chosen.database_url.startswith("sqlite")
    if parts != EVERY_PART and chosen.secret_key is None and not sqlite:
        raise UsageError("parts apart need one key for all links: set secret_key or its file")
    chosen.data_dir.mkdir(parents=True, exist_ok=True)
    # whatever it does: marker and journals in data_dir are one process's, and so is a SQLite file
    with sender_lock(chosen.data_dir / "sender.lock"):
        async with opened(with_settings=chosen) as app:
            if app.rehearsal:
                raise UsageError("this is a rehearsal database, which `run` refuses")
            await run_forever(app, parts, join=join)


def collect(now: NowOption = None, json: JsonOption = False, force: bool = False) -> None:
    """Fetch the sources that are due (--force: all of them) and take in their papers."""

    async def work() -> int:
        async with opened(now) as app:
            instant = app.context.clock.now()
            with err.status("Looking at the sources"):
                reports = await collect_due(app.context, app.ingestor, instant, force=force)
        if json:
            print_json_lines(reports)
        else:
            table = Table(
                "source", "feed", "result", "new", "known", "archived", "dropped", box=None
            )
            for one in reports:
                dropped = ", ".join(f"{n} {why}" for why, n in one.dropped.items())
                table.add_row(
                    one.source,
                    one.feed,
                    one.result,
                    str(one.new),
                    str(one.known),
                    str(one.archived),
                    dropped,
                )
            out.print(table if reports else "No source is due.")
        failed = sum(one.failed for one in reports)
        if failed == len(reports) and failed:
            return Exit.FAILED
        return Exit.PARTLY if failed else Exit.DONE

    raise typer.Exit(run(work))


def plan(now: NowOption = None, json: JsonOption = False) -> None:
    """Plan the editions that are due: one row a reader in the ledger. Sends nothing."""

    async def work() -> None:
        async with opened(now) as app:
            with err.status("Planning"):
                done = await plan_due_slots(app.context, app.context.clock.now())
        if json:
            print_json(done)
        else:
            out.print(
                f"{done.editions} editions, {done.deliveries} digests planned, "
                f"{done.skipped} skipped."
            )

    run(work)


def send(now: NowOption = None, json: JsonOption = False) -> None:
    """Send what is planned and due."""

    async def work() -> int:
        chosen = settings()
        chosen.data_dir.mkdir(parents=True, exist_ok=True)
        with sender_lock(chosen.data_dir / "sender.lock"):
            async with opened(now, with_settings=chosen) as app:
                stop = stop_on_signals()
                with err.status("Sending"):
                    await begin_sending(app.context, wait=True)
                    counts = await send_due(app.context, stop=stop)
                await leases.leave(app.context)
        shown = {str(state): count for state, count in counts.items() if count}
        if json:
            print_json(shown)
        else:
            words = ", ".join(f"{n} {state}" for state, n in shown.items())
            out.print(words or "Nothing was due.")
        return _code(counts)

    raise typer.Exit(run(work))


def _code(counts: Counter[str]) -> int:
    if not any(counts[state] for state in (State.PENDING, State.FAILED, State.HELD)):
        return Exit.DONE
    return Exit.PARTLY if counts[State.SENT] else Exit.LATER
