"""Catches mail on loopback: a real SMTP server in this process that keeps what it is given."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, Envelope, Session

from digest.ports import Clock

MAX_MAILS = 10_000
MAX_MAIL_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class CaughtMail:
    """One message as it came over the wire (dot-stuffing undone, CRLF kept) with its envelope."""

    envelope_from: str
    rcpt_to: tuple[str, ...]
    data: bytes
    received_at: datetime


class MailCatcher:
    """An SMTP server on 127.0.0.1 that accepts everything and delivers nothing.

    Offers SIZE, 8BITMIME and SMTPUTF8. ``port`` is valid inside the ``async with`` block; ``mails``
    stays readable after it. The oldest mails go once ``keep`` are held. ``received_at`` is the
    clock's now, so that a simulated day dates its mails.
    """

    def __init__(self, clock: Clock | None = None, *, keep: int = MAX_MAILS) -> None:
        self.port = 0
        self._clock = clock
        self._mails: deque[CaughtMail] = deque(maxlen=keep)
        self._sessions: set[_Session] = set()
        self._server: asyncio.Server | None = None

    @property
    def mails(self) -> Sequence[CaughtMail]:
        """The mails held, oldest first."""
        return tuple(self._mails)

    async def __aenter__(self) -> Self:
        """Start to listen on a free port."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._open_session, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop listening and hang up on whoever is still connected."""
        assert self._server is not None
        self._server.close()
        for session in tuple(self._sessions):
            session.hang_up()
        await asyncio.gather(*(session.over.wait() for session in tuple(self._sessions)))
        await self._server.wait_closed()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd looks the method up by this name
        """Keep the message and accept it."""
        content = envelope.original_content or b""
        now = self._clock.now() if self._clock else datetime.now(UTC)
        rcpt_to = tuple(str(address) for address in envelope.rcpt_tos)
        self._mails.append(CaughtMail(envelope.mail_from or "", rcpt_to, content, now))
        return "250 2.0.0 Kept"

    def _open_session(self) -> asyncio.Protocol:
        return _Session(self, self._sessions)


class _Session(SMTP):
    """One connection, which the catcher can end."""

    def __init__(self, catcher: MailCatcher, sessions: "set[_Session]") -> None:
        super().__init__(
            catcher,
            loop=asyncio.get_running_loop(),
            data_size_limit=MAX_MAIL_BYTES,
            enable_SMTPUTF8=True,
            hostname="localhost",  # else every connection asks the DNS for this machine's name
            ident="mail catcher",
        )
        self.over = asyncio.Event()
        self._open_sessions = sessions

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note the connection and greet."""
        self._open_sessions.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Forget the connection."""
        super().connection_lost(error)
        self._open_sessions.discard(self)
        self.over.set()

    def hang_up(self) -> None:
        """Drop the connection; what was accepted is kept."""
        transport: Any = self.transport
        if transport is not None:
            transport.abort()
