"""`digest admin`: the accounts that open the admin pages."""

import sys
from collections.abc import Awaitable, Callable
from io import StringIO
from pathlib import Path
from typing import Annotated

import segno
import typer
from rich.table import Table

from digest.cli.common import (
    JsonOption,
    UsageError,
    actor,
    err,
    opened,
    out,
    print_json,
    print_json_lines,
    run,
    settings,
    when,
)
from digest.domain.operators import Operator, OperatorError, checked_name, checked_password
from digest.services import operators
from digest.services.codes import Codes
from digest.services.context import Context
from digest.services.operators import NewAccount
from digest.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Accounts of the admin pages at /admin.")
NameArgument = Annotated[str, typer.Argument(metavar="NAME")]
PasswordFile = Annotated[
    Path | None,
    typer.Option(help="Read the password from this file (- is standard input); else it is asked."),
]


@app.command()
def create(
    name: NameArgument, password_file: PasswordFile = None, json: JsonOption = False
) -> None:
    """Make an account; its codes for the telephone are shown now and never again."""
    loaded = settings()
    password = _password(checked_name(name), password_file)

    async def work() -> NewAccount:
        async with opened(with_settings=loaded) as opening:
            return await operators.create_account(opening.context, name, password, actor())

    made = run(work)
    if json:
        print_json(_shown_codes(made.name, made.codes))
        return
    out.print(f"[green]made[/] the account {made.name}", highlight=False)
    _print_codes(made.codes)
    out.print(f"Sign in at {_address(loaded)}", soft_wrap=True, markup=False)


@app.command("list")
def list_accounts(json: JsonOption = False) -> None:
    """List the accounts."""

    async def work() -> list[Operator]:
        async with opened() as opening:
            return await operators.list_accounts(opening.context)

    found = run(work)
    if json:
        print_json_lines(_shown(one) for one in found)
        return
    if not found:
        out.print("No account yet: `digest admin create NAME` makes one.")
        return
    table = Table("name", "signs in by", "recovery codes left", "made", "state", box=None)
    for one in found:
        by = "password and code" if one.password_hash else "OpenID"
        left = str(len(one.recovery)) if one.password_hash else "–"
        state = "disabled" if one.disabled_at else "active"
        table.add_row(one.name, by, left, when(one.created_at), state)
    out.print(table)


@app.command()
def password(
    name: NameArgument, password_file: PasswordFile = None, json: JsonOption = False
) -> None:
    """Set a new password, which ends the account's sessions."""
    fresh = _password(name, password_file)

    async def work() -> None:
        async with opened() as opening:
            await operators.set_password(opening.context, name, fresh, actor())

    run(work)
    _say(name, "The password is set, and the sessions of before are ended.", json=json)


@app.command()
def codes(name: NameArgument, json: JsonOption = False) -> None:
    """Make new one-time and recovery codes, for a lost telephone; ends the account's sessions."""

    async def work() -> Codes:
        async with opened() as opening:
            return await operators.renew_codes(opening.context, name, actor())

    made = run(work)
    if json:
        print_json(_shown_codes(name, made))
    else:
        _print_codes(made)


@app.command()
def disable(name: NameArgument, json: JsonOption = False) -> None:
    """Let an account sign in no more, and end its sessions."""
    _do(operators.disable_account, name)
    _say(name, f"{name} cannot sign in any more.", json=json)


@app.command()
def enable(name: NameArgument, json: JsonOption = False) -> None:
    """Let an account sign in again."""
    _do(operators.enable_account, name)
    _say(name, f"{name} can sign in again.", json=json)


@app.command()
def remove(name: NameArgument, json: JsonOption = False) -> None:
    """Delete an account; what it did stays in the audit log."""
    _do(operators.remove_account, name)
    _say(name, f"{name} is removed.", json=json)


def _do(deed: Callable[[Context, str, str], Awaitable[None]], name: str) -> None:
    async def work() -> None:
        async with opened() as opening:
            await deed(opening.context, name, actor())

    run(work)


def _say(name: str, sentence: str, *, json: bool) -> None:
    if json:
        print_json({"name": name})
    else:
        out.print(sentence, markup=False)


def _password(name: str, file: Path | None) -> str:
    if file is None:
        if not sys.stdin.isatty():
            raise UsageError("give --password-file FILE (- for standard input), or use a terminal")
        return _asked_password(name)
    text = sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")
    return checked_password(text.rstrip("\r\n"), name)


def _asked_password(name: str) -> str:
    while True:
        try:
            typed = checked_password(typer.prompt("Password", hide_input=True, err=True), name)
        except OperatorError as error:
            err.print(str(error), style="red", markup=False)
            continue
        if typer.prompt("Once more", hide_input=True, err=True) == typed:
            return typed
        err.print("The two differ.", style="red")


def _print_codes(made: Codes) -> None:
    drawn = StringIO()
    segno.make(made.uri, error="l").terminal(drawn, compact=True, border=2)
    out.print("\nScan this with an app for one-time codes:")
    sys.stdout.write(drawn.getvalue())
    out.print(f"or type its secret: {made.secret}\n", markup=False, soft_wrap=True)
    out.print("Keep these recovery codes; each signs you in once where the telephone is lost:")
    for code in made.recovery:
        out.print(f"  {code}", markup=False)
    out.print("")


def _address(loaded: Settings) -> str:
    return f"{loaded.base_url}/admin"


def _shown(one: Operator) -> dict[str, object]:
    return {
        "name": one.name,
        "openid": one.password_hash is None,
        "recovery_left": len(one.recovery),
        "created_at": one.created_at,
        "disabled_at": one.disabled_at,
    }


def _shown_codes(name: str, made: Codes) -> dict[str, object]:
    return {"name": name, "secret": made.secret, "uri": made.uri, "recovery": made.recovery}
