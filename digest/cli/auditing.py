"""`digest audit`: what operators did, by page or command."""

import json as json_module
from typing import Annotated

import typer
from rich.table import Table

from digest.cli.common import JsonOption, opened, out, plain, print_json_lines, run, when
from digest.services.audit import AuditLine, list_audit

app = typer.Typer(no_args_is_help=True, help="What operators did.")


@app.callback()
def _group() -> None:
    """Keep `list` a command of its own while it is the only one."""


@app.command(name="list")
def list_command(
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="The newest so many.")] = 100,
    before: Annotated[int | None, typer.Option(help="Of smaller ids alone.")] = None,
    actor: Annotated[str | None, typer.Option(help="Of one alone, such as cli:root.")] = None,
    action: Annotated[
        str | None, typer.Option(help="One action, such as source.add, or all of `source`.")
    ] = None,
    object_: Annotated[
        str | None, typer.Option("--object", help="What it was done to, such as source/arXiv.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """List what operators did, the newest first."""

    async def work() -> list[AuditLine]:
        async with opened() as app:
            return await list_audit(
                app.context, limit=limit, before=before, actor=actor, action=action, object_=object_
            )

    found = run(work)
    if json:
        print_json_lines(found)
        return
    table = Table("id", "when", "who", "did", "to", "with", box=None)
    for line in found:
        told = json_module.dumps(plain(line.detail), ensure_ascii=False) if line.detail else ""
        cells = (str(line.id), when(line.at), line.actor, line.action, line.object, told)
        table.add_row(*(cell.replace("[", "\\[") for cell in cells))
    out.print(table if found else "Nothing was written down yet.")
