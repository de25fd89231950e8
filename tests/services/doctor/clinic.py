"""The doctor over an installation of a test: real database, real DNS packets, real servers."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from digest.bootstrap import open_instruments
from digest.domain.checkups import Checkup
from digest.feeds.web_caller import HttpCaller
from digest.ports import Clock
from digest.services.doctor.examine import examine
from digest.services.doctor.instruments import Instruments
from digest.settings import Settings
from tests.dns_server import dns_server
from tests.prepared import lay_down, sqlite_url
from tests.world import make_settings

Others = Mapping[tuple[str, str], tuple[str, ...]]


@asynccontextmanager
async def clinic(
    folder: Path,
    *,
    texts: Mapping[str, str | tuple[str, ...]] | None = None,
    others: Others | None = None,
    broken: tuple[str, ...] = (),
    url: str = "",
    prepared: bool = True,
    **tables: Any,
) -> AsyncIterator[Instruments]:
    """Give the doctor's instruments for an installation with a DNS of its own."""
    used = url or sqlite_url(folder / "digest.sqlite3")
    if prepared:
        await asyncio.to_thread(lay_down, used)
    settings = make_settings(folder, used, **tables)
    with dns_server(texts or {}) as (zone, port):
        zone.others.update(others or {})
        zone.broken = frozenset(broken)
        async with open_instruments(settings, f"127.0.0.1:{port}") as instruments:
            yield instruments


async def line(instruments: Instruments, name: str) -> Checkup:
    """Return the one line of a checkup."""
    (found,) = await examine(instruments, [name])
    return found


async def level(instruments: Instruments, name: str) -> str:
    """Return the level of the one line of a checkup."""
    return (await line(instruments, name)).level.value


def at(instruments: Instruments, clock: Clock) -> Instruments:
    """Return instruments whose installation goes by another clock."""
    return replace(instruments, context=replace(instruments.context, clock=clock))


def trusting(instruments: Instruments, authority: Path) -> Instruments:
    """Return instruments that trust a test's own authority on the web."""
    return replace(
        instruments, web=HttpCaller(ssl_context=ssl.create_default_context(cafile=str(authority)))
    )


def with_settings(instruments: Instruments, settings: Settings) -> Instruments:
    """Return instruments for settings that were loaded otherwise."""
    return replace(instruments, context=replace(instruments.context, settings=settings))
