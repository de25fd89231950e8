"""`digest books`, `held`, `alarms`, `resume`: what an operator turns to in trouble."""

from collections import Counter
from datetime import timedelta
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from digest.cli.common import (
    Exit,
    JsonOption,
    NowOption,
    UsageError,
    actor,
    err,
    opened,
    out,
    parse_date,
    parse_instant,
    plain,
    print_json,
    print_json_lines,
    run,
    settings,
    when,
)
from digest.locking import sender_lock
from digest.services import alarms, held, resuming
from digest.services.books import Account, read_books
from digest.services.collect import collect_due
from digest.services.resuming import Resumed
from digest.store.alarms import Alarm
from digest.store.held import Held

_BOOKS_DAYS = 7
held_app = typer.Typer(no_args_is_help=True, help="Mails that may or may not have arrived.")
alarms_app = typer.Typer(help="What went wrong and is not over yet.")


def books(
    day: Annotated[str | None, typer.Argument(metavar="[DATE]")] = None,
    now: NowOption = None,
    json: JsonOption = False,
) -> None:
    """Show whether each edition's books balance, and why who got no mail (red: they do not)."""
    asked = parse_date(day) if day else None

    async def work() -> Account:
        async with opened(now) as app:
            today = app.context.clock.now().date()
            first = asked or today - timedelta(days=_BOOKS_DAYS)
            return await read_books(app.context, first, asked or today + timedelta(days=1))

    account = run(work)
    if json:
        each = [
            plain(one) | {"balanced": one.balanced, "settled": one.settled}
            for one in account.editions
        ]
        print_json(plain(account) | {"editions": each, "balanced": account.balanced})
    else:
        _print_books(account)
    raise typer.Exit(Exit.DONE if account.balanced else Exit.FAILED)


def _print_books(account: Account) -> None:
    if not account.editions:
        out.print("No edition was planned on these days.")
        return
    table = Table("edition", "slot", "planned", "states", "books", box=None)
    for one in account.editions:
        mark = "[green]balanced[/]" if one.balanced else "[red]do not balance[/]"
        if one.pruned:
            mark += f", {one.pruned} of the rows pruned since"
        slot = f"{one.hour:02d}:00 {one.zone}"
        table.add_row(one.date, slot, str(one.planned), _words(one.states), mark)
    total = "[green]balanced[/]" if account.balanced else "[red]do not balance[/]"
    table.add_row("total", "", str(account.planned), _words(account.states), total)
    out.print(table)
    for each in account.reasons:
        out.print(f"{each.count} {each.state}: {each.reason or 'NO REASON'}", markup=False)
    if account.repeated:
        out.print(
            f"{account.repeated} handed over again after a lost answer, "
            f"{account.rewritten} of them in other bytes"
        )


def _words(states: dict[str, int]) -> str:
    return ", ".join(f"{count} {state}" for state, count in sorted(states.items()))


@held_app.command(name="list")
def held_list(now: NowOption = None, json: JsonOption = False) -> None:
    """List the held mails, with what to look for in the relay's log."""

    async def work() -> list[Held]:
        async with opened(now) as app:
            return await held.list_held(app.context)

    found = run(work)
    if json:
        print_json_lines(found)
        return
    table = Table("id", "mail", "address", "planned", "relay", "reason", box=None)
    for one in found:
        name = f"{one.kind} {one.key}"
        words = (str(one.id), name, one.address, when(one.planned_at), one.relay or "", one.reason)
        table.add_row(*(escape(word) for word in words))
    out.print(table if found else "No mail is held.")


@held_app.command(name="release")
def held_release(
    ids: Annotated[list[int] | None, typer.Argument(help="As `digest held list` shows.")] = None,
    delivered: Annotated[
        bool | None,
        typer.Option("--delivered/--not-delivered", help="What the relay's log says of them."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Whatever is held.")] = False,
    now: NowOption = None,
    json: JsonOption = False,
) -> None:
    """Say of held mails that they arrived (--delivered) or did not, and are sent then."""
    if bool(ids) == everything:
        raise UsageError("name the ids of held mails, or say --all")
    if delivered is None:
        raise UsageError("say --delivered or --not-delivered; the relay's log knows")
    arrived = delivered

    async def work() -> Counter[str]:
        async with opened(now) as app:
            chosen = ids or [one.id for one in await held.list_held(app.context)]
            return await held.release(app.context, chosen, delivered=arrived, actor=actor())

    became = run(work)
    if json:
        print_json(became)
    else:
        out.print(_words(became) or "No mail is held.")


@alarms_app.callback(invoke_without_command=True)
def alarms_shown(context: typer.Context, now: NowOption = None, json: JsonOption = False) -> None:
    """List the alarms, the open ones first; with `clear KEY` say that one is dealt with."""
    if context.invoked_subcommand is None:
        alarms_list(now, json)


@alarms_app.command(name="list")
def alarms_list(now: NowOption = None, json: JsonOption = False) -> None:
    """List the alarms, the open ones first; exits 1 where one is open."""

    async def work() -> list[Alarm]:
        async with opened(now) as app:
            return await alarms.list_alarms(app.context)

    found = run(work)
    if json:
        print_json_lines(found)
    else:
        table = Table("alarm", "since", "last", "times", "over", "what", box=None)
        for one in found:
            over = when(one.cleared_at) if one.cleared_at else "[red]open[/]"
            last, times = when(one.last_at), str(one.count)
            table.add_row(escape(one.key), when(one.raised_at), last, times, over, escape(one.text))
        out.print(table if found else "There was no alarm.")
    raise typer.Exit(Exit.FAILED if any(not one.cleared_at for one in found) else Exit.DONE)


@alarms_app.command(name="clear")
def alarms_clear(key: str, now: NowOption = None, json: JsonOption = False) -> None:
    """Say that an alarm is dealt with; it comes back where the trouble does."""

    async def work() -> bool:
        async with opened(now) as app:
            return await alarms.clear_alarm(app.context, key)

    cleared = run(work)
    if json:
        print_json({"key": key, "cleared": cleared})
    else:
        out.print("Cleared." if cleared else f"No alarm {key} is open.", markup=False)
    raise typer.Exit(Exit.DONE if cleared else Exit.FAILED)


def resume(
    since: Annotated[
        str | None, typer.Option(help="When the backup was made.", metavar="INSTANT")
    ] = None,
    repeat_ok: Annotated[
        bool, typer.Option("--repeat-ok", help="Papers and mails may come a second time.")
    ] = False,
    join: Annotated[
        bool, typer.Option("--join", help="A further machine: the ledger is well, take its marker.")
    ] = False,
    now: NowOption = None,
    json: JsonOption = False,
) -> None:
    """Take up a restored database: nothing is sent twice, and whoever left stays away.

    The sources are looked at first, so that what was sent since the backup is known again.
    """
    if join and (since or repeat_ok):
        raise UsageError(
            "--join leaves the ledger as it is: --since and --repeat-ok are not for it"
        )
    made = parse_instant(since) if since else None

    async def work() -> tuple[Resumed, int]:
        chosen = settings()
        chosen.data_dir.mkdir(parents=True, exist_ok=True)
        with sender_lock(chosen.data_dir / "sender.lock"):
            async with opened(now, with_settings=chosen) as app:
                if join:
                    return await resuming.join(app.context), 0
                reports = []
                if not repeat_ok:
                    await resuming.refuse_without_need(app.context)
                    with err.status("Looking at the sources"):
                        instant = app.context.clock.now()
                        reports = await collect_due(app.context, app.ingestor, instant, force=True)
                done = await resuming.resume(app.context, since=made, repeat_ok=repeat_ok)
                return done, sum(one.failed for one in reports)

    done, failed = run(work)
    if json:
        print_json(plain(done) | {"sources_failed": failed})
    else:
        _print_resumed(done, failed)
    raise typer.Exit(Exit.PARTLY if failed else Exit.DONE)


def _print_resumed(done: Resumed, failed: int) -> None:
    out.print(
        f"{done.left} readers left again, {done.readers} count {done.papers} papers as seen, "
        f"{done.cancelled} open mails cancelled, {done.skipped} digests skipped; "
        "this database may send again."
    )
    if failed:
        err.print(
            f"{failed} feeds did not answer: what they listed since the backup may come again.",
            style="yellow",
        )
