"""`digest papers`: which records are one paper, and taking a merge back."""

import json as jsonlib
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from digest.cli.common import (
    JsonOption,
    UsageError,
    err,
    opened,
    out,
    print_json,
    print_json_lines,
    run,
)
from digest.domain.identifiers import arxiv_id_in, normalise_doi
from digest.domain.identity import Record, dedupe
from digest.services.merges import MergeError, show_paper, split_merged

app = typer.Typer(no_args_is_help=True, help="Papers: duplicates, merges and splits.")


@app.command(name="dedupe")
def dedupe_command(
    file: Annotated[Path, typer.Argument(help="JSON Lines: title, abstract, authors, id, doi.")],
    json: JsonOption = False,
) -> None:
    """Tell for each record which paper it belongs to, and by which rule."""
    lines = _lines(file)
    records = [_record(line, number) for number, line in lines]
    numbers = [number for number, _ in lines]
    with err.status("Comparing"):
        assignments = dedupe(records)
    answers = [
        {
            "line": numbers[found.line - 1],
            "paper": numbers[found.paper - 1],
            "rule": found.rule.value if found.rule else None,
            "score": round(found.score, 4),
        }
        for found in assignments
    ]
    if json:
        print_json_lines(answers)
        return
    merged = [answer for answer in answers if answer["rule"]]
    table = Table("line", "paper", "rule", "score", "title", box=None)
    for answer in merged:
        title = records[numbers.index(int(str(answer["line"])))].title.replace("[", "\\[")
        table.add_row(*(str(answer[k]) for k in ("line", "paper", "rule", "score")), title)
    out.print(f"{len(answers)} records, {len(answers) - len(merged)} papers")
    if merged:
        out.print(table)


@app.command()
def show(paper_id: int, json: JsonOption = False) -> None:
    """Show a paper: its fields with their sources, its listings and what was merged into it."""

    async def work() -> dict[str, Any]:
        async with opened() as app:
            return await show_paper(app.context, paper_id)

    facts = _told(work)
    if json:
        print_json(facts)
        return
    for name, value in facts.items():
        out.print(f"{name}: {value}", markup=False)


@app.command()
def split(paper_id: int, json: JsonOption = False) -> None:
    """Take a merge back: give the id of the paper that was merged into another."""

    async def work() -> str:
        async with opened() as app:
            return await split_merged(app.context, paper_id)

    said = _told(work)
    if json:
        print_json({"paper": paper_id, "split": True})
    else:
        out.print(said, markup=False)


def _told(work: Any) -> Any:
    try:
        return run(work)
    except MergeError as error:
        raise UsageError(str(error)) from error


def _lines(file: Path) -> list[tuple[int, str]]:
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {file}: {error}") from error
    return [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip()]


def _record(line: str, number: int) -> Record:
    try:
        item = jsonlib.loads(line)
    except ValueError as error:
        raise UsageError(f"line {number} is no JSON: {error}") from error
    if not isinstance(item, dict) or not str(item.get("title") or "").strip():
        raise UsageError(f"line {number} needs an object with a title")
    authors = item.get("authors") or ()
    if isinstance(authors, str):
        authors = authors.split(",")
    return Record(
        title=str(item["title"]),
        abstract=str(item.get("abstract") or item.get("summary") or ""),
        authors=tuple(str(author).strip() for author in authors),
        arxiv_id=arxiv_id_in(str(item.get("id") or "")),
        doi=normalise_doi(str(item.get("doi") or "")),
    )
