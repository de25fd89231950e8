"""`digest topics`: the topics in force, the operator's own, and what a query would match."""

from typing import Annotated, Any

import typer
from rich.table import Table

from digest.cli.common import (
    JsonOption,
    NowOption,
    UsageError,
    actor,
    opened,
    out,
    print_json,
    print_json_lines,
    run,
)
from digest.domain.tex import tex_to_text
from digest.services.query_trial import QueryTest, try_query
from digest.services.topics import list_in_force, retire_topic, save_topic
from digest.store.topics import StoredTopic

app = typer.Typer(no_args_is_help=True, help="The topics that readers can follow.")


@app.command(name="list")
def list_command(json: JsonOption = False) -> None:
    """List the topics in force: those that ship, and the operator's own."""

    async def work() -> list[StoredTopic]:
        async with opened() as app:
            return await list_in_force(app.context)

    topics = run(work)
    if json:
        print_json_lines(_shown(topic) for topic in topics)
        return
    table = Table("slug", "name", "query", box=None)
    group = ""
    for topic in topics:
        if topic.group != group:
            group = topic.group
            table.add_row(f"\n[bold]{_plain(group)}[/bold]", "", "")
        table.add_row(topic.slug, _plain(topic.name), _plain(topic.query))
    out.print(table)


def _plain(text: str) -> str:
    return text.replace("[", "\\[")


def _shown(topic: StoredTopic) -> dict[str, Any]:
    names = ("slug", "name", "group", "description", "query", "version", "origin")
    return {name: getattr(topic, name) for name in names}


@app.command(name="set")
def set_command(
    slug: Annotated[str, typer.Argument(help="Small letters, digits and hyphens; for ever.")],
    name: Annotated[str | None, typer.Option(help="What readers see.")] = None,
    group: Annotated[str | None, typer.Option(help="The heading it stands under.")] = None,
    description: Annotated[str | None, typer.Option(help="One sentence.")] = None,
    query: Annotated[str | None, typer.Option(help="What it matches; readers follow.")] = None,
    json: JsonOption = False,
) -> None:
    """Add a topic of your own or change any topic; what is left out stays as it is."""

    async def work() -> StoredTopic:
        async with opened() as app:
            held = {topic.slug: topic for topic in await list_in_force(app.context)}.get(slug)
            if held is None and None in (name, group, query):
                raise UsageError("a new topic needs --name, --group and --query")
            given = {"name": name, "group": group, "description": description, "query": query}
            told: dict[str, Any] = {
                key: str(getattr(held, key, "")) if value is None else value
                for key, value in given.items()
            }
            return await save_topic(app.context, slug, **told, actor=actor())

    saved = run(work)
    if json:
        print_json(_shown(saved))
    else:
        out.print(f"{saved.slug} is in force, version {saved.version}.", markup=False)


@app.command(name="retire")
def retire_command(slug: str, json: JsonOption = False) -> None:
    """Take a topic out of use; readers who follow it keep its query as their own."""

    async def work() -> StoredTopic:
        async with opened() as app:
            return await retire_topic(app.context, slug, actor=actor())

    retired = run(work)
    if json:
        print_json(_shown(retired))
    else:
        out.print(f"{retired.slug} is out of use.", markup=False)


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
