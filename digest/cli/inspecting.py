"""`digest status`, `why`, `settings`: what is, and why."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from digest.cli.common import (
    Exit,
    JsonOption,
    NowOption,
    UsageError,
    opened,
    out,
    parse_date,
    plain,
    print_json,
    print_json_lines,
    run,
    when,
)
from digest.cli.relays import print_relays
from digest.domain.tries import Try
from digest.services.status import Status, read_status, sent_share
from digest.services.subscriptions import find_reader
from digest.services.why import DayAnswer, PaperAnswer, why_day, why_paper, why_recent
from digest.settings import describe, load_settings

_COLOURS = {"fresh": "green", "quiet": "green", "stale": "yellow", "broken": "red"}


def status(now: NowOption = None, json: JsonOption = False) -> None:
    """Show sources, papers, readers, the queue, and whether the last days' books balance."""

    async def work() -> Status:
        async with opened(now) as app:
            return await read_status(app.context)

    found = run(work)
    bad = (
        bool(found.alarms or found.refused)
        or any(not books.balanced for books in found.books)
        or any(source.state == "broken" for source in found.sources)
    )
    bad = bad or any(way.state in ("failing", "silent") for way in found.intake)
    if json:
        verdicts = [{"balanced": one.balanced, "settled": one.settled} for one in found.books]
        books = [plain(one) | verdict for one, verdict in zip(found.books, verdicts, strict=True)]
        print_json(plain(found) | {"books": books})
    else:
        _print_status(found)
    raise typer.Exit(Exit.FAILED if bad else Exit.DONE)


def _print_status(found: Status) -> None:
    if found.refused:
        out.print(f"[red]{escape(found.refused)}[/]\n")
    for alarm in found.alarms:
        out.print(f"[red]alarm[/] {escape(alarm.key)}: {escape(alarm.text)}")
    sources = Table("source", "state", "since", "reason", box=None)
    for one in found.sources:
        colour = _COLOURS.get(one.state, "white")
        sources.add_row(one.name, f"[{colour}]{one.state}[/]", when(one.since), one.reason)
    out.print(sources if found.sources else "No source was looked at yet; `digest collect` does.")
    people = ", ".join(f"{n} {state}" for state, n in found.subscribers.items()) or "none"
    out.print(f"\npapers: {found.papers} known, {found.eligible} may be offered")
    out.print(f"readers: {people}")
    since = f", the oldest since {when(found.waiting_since)}" if found.waiting else ""
    out.print(f"waiting mails: {found.waiting}{since}")
    if found.held:
        out.print(f"held mails: {found.held}; `digest held list` shows them")
    if found.repeated:
        out.print(
            f"sent again after a lost answer: {found.repeated}, "
            f"{found.rewritten} of them in other bytes"
        )
    out.print(f"next edition due: {when(found.next_due_at)}\n")
    print_relays(found.relays)
    if found.intake:
        out.print(_intake_table(found))
    books = Table("edition", "slot", "planned", "sent", "states", "books", box=None)
    for each in found.books[-20:]:
        states = ", ".join(f"{n} {state}" for state, n in each.states.items())
        mark = "[green]balanced[/]" if each.balanced else "[red]do not balance[/]"
        slot = f"{each.hour:02d}:00 {each.zone}"
        books.add_row(each.date, slot, str(each.planned), sent_share(each), states, mark)
    if found.books:
        out.print(books)
    _print_sizes(found)


def _print_sizes(found: Status) -> None:
    sizes = found.sizes
    out.print(
        f"\ndatabase: {_size(sizes.database_bytes)} at revision {found.revision}, "
        f"{_size(sizes.reusable_bytes)} of it free to be used again\n"
        f"backups: {sizes.backups}, {_size(sizes.backups_bytes)}; "
        f"room left: {_size(sizes.free_bytes)}"
    )
    rows = [f"{count:,} {name}" for name, count in sizes.rows.items() if count]
    out.print(f"rows: {', '.join(rows) or 'none'}")


def _size(octets: int) -> str:
    return f"{octets / 1e9:.1f} GB" if octets >= 1e9 else f"{octets / 1e6:.1f} MB"


def _intake_table(found: Status) -> Table:
    table = Table("what comes back", "state", "since", "last", "told", box=None)
    for way in found.intake:
        colour = {"ok": "green", "failing": "red", "silent": "red"}.get(way.state, "white")
        told = way.text.replace("[", "\\[")
        table.add_row(way.name, f"[{colour}]{way.state}[/]", when(way.since), when(way.at), told)
    return table


def why(
    address: str,
    day: Annotated[str | None, typer.Argument(metavar="[DATE]")] = None,
    paper: Annotated[int | None, typer.Option(help="A paper's id.")] = None,
    now: NowOption = None,
    json: JsonOption = False,
) -> None:
    """Tell why a digest, or a paper, came to a reader or did not."""
    asked = parse_date(day) if day else None

    async def work() -> list[DayAnswer] | PaperAnswer:
        async with opened(now) as app:
            reader = await find_reader(app.context, address)
            if paper is None:
                if asked is None:
                    return await why_recent(app.context, reader)
                return [await why_day(app.context, reader, asked)]
            answer = await why_paper(app.context, reader, paper)
        if answer is None:
            raise UsageError(f"there is no paper {paper}")
        return answer

    found = run(work)
    if isinstance(found, PaperAnswer):
        _print_paper(found, json=json)
    elif json:
        print_json_lines(found)
    else:
        for answer in found:
            _print_day(answer, whole=asked is not None)


def _print_paper(answer: PaperAnswer, *, json: bool) -> None:
    if json:
        print_json(answer)
        return
    out.print(f"{answer.title}: {'came' if answer.came else 'did not come'}", markup=False)
    for reason in answer.reasons:
        out.print(f"  {reason}", markup=False)


def _print_day(answer: DayAnswer, *, whole: bool) -> None:
    out.print(f"{answer.day}  {answer.state}: {answer.reason}", markup=False)
    if answer.matched is not None:
        noun = "paper" if answer.matched == 1 else "papers"
        out.print(f"  {answer.matched} {noun} matched, {answer.already_seen} had been sent before")
    if whole:
        for paper_id, title in answer.papers:
            out.print(f"  paper {paper_id}: {title}", markup=False)
        for line in answer.story.lines() if answer.story else ():
            out.print(f"  {line}", markup=False)
        if answer.story and answer.story.tries:
            out.print(Padding(_tries_table(answer.story.tries), (0, 0, 0, 1)))


def _tries_table(tries: Sequence[Try]) -> Table:
    table = Table("tried at", "relay", "stage", "code", "said", "what followed", box=None)
    table.columns[0].no_wrap = True
    for one in tries:
        told = (one.relay, one.stage, str(one.code or ""), one.reply, one.outcome)
        table.add_row(f"{one.at:%Y-%m-%d %H:%M:%S}", *(escape(word) for word in told))
    return table


def settings_command(json: JsonOption = False) -> None:
    """Print the settings in force and where each comes from; secrets are masked."""
    rows = describe(load_settings())
    if json:
        print_json({row.key: {"value": row.value, "from": row.origin} for row in rows})
        return
    table = Table("setting", "value", "from", box=None)
    for row in rows:
        table.add_row(row.key, str(row.value).replace("[", "\\["), row.origin)
    out.print(table)
