"""The composition root: settings become a running installation here, and nowhere else."""

import asyncio
import os
import random
import socket
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass

from digest.bootstrap.identity import openid_of
from digest.bootstrap.intake import intake_of, mailboxes_of
from digest.bootstrap.site import look_of, render_version, token_keys_of
from digest.bootstrap.telemetry import close_observer, observer_of
from digest.catalogue import read_catalogue
from digest.clocks import SystemClock
from digest.domain.checkups import Checkup
from digest.feeds.http import HttpFetcher
from digest.feeds.web_caller import HttpCaller
from digest.looks.overrides import Fault, read_overrides
from digest.mail.directory import DnsDirectory
from digest.mail.dkim import DkimSigner
from digest.mail.dkim_keys import read_keys
from digest.mail.exchanges import DnsExchanges
from digest.mail.listener_caller import SocketCaller
from digest.mail.smtp import SmtpTransport
from digest.mail.smtp.build import relays_of
from digest.mail.smtp.check import check_relay
from digest.mail.steady import SteadyRenderer
from digest.mail.txt_lookup import DnsTxtLookup
from digest.ports import Clock, MailExchanges, MailTransport, RelayFinding, TxtLookup
from digest.resources import templates_dir
from digest.services.context import Context
from digest.services.doctor.examine import examine
from digest.services.doctor.instruments import PATIENCE_S, Instruments
from digest.services.doctor.rounds import Rounds
from digest.services.ingest import Ingestor
from digest.services.lease import Lease, instants_of, seconds_of
from digest.services.topics import sync_catalogue
from digest.services.upgrading import bring_up_to_date
from digest.settings import Settings
from digest.settings.relays import is_loopback
from digest.store import meta
from digest.store.database import Database
from digest.store.workers import read_now

__all__ = [
    "App",
    "RehearsalError",
    "check_relays",
    "intake_of",
    "look_of",
    "open_app",
    "open_instruments",
    "openid_of",
    "render_version",
    "rounds_of",
    "signer_of",
    "txt_lookup",
]


class RehearsalError(Exception):
    """A live database asked to rehearse, or a rehearsal one asked to mail in earnest."""


@dataclass(frozen=True)
class App:
    """One installation, put together."""

    context: Context
    ingestor: Ingestor
    rehearsal: bool

    @property
    def database(self) -> Database:
        """The installation's database."""
        return self.context.database


@asynccontextmanager
async def open_app(
    settings: Settings,
    *,
    clock: Clock | None = None,
    transport: MailTransport | None = None,
    exchanges: MailExchanges | None = None,
    rehearsal: bool = False,
    seed: int | None = None,
) -> AsyncIterator[App]:
    """Open an installation, its database upgraded.

    ``rehearsal`` marks a database made now; ``seed`` makes jitter the same every time. The DNS is
    asked for mail providers only where mails leave this machine.
    """
    # before anything is made that an error would leave
    signer, observer = signer_of(settings), observer_of(settings)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    await bring_up_to_date(settings)
    database = Database(settings.database_url)
    the_clock = clock or SystemClock()
    overrides = read_overrides(settings.templates_dir)
    fetcher, relays = _fetcher(settings), transport or _transport(settings, the_clock)
    try:
        marked = await _mark(database, rehearsal=rehearsal)
        context = Context(
            settings=settings,
            database=database,
            clock=the_clock,
            fetcher=fetcher,
            transport=relays,
            renderer=SteadyRenderer(templates_dir(), look_of(settings), overrides),
            signer=signer,
            token_keys=token_keys_of(settings),
            worker_id=f"{socket.gethostname()}.{os.getpid()}.{uuid.uuid4().hex[:8]}",
            render_version=render_version(settings, templates_dir(), signer.key_ids, overrides),
            observer=observer,
            caller=HttpCaller(),
            rng=random.Random(seed),  # noqa: S311  jitter keeps no secret
            connections=_connections(settings),
            exchanges=exchanges or (None if transport or marked else _exchanges(settings)),
            lease=Lease(time.monotonic if clock is None else seconds_of(clock)),
            lease_now=read_now if clock is None else instants_of(clock),
        )
        await sync_catalogue(context, read_catalogue())
        yield App(context, Ingestor(database), marked)
    finally:
        await relays.close()
        await fetcher.aclose()
        await database.close()
        await close_observer(observer)


@asynccontextmanager
async def open_instruments(
    settings: Settings, nameserver: str | None = None
) -> AsyncIterator[Instruments]:
    """Give the doctor its tools, changing nothing; raises ValueError for no ``nameserver``."""
    directory, clock, signer = DnsDirectory(nameserver), SystemClock(), signer_of(settings)
    relays = {relay.name: relay for relay in relays_of(settings, clock)}
    helo = settings.mail.envelope_domain
    database, fetcher = Database(settings.database_url), HttpFetcher(contact=settings.http.contact)
    context = Context(
        settings=settings,
        database=database,
        clock=clock,
        fetcher=fetcher,
        transport=SmtpTransport([], clock, helo=helo),
        renderer=SteadyRenderer(templates_dir(), look_of(settings)),
        signer=signer,
        token_keys=token_keys_of(settings, make=False),
        worker_id="doctor",
        render_version="",
    )
    try:
        yield Instruments(
            context=context,
            directory=directory,
            web=HttpCaller(),
            listener=SocketCaller(),
            try_relay=lambda name: check_relay(relays[name], helo),
            mailboxes={box.name: box.mailbox for box in mailboxes_of(settings, PATIENCE_S)},
            try_templates=lambda: _bad_templates(settings),
        )
    finally:
        await fetcher.aclose()
        await database.close()


def _bad_templates(settings: Settings) -> list[Fault]:
    # it loads all pages, which few commands need
    from digest.bootstrap.looks import list_bad  # noqa: PLC0415

    return list_bad(settings)


def rounds_of(context: Context) -> Rounds:
    """Return the doctor's rounds of an installation, none of them begun."""

    async def look() -> list[Checkup]:
        async with open_instruments(context.settings) as instruments:
            return await examine(instruments)

    return Rounds(look, context.clock)


async def check_relays(settings: Settings, names: Collection[str]) -> list[RelayFinding]:
    """Try the named relays side by side without sending anything."""
    relays = [relay for relay in relays_of(settings, SystemClock()) if relay.name in names]
    helo = settings.mail.envelope_domain
    return list(await asyncio.gather(*(check_relay(relay, helo) for relay in relays)))


def _transport(settings: Settings, clock: Clock) -> SmtpTransport:
    helo = settings.mail.envelope_domain
    return SmtpTransport(relays_of(settings, clock), clock, helo=helo)


def _fetcher(settings: Settings) -> HttpFetcher:
    return HttpFetcher(contact=settings.http.contact or None)


def _connections(settings: Settings) -> int:
    """Return how many mails may be under way: what the relays of one priority allow."""
    sums: Counter[int] = Counter()
    for relay in settings.relays:
        sums[relay.priority] += relay.connections
    return max(sums.values(), default=1)


def _exchanges(settings: Settings) -> MailExchanges | None:
    away = any(not is_loopback(relay.host) for relay in settings.relays)
    return DnsExchanges() if settings.mail.provider_by_mx and away else None


def signer_of(settings: Settings) -> DkimSigner:
    """Return the keys of the settings, read; raises SettingsError for those that cannot be used."""
    return DkimSigner(read_keys(settings))


def txt_lookup(nameserver: str | None = None) -> TxtLookup:
    """Return the DNS of this machine, or the one of ``ADDRESS`` or ``ADDRESS:PORT``."""
    return DnsTxtLookup(nameserver)


async def _mark(database: Database, *, rehearsal: bool) -> bool:
    """Give a new database its uuid and its mark; return whether it is a rehearsal one."""
    async with database.write() as connection:
        # of several that start at once on a new database, the first one's words hold
        if await meta.add_value(connection, "uuid", str(uuid.uuid4())):
            await meta.save_value(connection, "rehearsal", "yes" if rehearsal else "no")
        marked = await meta.is_rehearsal(connection)
    if rehearsal and not marked:
        raise RehearsalError(
            "this is a live database: a rehearsal needs one of its own; give another database_url "
            "and create it with `digest db upgrade --rehearsal`"
        )
    return marked
