"""`digest subscribers`: add, list, approve, remove, erase; `porting` adds import and export."""

from typing import Annotated, Any

import typer
from rich.table import Table

from digest.cli.common import (
    Exit,
    JsonOption,
    NowOption,
    UsageError,
    opened,
    out,
    print_json,
    print_json_lines,
    run,
)
from digest.domain.own_rows import to_object
from digest.domain.preferences import topics_from
from digest.domain.schedule import weekday_names, weekdays_mask
from digest.domain.subscribers import EVERY_DAY, Preferences, Subscriber, SubscriberState
from digest.services import confirming, erasure
from digest.services.people_export import list_people
from digest.services.subscriptions import SubscriptionError, find_reader, subscribe, unsubscribe
from digest.services.topics import load_catalogue

app = typer.Typer(no_args_is_help=True, help="The readers.")
Many = Annotated[list[str], typer.Option()]


@app.command()
def add(
    address: str,
    topic: Annotated[list[str], typer.Option(help="A catalogue topic's slug; repeatable.")] = [],  # noqa: B006  typer copies it
    query: Annotated[list[str], typer.Option(help="An own query; repeatable.")] = [],  # noqa: B006
    author: Annotated[list[str], typer.Option(help="An author to follow; repeatable.")] = [],  # noqa: B006
    category: Annotated[list[str], typer.Option(help="An arXiv category; repeatable.")] = [],  # noqa: B006
    zone: Annotated[str, typer.Option(help="IANA time zone.")] = "UTC",
    hour: Annotated[int, typer.Option(min=0, max=23, help="Local hour.")] = 8,
    weekdays: Annotated[str | None, typer.Option(help="Such as mon,tue,fri.")] = None,
    weekly: Annotated[str | None, typer.Option(help="One weekday, such as mon.")] = None,
    max_papers: Annotated[int | None, typer.Option("--max", help="Papers in a mail.")] = None,
    min_papers: Annotated[int, typer.Option("--min", help="No mail below.")] = 1,
    lang: str = "en",
    full: Annotated[bool, typer.Option("--full", help="Whole abstracts.")] = False,
    unconfirmed: Annotated[bool, typer.Option(help="Ask them to confirm first.")] = False,
    now: NowOption = None,
    json: JsonOption = False,
) -> None:
    """Add a reader, confirmed unless --unconfirmed asks them first."""
    if weekdays and weekly:
        raise UsageError("--weekdays and --weekly exclude each other")

    async def work() -> Any:
        async with opened(now) as app:
            catalogue = await load_catalogue(app.context)
            preferences = Preferences(
                zone=zone,
                hour=hour,
                weekdays=_weekdays(weekdays or weekly),
                max_papers=max_papers or app.context.settings.digest.max_papers,
                min_papers=min_papers,
                language=lang,
                extract="full" if full else "short",
                topics=topics_from(catalogue, topic, query, author, category),
            )
            reader = await subscribe(app.context, address, preferences, confirmed=not unconfirmed)
            return reader, app.context.settings.digest.first_at_once

    added, at_once = run(work)
    if json:
        print_json(added)
    else:
        first = "at once" if at_once else f"at {hour:02}:00 ({zone})"
        then = "is asked to confirm" if unconfirmed else f"gets the first digest {first}"
        out.print(f"{added.address} is reader {added.id} and {then}.", markup=False)


def _weekdays(names: str | None) -> int:
    if not names:
        return EVERY_DAY
    try:
        return weekdays_mask(names.split(","))
    except ValueError as error:
        raise UsageError(str(error)) from error


@app.command(name="list")
def list_command(
    state: Annotated[
        SubscriberState | None, typer.Option(help="Only those in one state, such as waiting.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """List the readers with what they chose."""

    async def work() -> list[Subscriber]:
        async with opened() as app:
            return [reader async for reader in list_people(app.context, state)]

    people = run(work)
    if json:
        print_json_lines(to_object(reader) for reader in people)
        return
    table = Table("id", "address", "state", "when", "topics", box=None)
    for reader in people:
        chosen = reader.preferences
        days = "daily" if chosen.weekdays == EVERY_DAY else ",".join(weekday_names(chosen.weekdays))
        topics = "; ".join(item.name for item in chosen.topics) or "overall trending"
        when = f"{chosen.hour:02d}:00 {chosen.zone}, {days}"
        table.add_row(
            str(reader.id), reader.address, reader.state.value, when, topics.replace("[", "\\[")
        )
    out.print(table if people else "Nobody is subscribed; `digest subscribers add` adds one.")


@app.command()
def approve(
    addresses: Annotated[list[str] | None, typer.Argument(help="Of readers who wait.")] = None,
    everybody: Annotated[bool, typer.Option("--all", help="Whoever waits.")] = False,
    now: NowOption = None,
    json: JsonOption = False,
) -> None:
    """Let in readers who confirmed and wait for the operator (subscribe.mode = "approval")."""
    if bool(addresses) == everybody:
        raise UsageError("name addresses, or say --all")

    async def work() -> list[str]:
        async with opened(now) as app:
            found = [await find_reader(app.context, address) for address in addresses or []]
            chosen = found or [
                reader async for reader in list_people(app.context, SubscriberState.WAITING)
            ]
            for reader in found:
                if reader.state is not SubscriberState.WAITING:
                    raise SubscriptionError(
                        f"{reader.address} does not wait for approval: {reader.state.value}"
                    )
            return [r.address for r in chosen if await confirming.approve(app.context, r.id)]

    let_in = run(work)
    if json:
        print_json({"approved": let_in})
    else:
        out.print("\n".join(let_in) or "Nobody waits.", markup=False)


@app.command()
def remove(address: str, now: NowOption = None, json: JsonOption = False) -> None:
    """Unsubscribe a reader at their wish; what is not sent yet is cancelled."""

    async def work() -> Subscriber:
        async with opened(now) as app:
            reader = await find_reader(app.context, address)
            await unsubscribe(app.context, reader.id, "unsubscribed by the operator")
            return await find_reader(app.context, address)

    left = run(work)
    if json:
        print_json({"id": left.id, "address": left.address, "state": left.state})
    else:
        out.print(f"{left.address} is {left.state.value}.", markup=False)


@app.command()
def erase(address: str, now: NowOption = None, json: JsonOption = False) -> None:
    """Erase everything that names a reader; what stays is a number with dates, for the books."""

    async def work() -> tuple[int, bool]:
        async with opened(now) as app:
            reader = await find_reader(app.context, address)
            return reader.id, await erasure.erase(app.context, reader.id)

    reader_id, finished = run(work)
    if json:
        print_json({"id": reader_id, "erased": finished})
    elif finished:
        out.print(f"Reader {reader_id} is erased.")
    else:
        out.print(f"A mail to reader {reader_id} is on its way; `digest run` erases the rest then.")
    raise typer.Exit(Exit.DONE if finished else Exit.LATER)
