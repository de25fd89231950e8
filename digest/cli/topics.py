"""`digest topics`: the catalogue, and what a query would match."""

from typing import Annotated

import typer
from rich.table import Table

from digest.catalogue import read_catalogue
from digest.cli.common import JsonOption, NowOption, opened, out, print_json, print_json_lines, run
from digest.domain.tex import tex_to_text
from digest.services.topics import QueryTest, try_query

app = typer.Typer(no_args_is_help=True, help="The topics that readers can follow.")


@app.command(name="list")
def list_command(json: JsonOption = False) -> None:
    """List the catalogue's topics."""
    topics = read_catalogue()
    if json:
        names = ("slug", "name", "group", "description", "query")
        print_json_lines({name: getattr(topic, name) for name in names} for topic in topics)
        return
    table = Table("slug", "name", "query", box=None)
    group = ""
    for topic in topics:
        if topic.group != group:
            group = topic.group
            table.add_row(f"\n[bold]{group}[/bold]", "", "")
        table.add_row(topic.slug, topic.name, topic.query.replace("[", "\\["))
    out.print(table)


@app.command(name="test")
def try_command(
    query: Annotated[str, typer.Argument(help="A query, quoted for the shell.")],
    days: Annotated[int, typer.Option(min=1, max=365)] = 14,
    limit: Annotated[int, typer.Option(min=0, help="How many matches to show.")] = 20,
    now: NowOption = None,
    json: JsonOption = False,
) -> None:
    """Show what a query would have matched among the papers of the last days."""

    async def work() -> QueryTest:
        async with opened(now) as app:
            return await try_query(app.context, query, days)

    found = run(work)
    shown = found.hits[:limit]
    if json:
        print_json(
            {
                "query": found.canonical,
                "looked_at": found.looked_at,
                "matched": len(found.hits),
                "per_day": [{"date": day, "matched": count} for day, count in found.per_day],
                "papers": [
                    {
                        "id": hit.paper.id,
                        "title": hit.paper.title,
                        "url": hit.paper.url,
                        "first_seen_at": hit.paper.first_seen_at,
                        "trend": hit.trend,
                        "why": hit.why,
                    }
                    for hit in shown
                ],
            }
        )
        return
    out.print(
        f"{len(found.hits)} of {found.looked_at} papers of the last {days} days match "
        f"{found.canonical}",
        markup=False,
    )
    table = Table("first seen", "trend", "paper", "why", box=None)
    for hit in shown:
        day = f"{hit.paper.first_seen_at:%Y-%m-%d}"
        title = tex_to_text(hit.paper.title).replace("[", "\\[")
        table.add_row(day, str(hit.trend), title, ", ".join(hit.why).replace("[", "\\["))
    if shown:
        out.print(table)
