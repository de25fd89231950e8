"""Runs the checkups of one round side by side: each bounded in time, none of them ending it."""

import asyncio
from collections.abc import Sequence
from functools import partial

from digest.domain.checkups import Checkup, red
from digest.services.doctor import ground, relays, returned, sender_dns, sending, sources, website
from digest.services.doctor.databases import look_at_database
from digest.services.doctor.instruments import Check, Instruments, Round
from digest.services.sources import SourceInUse, sources_in_use
from digest.services.ways import enabled_ways
from digest.settings import Settings

INSTALLATION, SOURCES, RELAYS = "installation", "sources", "relays"
DNS, WEB, BACK, SENDING = "DNS of the sender", "web", "what comes back", "sending"


class NoSuchCheckError(Exception):
    """A name that no checkup has; the text lists those there are."""


def checks_of(settings: Settings, in_use: Sequence[SourceInUse] | None = None) -> list[Check]:
    """Return what there is to look at, in the order of the table.

    ``in_use`` are the sources in effect, of the settings alone where they are not told.
    """
    checks = [
        Check("configuration", INSTALLATION, ground.look_at_settings),
        Check("secret", INSTALLATION, ground.look_at_secret),
        Check("database", INSTALLATION, look_at_database),
        Check("clock", INSTALLATION, ground.look_at_clock),
        Check("disk", INSTALLATION, ground.look_at_disk),
    ]
    for source in sources_in_use(settings, ()) if in_use is None else in_use:
        run = partial(sources.look_at_source, source)
        checks.append(Check(f"source/{source.name}", SOURCES, run))
    for relay in settings.relays:
        run_relay = partial(relays.look_at_relay, relay)
        checks.append(Check(f"relay/{relay.name}", RELAYS, run_relay))
        checks.append(Check(f"ptr/{relay.name}", RELAYS, partial(relays.look_at_names, relay)))
    checks += [
        Check("spf", DNS, sender_dns.look_at_spf),
        Check("dkim", DNS, sender_dns.look_at_dkim),
        Check("dmarc", DNS, sender_dns.look_at_dmarc),
        Check("alignment", DNS, sender_dns.look_at_alignment),
        Check("return path", DNS, sender_dns.look_at_return_path),
        Check("base url", WEB, website.look_at_base_url),
        Check("one-click", WEB, website.look_at_one_click),
    ]
    for way in enabled_ways(settings.bounces) or ("",):
        name = f"intake/{way}" if way else "intake"
        checks.append(Check(name, BACK, partial(returned.look_at_way, way)))
    checks += [Check(name, SENDING, run) for name, run in sending.CHECKS]
    return checks


def chosen_of(checks: Sequence[Check], only: Sequence[str]) -> list[Check]:
    """Return the checks of some names, all without any; ``relay`` is every relay/NAME.

    Raises NoSuchCheckError for a name that fits none.
    """
    for name in only:
        if not any(_fits(check.name, name) for check in checks):
            there = ", ".join(check.name for check in checks)
            raise NoSuchCheckError(f"there is no check {name!r}; there are {there}")
    return [one for one in checks if not only or any(_fits(one.name, name) for name in only)]


async def examine(instruments: Instruments, only: Sequence[str] = ()) -> list[Checkup]:
    """Return the lines of a round, in the order of the table; never raises for what it finds.

    Raises NoSuchCheckError.
    """
    round_ = Round(instruments)
    try:
        in_use = await sources.sources_of(round_)
        chosen = chosen_of(checks_of(instruments.context.settings, in_use), only)
        lines = await asyncio.gather(*(_bounded(check, round_) for check in chosen))
    finally:
        await round_.close()
    return [line for one in lines for line in one]


def group_of(name: str, settings: Settings) -> str:
    """Return the part of the table in which a line stands."""
    if name.startswith("source/"):  # those that were added among them
        return SOURCES
    for check in checks_of(settings):
        if _fits(name, check.name):
            return check.group
    return SENDING


async def _bounded(check: Check, round_: Round) -> list[Checkup]:
    patience = round_.instruments.patience_s
    try:
        async with asyncio.timeout(patience):
            return await check.run(round_)
    except TimeoutError:
        said, remedy = f"no answer within {patience:g} s", "see whether the other side is slow"
        return [red(check.name, said, f"{remedy}, or a firewall swallows what is sent there")]
    except Exception as error:  # noqa: BLE001  whatever it is, it is a line of the table
        told = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        return [red(check.name, told, "this should not happen: report it, with these words")]


def _fits(name: str, wanted: str) -> bool:
    return name == wanted or name.startswith(f"{wanted}/")
