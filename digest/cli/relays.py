"""`digest relays`: whether the relays of the settings let us in."""

from collections.abc import Sequence

import typer
from rich.table import Table

from digest.bootstrap import check_relays
from digest.cli.common import Exit, JsonOption, UsageError, err, out, print_json_lines, run, when
from digest.cli.common import settings as load
from digest.ports import RelayFinding
from digest.services.relay_status import RelayStatus

app = typer.Typer(no_args_is_help=True, help="The servers that take our mail.")


@app.callback()
def _group() -> None:
    """Keep `check` a word of its own while it is the only command."""


@app.command()
def check(name: str = typer.Argument("", help="One relay."), json: JsonOption = False) -> None:
    """Connect to each relay, encrypt and log in as a send would; no mail is sent."""

    async def work() -> list[RelayFinding]:
        chosen = load()
        names = [relay.name for relay in chosen.relays if name in ("", relay.name)]
        if not names:
            raise UsageError(f"there is no relay {name!r} in the settings")
        with err.status("Trying the relays"):
            return await check_relays(chosen, names)

    found = run(work)
    if json:
        print_json_lines(found)
    else:
        for one in found:
            _print_finding(one)
    failed = sum(bool(one.failure) for one in found)
    if failed:
        raise typer.Exit(Exit.FAILED if failed == len(found) else Exit.PARTLY)


def _print_finding(one: RelayFinding) -> None:
    out.print(f"{one.name} ({one.host}:{one.port})", style="bold", markup=False)
    if one.failure:
        out.print(f"  failed: {one.failure}", style="red", markup=False, soft_wrap=True)
        return
    checked = "certificate checked" if one.verified else "certificate NOT checked"
    out.print(f"  TLS: {f'{one.tls}, {checked}' if one.tls else 'none'}", markup=False)
    out.print(f"  logged in by: {one.auth or 'nothing, no user name is set'}", markup=False)
    out.print(f"  offers: {', '.join(one.extensions) or 'no extensions'}", markup=False)
    if one.size_limit:
        out.print(f"  largest message: {one.size_limit} octets", markup=False)
    for sentence in one.advice:
        out.print(f"  {sentence}", style="yellow", markup=False)


def print_relays(relays: Sequence[RelayStatus]) -> None:
    """Print a line a relay, and one for each provider that is held back."""
    table = Table("relay", "state", "failures", "mails/min", "today", "trouble", box=None)
    for one in relays:
        table.add_row(
            one.name, _state(one.paused_until is not None, when(one.paused_until)),
            str(one.failures), _rate(one.rate_per_minute),
            "" if one.sent_today is None else f"{one.sent_today} of {one.cap_today or 'any'}",
            one.trouble.replace("[", "\\["),
        )  # fmt: skip
        for provider in one.providers:
            paused = _state(provider.paused_until is not None, when(provider.paused_until))
            table.add_row(f"  to {provider.name}", paused, "", _rate(provider.rate_per_minute))
    out.print(table)


def _state(paused: bool, until: str) -> str:
    return f"[yellow]paused until {until}[/]" if paused else "[green]in use[/]"


def _rate(per_minute: float | None) -> str:
    return "no limit" if per_minute is None else f"{per_minute:g}"
