"""`digest templates`: the looks of mails and pages, and an operator's own in their place."""

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from digest.bootstrap.looks import (
    NoSuchTemplateError,
    State,
    TemplateState,
    copy_template,
    look_over,
)
from digest.cli.common import (
    Exit,
    JsonOption,
    UsageError,
    err,
    out,
    print_json,
    print_json_lines,
    settings,
)

_MARKS = {
    State.BUILTIN: "[dim]built-in[/]",
    State.OVERRIDE: "[green]override ok[/]",
    State.ADDED: "[green]added[/]",
    State.FAILS: "[red]override fails[/]",
    State.UNKNOWN: "[yellow]unknown name[/]",
}
app = typer.Typer(no_args_is_help=True, help="Templates of mails and pages, and your own instead.")


@app.command()
def check(json: JsonOption = False) -> None:
    """Render every mail and page with samples, in every language (exit code 1: one fails)."""
    states = _look()
    if json:
        print_json_lines(_row(one) for one in states)
    else:
        _print_check(states)
    raise typer.Exit(Exit.FAILED if any(one.bad for one in states) else Exit.DONE)


@app.command("list")
def list_command(json: JsonOption = False) -> None:
    """List every template by name, and which of them files of yours stand in for."""
    states = _look()
    if json:
        print_json_lines({"name": one.name, "state": one.state, "path": one.path} for one in states)
        return
    _print_table(states)


@app.command()
def copy(
    name: Annotated[str, typer.Argument(help="Such as email/digest/body.html.")],
    json: JsonOption = False,
) -> None:
    """Copy a built-in template into templates_dir, to start from; never over a file of yours."""
    chosen = settings()
    try:
        path = copy_template(chosen, name)
    except NoSuchTemplateError as error:
        raise UsageError(str(error)) from None
    except FileExistsError:
        raise UsageError(
            f"{chosen.templates_dir}/{name} is there already and is not written over: take it "
            "away first"
        ) from None
    if json:
        print_json({"name": name, "path": path.absolute()})
        return
    out.print(f"{path} is the built-in one: change it, then", markup=False, soft_wrap=True)
    out.print("`digest templates check` tells whether it works, and a restart puts it in force.")


def _look() -> list[TemplateState]:
    chosen = settings()
    with err.status("Rendering every mail and page"):
        return look_over(chosen)


def _row(one: TemplateState) -> dict[str, object]:
    return {
        "name": one.name,
        "state": one.state,
        "path": one.path,
        "line": one.line or None,
        "reason": one.reason,
        "remedy": one.remedy,
    }


def _print_check(states: list[TemplateState]) -> None:
    _print_table([one for one in states if one.state is not State.BUILTIN])
    for one in states:
        if one.bad:
            place = f"{one.path}, line {one.line}" if one.line else one.path
            out.print(f"\n{place}", style="bold", markup=False, soft_wrap=True)
            out.print(f"  {one.reason}", markup=False, soft_wrap=True)
            out.print(f"  → {one.remedy}", markup=False, soft_wrap=True)
    counts = {state: sum(one.state is state for one in states) for state in State}
    told = ", ".join(f"{n} {state.value}" for state, n in counts.items() if n)
    out.print(f"\nEvery mail and page was rendered: {told}.", soft_wrap=True)


def _print_table(states: list[TemplateState]) -> None:
    if not states:
        return
    table = Table("template", "", box=None, pad_edge=False)
    for one in states:
        table.add_row(escape(one.name), _MARKS[one.state])
    out.print(table)
