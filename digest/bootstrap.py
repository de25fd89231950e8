"""The composition root: settings become a running installation here, and nowhere else."""

import asyncio
import hashlib
import os
import random
import socket
import ssl
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from digest import __version__
from digest.catalogue import read_catalogue
from digest.clocks import SystemClock
from digest.domain.links import notice_url
from digest.domain.tokens import derive_key
from digest.feeds.http import HttpFetcher
from digest.feeds.web_caller import HttpCaller
from digest.mail.directory import DnsDirectory
from digest.mail.dkim import DkimSigner
from digest.mail.dkim_keys import read_keys
from digest.mail.exchanges import DnsExchanges
from digest.mail.intake_imap import ImapMailbox
from digest.mail.intake_listener import ListenerOptions, MailListener
from digest.mail.intake_pop3 import Pop3Mailbox
from digest.mail.listener_caller import SocketCaller
from digest.mail.look import SiteLook
from digest.mail.mailbox_options import MailboxOptions
from digest.mail.render import Renderer
from digest.mail.smtp import SmtpTransport
from digest.mail.smtp.build import relays_of
from digest.mail.smtp.check import check_relay
from digest.mail.txt_lookup import DnsTxtLookup
from digest.ports import Clock, MailExchanges, MailTransport, RelayFinding, TxtLookup
from digest.resources import templates_dir
from digest.secrets import SecretError, find_secret, load_or_create
from digest.services.context import Context
from digest.services.doctor.instruments import PATIENCE_S, Instruments
from digest.services.ingest import Ingestor
from digest.services.intake import Desk
from digest.services.intake_running import IntakeWays, PolledMailbox
from digest.services.lease import Lease, instants_of, seconds_of
from digest.services.topics import sync_catalogue
from digest.settings import ImapSettings, ListenerSettings, Pop3Settings, Settings
from digest.settings.relays import is_loopback
from digest.store import meta
from digest.store.database import Database
from digest.store.migrate import upgrade
from digest.store.workers import read_now


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
    signer = signer_of(settings)  # before anything is made that an error would leave
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    await upgrade(settings.database_url)
    database = Database(settings.database_url)
    the_clock = clock or SystemClock()
    fetcher = HttpFetcher(contact=settings.http.contact or None)
    relays = transport or SmtpTransport(
        relays_of(settings, the_clock), the_clock, helo=settings.mail.envelope_domain
    )
    try:
        marked = await _mark(database, rehearsal=rehearsal)
        context = Context(
            settings=settings,
            database=database,
            clock=the_clock,
            fetcher=fetcher,
            transport=relays,
            renderer=Renderer(templates_dir(), look_of(settings)),
            signer=signer,
            token_keys=_token_keys(settings),
            worker_id=f"{socket.gethostname()}.{os.getpid()}.{uuid.uuid4().hex[:8]}",
            render_version=render_version(settings, templates_dir(), signer.key_ids),
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
        renderer=Renderer(templates_dir(), look_of(settings)),
        signer=signer,
        token_keys=_token_keys(settings, make=False),
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
            mailboxes={box.name: box.mailbox for box in _mailboxes(settings, PATIENCE_S)},
        )
    finally:
        await fetcher.aclose()
        await database.close()


async def check_relays(settings: Settings, names: Collection[str]) -> list[RelayFinding]:
    """Try the named relays side by side without sending anything."""
    relays = [relay for relay in relays_of(settings, SystemClock()) if relay.name in names]
    helo = settings.mail.envelope_domain
    return list(await asyncio.gather(*(check_relay(relay, helo) for relay in relays)))


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


def intake_of(context: Context) -> IntakeWays:
    """Return the ways by which mail comes back in, as the settings turn them on."""
    told = context.settings.bounces
    listener = _listener(context, told.listener) if told.listener else None
    listening = f"{told.listener.host}:{told.listener.port}" if told.listener else ""
    return IntakeWays(listener, listening, tuple(_mailboxes(context.settings)))


def _mailboxes(settings: Settings, wait_s: float = 60.0) -> list[PolledMailbox]:
    told, boxes = settings.bounces, []
    if told.imap is not None:
        boxes.append(_polled("imap", ImapMailbox(_mailbox_options(told.imap, wait_s)), told.imap))
    if told.pop3 is not None:
        boxes.append(_polled("pop3", Pop3Mailbox(_mailbox_options(told.pop3, wait_s)), told.pop3))
    return boxes


def _listener(context: Context, told: ListenerSettings) -> MailListener:
    tls = None
    if told.encrypts:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(told.certificate, told.private_key)
    options = ListenerOptions(
        host=told.host,
        port=told.port,
        name=context.settings.mail.envelope_domain,
        networks=told.networks,
        lmtp=told.protocol == "lmtp",
        max_bytes=told.max_bytes,
        connections=told.connections,
        timeout_s=told.timeout_s,
        tls=tls,
    )
    return MailListener(options, Desk(context, "listener"))


def _mailbox_options(told: ImapSettings | Pop3Settings, wait_s: float) -> MailboxOptions:
    imap = told if isinstance(told, ImapSettings) else None
    return MailboxOptions(
        host=told.host,
        port=told.port,
        username=told.username,
        password=told.password.get_secret_value(),
        tls=told.tls,
        max_bytes=told.max_bytes,
        timeout_s=wait_s,
        folder=imap.folder if imap else "",
        processed_folder=imap.processed_folder if imap else "",
    )


def _polled(
    name: str, mailbox: ImapMailbox | Pop3Mailbox, told: ImapSettings | Pop3Settings
) -> PolledMailbox:
    return PolledMailbox(name, mailbox, told.poll_minutes * 60.0, told.forward)


def look_of(settings: Settings) -> SiteLook:
    """Return what templates know of the site."""
    site, base = settings.site, settings.base_url
    return SiteLook(
        site_name=site.name,
        base_url=base,
        accent=site.accent,
        logo_url=site.logo or None,
        postal_address=settings.mail.postal_address or None,
        imprint_url=notice_url(site.imprint, f"{base}/imprint"),
        privacy_url=notice_url(site.privacy or "-", f"{base}/privacy"),
    )


def render_version(settings: Settings, templates: Path, key_ids: Sequence[str] = ()) -> str:
    """Return a hash of all that shapes a mail beside its facts: same hash, same bytes."""
    state = hashlib.sha256(__version__.encode())
    for path in sorted(templates.rglob("*")):
        if path.is_file():
            state.update(path.relative_to(templates).as_posix().encode() + b"\0")
            state.update(path.read_bytes() + b"\0")
    shown = (settings.site, settings.mail, settings.base_url, tuple(key_ids))
    state.update(repr(shown).encode())
    return state.hexdigest()[:16]


def _token_keys(settings: Settings, *, make: bool = True) -> tuple[bytes, ...]:
    """Return the keys of tokens; none where there is no readable secret and none is to be made."""
    path, secret = settings.data_dir / "secret.key", None
    if settings.secret_key is not None:
        secret = settings.secret_key.get_secret_value()
    elif make:
        secret = load_or_create(path)
    else:
        with suppress(SecretError):
            secret = find_secret(path)
    older = [old.get_secret_value() for old in settings.secret_keys_old]
    return tuple(derive_key(key) for key in (secret, *older) if key) if secret else ()


async def _mark(database: Database, *, rehearsal: bool) -> bool:
    """Give a new database its uuid and its mark; return whether it is a rehearsal one."""
    async with database.write() as connection:
        if await meta.find_value(connection, "uuid") is None:
            await meta.save_value(connection, "uuid", str(uuid.uuid4()))
            await meta.save_value(connection, "rehearsal", "yes" if rehearsal else "no")
        marked = await meta.is_rehearsal(connection)
    if rehearsal and not marked:
        raise RehearsalError(
            "this is a live database: a rehearsal needs one of its own; give another database_url "
            "and create it with `digest db upgrade --rehearsal`"
        )
    return marked
