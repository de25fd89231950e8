"""What the commands share: settings, output, exit codes."""

import asyncio
import json
import os
import pwd
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum, IntEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console

from digest.bootstrap import App, RehearsalError, open_app
from digest.clocks import SimulatedClock
from digest.domain.sentences import Sentence
from digest.logs import configure_logging
from digest.ports import Clock, MailTransport
from digest.settings import Settings, load_settings

T = TypeVar("T")
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
NameserverOption = Annotated[
    str | None,
    typer.Option(help="Ask this one, not the resolver.", metavar="ADDRESS[:PORT]"),
]
NowOption = Annotated[
    str | None,
    typer.Option("--now", help="Simulated instant, on a rehearsal database only.",
                 metavar="2026-05-04T08:00Z"),
]  # fmt: skip


class Exit(IntEnum):
    """Exit codes that scripts can use (75 is EX_TEMPFAIL of sysexits)."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    PARTLY = 3
    LATER = 75


class UsageError(Exception):
    """A command that cannot be carried out as it was given; exit code 2."""


def settings(*, staying: bool = False) -> Settings:
    """Return the settings in force, logging configured by them.

    A command that ends says by itself what it did, so it logs from "warning" on unless a level is
    set; one that is ``staying`` logs at the default level.
    """
    loaded = load_settings()
    level = loaded.log.level if staying or "log.level" in loaded.origins else "warning"
    configure_logging(loaded.log.format, level, sys.stderr)
    return loaded


def run(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run one command's coroutine."""
    return asyncio.run(work())


@asynccontextmanager
async def opened(
    now: str | None = None,
    *,
    clock: Clock | None = None,
    transport: MailTransport | None = None,
    with_settings: Settings | None = None,
) -> AsyncIterator[App]:
    """Open the installation; with ``now`` on a simulated clock, which needs a rehearsal one."""
    instant = parse_instant(now) if now else None
    used = clock or (SimulatedClock(instant) if instant else None)
    async with open_app(with_settings or settings(), clock=used, transport=transport) as app:
        if instant is not None and not app.rehearsal:
            raise RehearsalError(
                "--now works on a rehearsal database only, so that no live reader is mailed by a "
                "made-up clock; create one with `digest db upgrade --rehearsal`"
            )
        yield app


def parse_instant(text: str) -> datetime:
    """Return an RFC 3339 instant; minutes suffice, and a zone is needed."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no instant such as 2026-05-04T08:00Z") from error
    if instant.tzinfo is None:
        raise UsageError(f"{text!r} needs a zone: 2026-05-04T08:00Z or 2026-05-04T10:00+02:00")
    return instant.astimezone(UTC)


def parse_date(text: str) -> date:
    """Return an ISO date."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no date such as 2026-05-04") from error


def plain(value: Any) -> Any:
    """Return a value as JSON has it: instants RFC 3339 in UTC, dates ISO, dataclasses objects.

    Sentences are in English.
    """
    if isinstance(value, Sentence | Path):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    return value


def print_json(value: Any) -> None:
    """Print one JSON object on one line."""
    sys.stdout.write(json.dumps(plain(value), ensure_ascii=False) + "\n")


def print_json_lines(values: Iterable[Any]) -> None:
    """Print one JSON object a line."""
    for value in values:
        print_json(value)


def actor() -> str:
    """Return who runs this command, as the audit log has it: ``cli:USERNAME``."""
    try:
        return f"cli:{pwd.getpwuid(os.getuid()).pw_name}"
    except KeyError:  # a container's user often has a number alone
        return f"cli:{os.getuid()}"


def when(instant: datetime | None) -> str:
    """Return an instant for a table cell."""
    return f"{instant:%Y-%m-%d %H:%M} UTC" if instant else "–"
