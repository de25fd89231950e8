"""An SMTP or LMTP server (RFC 5321, 2033) for what comes back; it relays for nobody.

It takes only what the desk expects, and says 250 only after the desk has dealt with it: whatever
fails before is said to be tried again later, by a sender that keeps the mail until then.
"""

import asyncio
import ipaddress
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session, syntax

from digest.ports import IncomingMail, MailDesk, Receipt

log = structlog.get_logger()
LATER = "451 4.3.0 not now; please try again later"
_ANSWERS = {
    Receipt.TAKEN: "250 2.0.0 taken in",
    Receipt.LATER: LATER,
    Receipt.REFUSED: "550 5.7.1 nobody reads mail at this address",
}
_LONGEST_LINE = 64 * 1024  # RFC 5321 allows 1,000, and bounces quote what does not keep to it
_MOST_RECIPIENTS = 100  # RFC 5321 section 4.5.3.1.8
_FINISH_S = 10.0


@dataclass(frozen=True, slots=True)
class ListenerOptions:
    """Where and how to listen; ``networks`` may connect. Sizes in bytes, times in seconds."""

    host: str
    port: int
    name: str
    networks: Sequence[str]
    lmtp: bool = False
    max_bytes: int = 10 * 1024 * 1024
    connections: int = 50
    timeout_s: float = 60.0
    tls: ssl.SSLContext | None = None


class MailListener:
    """Listens while the ``async with`` block runs; ``port`` is the bound one inside it."""

    def __init__(self, options: ListenerOptions, desk: MailDesk) -> None:
        self.port = 0
        self.options = options
        self.sessions: set[_Session] = set()
        self._desk = desk
        self._networks = [ipaddress.ip_network(network) for network in options.networks]
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        """Start to listen; raises OSError where the address is taken."""
        loop = asyncio.get_running_loop()
        options = self.options
        kind = _LmtpSession if options.lmtp else _Session
        self._server = await loop.create_server(lambda: kind(self), options.host, options.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take no more connections; let mails that are being dealt with come to their answer."""
        assert self._server is not None
        self._server.close()
        for session in tuple(self.sessions):
            session.leave()
        over = [asyncio.ensure_future(session.over.wait()) for session in tuple(self.sessions)]
        if over:
            await asyncio.wait(over, timeout=_FINISH_S)
        for session in tuple(self.sessions):
            session.hang_up()
        await asyncio.gather(*over)
        await self._server.wait_closed()

    def refusal(self, peer: object) -> str:
        """Return what a client is told that may not talk to us, "" for the others."""
        host = str(peer[0]) if isinstance(peer, tuple) else ""
        try:
            address = ipaddress.ip_address(host.partition("%")[0])
        except ValueError:
            return "554 5.7.1 you have no address"
        plain = getattr(address, "ipv4_mapped", None) or address
        if not any(plain in network for network in self._networks):
            return "554 5.7.1 this server takes no mail from your network"
        if len(self.sessions) >= self.options.connections:
            return "421 4.7.0 too many connections; please try again later"
        return ""

    async def handle_RCPT(  # noqa: N802  aiosmtpd looks these methods up by name
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient that is one of ours."""
        most = 1 if isinstance(server, _LmtpSession) else _MOST_RECIPIENTS
        if len(envelope.rcpt_tos) >= most:
            return "452 4.5.3 the others in a mail of their own, please"
        if not self._desk.expects(address):
            return "550 5.1.1 there is no such address here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Give the mail to the desk, once for each recipient; the worst answer counts."""
        sender = (envelope.mail_from or "").removeprefix("<>")
        data = envelope.original_content or b""
        found = set()
        assert isinstance(server, _Session)
        server.busy = True
        try:
            for address in envelope.rcpt_tos:
                mail = IncomingMail(sender, str(address), data)
                found.add(await self._desk.receive(mail))
        finally:
            server.busy = False
        for receipt in (Receipt.LATER, Receipt.TAKEN, Receipt.REFUSED):
            if receipt in found:
                return _ANSWERS[receipt]
        return LATER

    async def handle_exception(self, error: Exception) -> str:
        """Answer for what went wrong inside, so that the sender keeps the mail."""
        log.error("a mail could not be taken in", error=f"{type(error).__name__}: {error}")
        return LATER


class _Session(SMTP):
    """One connection."""

    line_length_limit = _LONGEST_LINE

    def __init__(self, listener: MailListener) -> None:
        options = listener.options
        super().__init__(
            listener,
            loop=asyncio.get_running_loop(),
            data_size_limit=options.max_bytes,
            enable_SMTPUTF8=True,
            hostname=options.name,
            ident="mail",
            tls_context=options.tls,
            timeout=options.timeout_s,
        )
        self.over = asyncio.Event()
        self.busy = False
        self._listener = listener
        self._leaving = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet, or turn away whoever may not talk to us; after STARTTLS it is called again."""
        if self not in self._listener.sessions:
            refusal = self._listener.refusal(transport.get_extra_info("peername"))
            if refusal:
                assert isinstance(transport, asyncio.Transport)
                transport.write(f"{refusal}\r\n".encode("ascii"))
                transport.close()
                return
            self._listener.sessions.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Forget the connection."""
        if self in self._listener.sessions:
            self._listener.sessions.discard(self)
            super().connection_lost(error)
        self.over.set()

    async def push(self, status: Any) -> None:
        """Send an answer, and hang up after it where the server is leaving."""
        await super().push(status)
        if self._leaving and not self.busy:
            self.hang_up()

    def leave(self) -> None:
        """Hang up, after its answer where a mail is being dealt with."""
        self._leaving = True
        if not self.busy:
            self.hang_up()

    def hang_up(self) -> None:
        """Drop the connection."""
        transport: Any = self.transport
        if transport is not None:
            transport.close()


class _LmtpSession(_Session):
    """One connection of LMTP: its own greeting, and an answer for each recipient, who is one."""

    show_smtp_greeting = False

    @syntax("LHLO hostname")
    async def smtp_LHLO(self, arg: str) -> None:  # noqa: N802
        """Greet."""
        await super().smtp_EHLO(arg)

    async def smtp_HELO(self, _arg: str) -> None:  # noqa: N802
        """Say that this is LMTP (RFC 2033 section 4.1)."""
        await self.push("500 5.5.1 this is LMTP: say LHLO")

    async def smtp_EHLO(self, _arg: str) -> None:  # noqa: N802
        """Say that this is LMTP."""
        await self.push("500 5.5.1 this is LMTP: say LHLO")
