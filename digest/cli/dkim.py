"""`digest dkim`: keys that sign the mails, and their records in the DNS."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from digest.bootstrap import signer_of, txt_lookup
from digest.cli.common import (
    Exit,
    JsonOption,
    NameserverOption,
    UsageError,
    err,
    out,
    print_json,
    print_json_lines,
    run,
    settings,
)
from digest.clocks import SystemClock
from digest.domain.dkim_record import DkimRecord, KeyKind, RecordState
from digest.mail.dkim import DkimKey
from digest.mail.dkim_keys import GOOD_BITS, MOST_BITS, make_key, write_key
from digest.ports import TxtLookup
from digest.services.dkim import RecordCheck, check_records
from digest.settings import Settings
from digest.settings.dkim import checked_name
from digest.settings.layers import CONFIG_NAME
from digest.settings.values import ascii_domain
from digest.settings.values import selector as checked_selector

_PLACE_AGAIN = """under the [dkim] that is there, and start digest again. A record whose key has
signed should stay in the DNS for a week more: mails may be under way.
"""
app = typer.Typer(no_args_is_help=True, help="DKIM: keys that sign the mails, and their records.")


@app.command()
def keygen(
    selector: Annotated[
        str, typer.Option(help="Name of the key in the DNS; by default digest with the month.")
    ] = "",
    domain: Annotated[
        str, typer.Option(help="Domain of the record; by default that of the settings.")
    ] = "",
    ed25519: Annotated[
        bool, typer.Option("--ed25519", help="A key for a second signature (RFC 8463).")
    ] = False,
    bits: Annotated[
        int, typer.Option(min=GOOD_BITS, max=MOST_BITS, help="Size of an RSA key.")
    ] = GOOD_BITS,
    file: Annotated[
        Path | None, typer.Option("--out", help="Where the private key is written.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Make a key: write its private half, print the DNS record and the lines for digest.toml.

    Nothing is signed with it until the settings name it: publish the record first.
    """
    chosen = settings()
    kind = KeyKind.ED25519 if ed25519 else KeyKind.RSA
    name = _selector(selector or _of_the_month(kind))
    where = _domain(chosen, domain)
    _check_name(name, where)
    path = file or Path(f"dkim-{name}.pem")
    key = DkimKey(where, name, make_key(kind, bits))
    try:
        write_key(path, key.private)
    except FileExistsError:
        raise UsageError(
            f"{path} exists already, and a key is never written over: give another --selector, "
            "or another place with --out"
        ) from None
    if json:
        print_json(_row(key.record) | {"key_file": path.resolve()})
        return
    out.print(f"The private key is in {path}, for its owner's eyes only.\n", markup=False)
    _print_record(key.record)
    out.print("Once it can be looked up (`digest dkim check` will tell), put into digest.toml")
    out.print(_PLACE_AGAIN if chosen.dkim.selectors else "and start digest again:\n")
    _print_plainly(_toml(chosen, key, path))


@app.command()
def record(json: JsonOption = False) -> None:
    """Print the DNS record of each key that the settings name."""
    records = [key.record for key in _keys(settings())]
    if json:
        print_json_lines(_row(one) for one in records)
        return
    for one in records:
        _print_record(one)


@app.command()
def check(
    nameserver: NameserverOption = None,
    json: JsonOption = False,
) -> None:
    """Ask the DNS whether the record of each key is published (exit code 1 if not)."""
    records = [key.record for key in _keys(settings())]
    lookup = _lookup(nameserver)

    async def work() -> list[RecordCheck]:
        with err.status("Asking the DNS"):
            return await check_records(records, lookup)

    checks = run(work)
    if json:
        print_json_lines(
            {"name": one.record.name, "state": one.verdict.state, "advice": one.verdict.advice}
            for one in checks
        )
    else:
        for one in checks:
            advice = f": {one.verdict.advice}" if one.verdict.advice else ""
            _print_plainly(f"{one.record.name}  {one.verdict.state.value}{advice}")
    raise typer.Exit(_code({one.verdict.state for one in checks}))


def _code(states: set[RecordState]) -> Exit:
    if states == {RecordState.MATCHES}:
        return Exit.DONE
    return Exit.LATER if states <= {RecordState.MATCHES, RecordState.UNKNOWN} else Exit.FAILED


def _lookup(nameserver: str | None) -> TxtLookup:
    try:
        return txt_lookup(nameserver)
    except ValueError as error:
        raise UsageError(f"--nameserver {nameserver}: {error}") from None


def _keys(chosen: Settings) -> tuple[DkimKey, ...]:
    keys = signer_of(chosen).keys
    if not keys:
        raise UsageError(
            "no key is set: `digest dkim keygen` makes one and prints the lines for digest.toml"
        )
    return keys


def _of_the_month(kind: KeyKind) -> str:
    suffix = "" if kind is KeyKind.RSA else f"-{kind.value}"
    return f"digest{SystemClock().now():%Y%m}{suffix}"


def _selector(text: str) -> str:
    try:
        return checked_selector(text)
    except ValueError as error:
        raise UsageError(f"--selector {text}: {error}") from None


def _domain(chosen: Settings, text: str) -> str:
    """Return the domain of a new key, which need not be the one that signs today."""
    if not text and not chosen.dkim.domain and "mail.from" not in chosen.origins:
        raise UsageError("mail.from is not set, which names the domain: set it, or give --domain")
    try:
        return ascii_domain(text) if text else chosen.dkim_domain
    except ValueError as error:
        raise UsageError(f"--domain {text}: {error}" if text else f"dkim: {error}") from None


def _check_name(selector: str, domain: str) -> None:
    try:
        checked_name(selector, domain)
    except ValueError as error:
        raise UsageError(str(error)) from None


def _row(one: DkimRecord) -> dict[str, Any]:
    return {
        "domain": one.domain,
        "selector": one.selector,
        "kind": one.kind,
        "name": one.name,
        "value": one.value,
        "zone_entry": one.zone_entry,
    }


def _print_record(one: DkimRecord) -> None:
    out.print("The record for a web form: type TXT, name")
    _print_plainly(f"\n{one.name}\n")
    out.print("and, on one line, the value")
    _print_plainly(f"\n{one.value}\n")
    out.print("The same for a zone file:")
    _print_plainly(f"\n{one.zone_entry}\n")


def _print_plainly(text: str) -> None:
    """Print text that is copied: neither wrapped nor coloured."""
    out.print(text, markup=False, soft_wrap=True)


def _toml(chosen: Settings, key: DkimKey, path: Path) -> str:
    """Return the lines of the settings that make us sign with a key."""
    config = Path(os.environ.get(CONFIG_NAME) or "digest.toml").resolve()
    file = path.resolve()
    shown = file.name if file.parent == config.parent else str(file)
    quoted = '"' + shown.replace("\\", "\\\\").replace('"', '\\"') + '"'
    prefix = "" if key.kind is KeyKind.RSA else "ed25519_"
    lines = [] if chosen.dkim.selectors else ["[dkim]"]
    lines += [f'{prefix}selector = "{key.selector}"', f"{prefix}key_file = {quoted}"]
    if key.domain != chosen.dkim_domain:
        lines.append(f'domain = "{key.domain}"')
    return "\n".join(lines)
