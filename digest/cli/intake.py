"""`digest bounces take`, `list` and `lift`: what came back, and what it did."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from digest.cli.bounces import app
from digest.cli.common import (
    Exit,
    JsonOption,
    NowOption,
    UsageError,
    actor,
    opened,
    out,
    print_json,
    print_json_lines,
    run,
    when,
)
from digest.domain.subscribers import SubscriberState
from digest.ports import IncomingMail
from digest.services import barring
from digest.services.intake import Taken, Took, take_mail
from digest.services.subscriptions import find_reader
from digest.store import bounces
from digest.store.bounces import ListedBounce


@app.command()
def take(
    files: Annotated[
        list[str], typer.Argument(help="Mails as they came, one a file; - reads standard input.")
    ],
    to: Annotated[
        str | None, typer.Option(help="The address they came to, where the mail does not tell.")
    ] = None,
    now: NowOption = None,
    json: JsonOption = False,
) -> None:
    """Take in mails that came back, as a mail server's alias or pipe does; exits 75 for later."""
    mails = [(file, IncomingMail(None, to, _bytes_of(file))) for file in files]

    async def work() -> list[tuple[str, Taken]]:
        async with opened(now) as app:
            return [(file, await take_mail(app.context, mail, "pipe")) for file, mail in mails]

    found = run(work)
    if json:
        print_json_lines(
            {
                "file": file,
                "took": taken.took,
                "effect": taken.effect,
                "subscriber": taken.subscriber_id,
                "reason": taken.reason,
            }
            for file, taken in found
        )
    else:
        for file, taken in found:
            told = ", ".join(str(part) for part in (taken.took, taken.effect, taken.reason) if part)
            out.print(f"{file}: {told}", markup=False)
    raise typer.Exit(_code([taken for _, taken in found]))


def _code(found: list[Taken]) -> int:
    if any(taken.took is Took.LATER for taken in found):
        return Exit.LATER
    nobodys = sum(taken.took is Took.NOBODYS for taken in found)
    if nobodys == len(found):
        return Exit.FAILED  # the mail server tells whoever wrote that nobody reads it
    return Exit.PARTLY if nobodys else Exit.DONE


def _bytes_of(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror or error}") from error


@app.command(name="list")
def list_command(
    address: Annotated[str | None, typer.Option(help="Of one reader alone.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="The newest so many.")] = 200,
    json: JsonOption = False,
) -> None:
    """List what came back, the newest first: bounces, complaints, and what was lifted."""

    async def work() -> list[ListedBounce]:
        async with opened() as app:
            reader = await find_reader(app.context, address) if address else None
            async with app.database.read() as connection:
                return await bounces.list_bounces(connection, reader.id if reader else None, limit)

    found = run(work)
    if json:
        print_json_lines(found)
        return
    table = Table("when", "address", "what", "by", "said", box=None)
    for row in found:
        what = ", ".join(part for part in (_kind(row), row.status, row.reason) if part)
        cells = (when(row.received_at), row.address, what, row.origin, row.said[:200])
        table.add_row(*(cell.replace("[", "\\[") for cell in cells))
    out.print(table if found else "Nothing came back.")


def _kind(row: ListedBounce) -> str:
    return "hard bounce" if row.hard else row.kind


@app.command()
def lift(address: str, now: NowOption = None, json: JsonOption = False) -> None:
    """Lift what bars an address: a bounce, a complaint, or your own bar.

    After a bounce the digest goes on; after a complaint its reader has to subscribe again.
    """

    async def work() -> SubscriberState | None:
        async with opened(now) as app:
            return await barring.lift(app.context, address, actor=actor())

    state = run(work)
    if json:
        print_json({"address": address, "state": state})
    elif state is SubscriberState.ACTIVE:
        out.print(f"{address} is active again.", markup=False)
    else:
        out.print(f"{address} is not barred any more and may subscribe again.", markup=False)
