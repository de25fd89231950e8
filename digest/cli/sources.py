"""`digest sources`: list, add, test, pause, resume, remove."""

from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

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
    print_json_lines,
    run,
    when,
)
from digest.services.source_changes import (
    SourceError,
    add_source,
    get_source,
    pause_source,
    remove_source,
    resume_source,
)
from digest.services.source_trial import Trial, TriedFeed, try_source
from digest.services.sources import SourceLine, list_source_lines
from digest.settings import SourceSettings
from digest.settings.added import read_source

app = typer.Typer(no_args_is_help=True, help="Who lists papers.")
COLOURS = {"fresh": "green", "quiet": "green", "stale": "yellow", "broken": "red"}
UrlArgument = Annotated[str | None, typer.Argument(help="Of an RSS, Atom or JSON feed.")]
CategoryOption = Annotated[
    list[str] | None, typer.Option(help="An arXiv category, such as cs.LG; repeatable.")
]


@app.command(name="list")
def list_command(json: JsonOption = False) -> None:
    """List the sources, of the settings and added ones, and how they do."""

    async def work() -> list[SourceLine]:
        async with opened() as app:
            return await list_source_lines(app.context)

    found = run(work)
    if json:
        print_json_lines(found)
        return
    table = Table("source", "kind", "asks", "from", "state", "since", "last entry", box=None)
    for one in found:
        colour = COLOURS.get(one.state, "white")
        state = f"[{colour}]{one.state}[/]" + (f": {escape(one.reason)}" if one.reason else "")
        table.add_row(
            escape(one.name), one.kind, escape(one.asks), one.origin.value, state,
            when(one.since), when(one.last_entry_at),
        )  # fmt: skip
    out.print(table if found else "There is no source; `digest sources add` adds one.")


@app.command()
def add(
    name: str,
    url: UrlArgument = None,
    category: CategoryOption = None,
    poll_minutes: Annotated[
        int | None, typer.Option(min=1, help="Ask again after so many minutes.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Add a source beside those of the settings; `digest sources test` tries it before or after."""
    table = _table(name, url, category)
    if poll_minutes is not None:
        table["poll_minutes"] = poll_minutes

    async def work() -> SourceSettings:
        async with opened() as app:
            return await add_source(app.context, actor(), table)

    added = run(work)
    if json:
        print_json(added.model_dump(mode="json"))
    else:
        out.print(f"{added.name} is added and asked at the next collect run.", markup=False)


@app.command(name="test")
def try_out(
    name: Annotated[str, typer.Argument(help="Of a source; or any, with an address to try.")],
    url: UrlArgument = None,
    category: CategoryOption = None,
    json: JsonOption = False,
) -> None:
    """Ask a source now and show what it lists, keeping nothing; exits 1 if it cannot be read."""

    async def work() -> Trial:
        async with opened() as app:
            if url or category:
                source = _read(_table(name, url, category))
            else:
                one = await get_source(app.context, name)
                if one.settings is None:
                    raise SourceError(f"{name} cannot be used: {one.trouble}")
                source = one.settings
            with err.status("Asking"):
                return await try_source(app.context, source)

    tried = run(work)
    if json:
        print_json(plain(tried) | {"works": tried.works})
    else:
        _print_trial(tried)
    raise typer.Exit(Exit.DONE if tried.works else Exit.FAILED)


def _print_trial(tried: Trial) -> None:
    for one in tried.feeds:
        status = f"HTTP {one.status}" if one.status else "no answer"
        kind = f", {one.content_type}" if one.content_type else ""
        out.print(f"{one.url}\n  {status}{kind}", markup=False, soft_wrap=True)
        for line in _told(one):
            out.print(f"  {line}", markup=False, soft_wrap=True)
    if tried.left_out:
        out.print(f"{tried.left_out} more addresses of it were not asked.")


def _told(one: TriedFeed) -> list[str]:
    if one.failure:
        return [one.failure, f"→ {one.remedy}"]
    lines = [f"{one.entries} entries, the newest of {when(one.newest)}"]
    lines += [f"- {title}" for title in one.titles]
    for words, counts in (("left out", one.dropped), ("odd", one.noted)):
        if counts:
            lines.append(f"{words}: " + ", ".join(f"{n} {why}" for why, n in counts.items()))
    return lines


@app.command()
def pause(name: str, json: JsonOption = False) -> None:
    """Ask a source no more until it is resumed; nobody is alarmed meanwhile."""

    async def work() -> bool:
        async with opened() as app:
            return await pause_source(app.context, actor(), name)

    _print_changed(name, run(work), "paused", "was paused already", json=json)


@app.command()
def resume(name: str, json: JsonOption = False) -> None:
    """Ask a paused source again, from the next collect run on."""

    async def work() -> bool:
        async with opened() as app:
            return await resume_source(app.context, actor(), name)

    _print_changed(name, run(work), "asked again", "was not paused", json=json)


@app.command()
def remove(name: str, json: JsonOption = False) -> None:
    """Take out a source that was added; the papers that it listed stay."""

    async def work() -> bool:
        async with opened() as app:
            await remove_source(app.context, actor(), name)
            return True

    _print_changed(name, run(work), "removed", "", json=json)


def _print_changed(name: str, changed: bool, done: str, nothing: str, *, json: bool) -> None:
    if json:
        print_json({"name": name, "changed": changed})
    else:
        out.print(f"{name} is {done}." if changed else f"{name} {nothing}.", markup=False)


def _table(name: str, url: str | None, categories: list[str] | None) -> dict[str, Any]:
    if (url is None) == (not categories):
        raise UsageError("give the address of a feed, or --category for arXiv")
    if categories:
        return {"name": name, "kind": "arxiv", "categories": categories}
    return {"name": name, "kind": "feed", "url": url}


def _read(table: dict[str, Any]) -> SourceSettings:
    try:
        return read_source(table)
    except ValueError as error:
        raise UsageError(str(error)) from error
