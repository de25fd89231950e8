"""Hands finished messages to relays over kept connections (RFC 5321), by aiosmtplib's `sendmail`.

A relay that fails to connect, greet, encrypt or authenticate is left alone for a while that grows;
the next one in priority serves meanwhile. Nothing here raises for what a relay does.
"""

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiosmtplib
import structlog
from aiosmtplib.errors import (
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPHeloError,
    SMTPNotSupported,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from digest.domain.deliveries import relay_pause
from digest.domain.dsn import mail_parameters, rcpt_parameters
from digest.domain.replies import Stage, verdict_of
from digest.ports import Clock, Outcome, OutgoingMessage, Verdict

log = structlog.get_logger()
MAX_IDLE_S = 30.0  # relays close idle sessions after a minute or more; a dead one costs a try


@dataclass(frozen=True, slots=True)
class Relay:
    """One relay of the settings. ``tls`` is ``none``, ``starttls`` or ``implicit``."""

    name: str
    host: str
    port: int
    tls: str = "none"
    username: str | None = None
    password: str | None = None
    connections: int = 5
    priority: int = 10
    timeout_s: float = 60.0
    tls_context: ssl.SSLContext | None = None


class _Session(aiosmtplib.SMTP):
    """A connection that knows whether the message itself was written, final dot and all."""

    body_written = False
    used = False
    idle_since = 0.0

    async def data(self, *args: Any, **kwargs: Any) -> Any:
        """Note when the body is written: then a lost connection leaves the outcome open (RFC 1047).

        A connection lost before the 354 does not: nothing was handed over.
        """
        protocol = self.protocol
        if protocol is None:
            return await super().data(*args, **kwargs)  # raises what it raises when disconnected
        write = protocol.write

        def noting(data: bytes) -> None:
            self.body_written = self.body_written or data != b"DATA\r\n"
            write(data)

        protocol.write = noting  # type: ignore[method-assign]  # of this one command
        try:
            return await super().data(*args, **kwargs)
        finally:
            protocol.write = write  # type: ignore[method-assign]  # as it was


class _Pool:
    """The kept connections of one relay, and how it has fared."""

    def __init__(self, relay: Relay, helo: str) -> None:
        self.relay = relay
        self.failures = 0
        self.paused_until: datetime | None = None
        self._helo = helo
        self._idle: list[_Session] = []
        self._places = asyncio.Semaphore(relay.connections)

    async def acquire(self, *, fresh: bool) -> _Session:
        """Return an idle connection, or a new one; raises what aiosmtplib raises."""
        await self._places.acquire()
        try:
            now = asyncio.get_running_loop().time()
            while self._idle:
                session = self._idle.pop()
                if not fresh and session.is_connected and now - session.idle_since < MAX_IDLE_S:
                    return session
                session.close()
            return await self._connect()
        except BaseException:
            self._places.release()
            raise

    async def _connect(self) -> _Session:
        relay = self.relay
        session = _Session(
            hostname=relay.host,
            port=relay.port,
            username=relay.username,
            password=relay.password,
            use_tls=relay.tls == "implicit",
            start_tls=relay.tls == "starttls",
            tls_context=relay.tls_context,
            timeout=relay.timeout_s,
            local_hostname=self._helo,
        )
        await session.connect()
        if session.is_ehlo_or_helo_needed:  # without TLS or AUTH the library would put it off
            try:
                await session.ehlo()
            except SMTPHeloError:
                await session.helo()
        return session

    def failed(self, now: datetime) -> None:
        """Leave the relay alone for a while; ``now`` is when the failed attempt began.

        Attempts that ran side by side are one failure, not many.
        """
        if self.paused_until is None or self.paused_until <= now:
            self.failures += 1
            self.paused_until = now + relay_pause(self.failures)

    def release(self, session: _Session, *, keep: bool) -> None:
        """Give a connection back, or drop it where its state is not known."""
        if keep and session.is_connected:
            session.body_written, session.used = False, True
            session.idle_since = asyncio.get_running_loop().time()
            self._idle.append(session)
        else:
            session.close()
        self._places.release()

    async def close(self) -> None:
        """Say QUIT on the idle connections."""
        while self._idle:
            session = self._idle.pop()
            try:
                await session.quit(timeout=2)
            except (SMTPException, OSError, TimeoutError):
                session.close()


class SmtpTransport:
    """The relays of an installation in order of priority (RFC 5321 section 5 for the spirit)."""

    def __init__(self, relays: Sequence[Relay], clock: Clock, *, helo: str) -> None:
        ordered = sorted(relays, key=lambda relay: (relay.priority, relay.name))
        self._pools = [_Pool(relay, helo) for relay in ordered]
        self._clock = clock

    @property
    def connections(self) -> int:
        """How many messages may be under way at once."""
        return max((pool.relay.connections for pool in self._pools), default=1)

    async def send(self, message: OutgoingMessage) -> Outcome:
        """Send through the first relay that answers; RELAY_DOWN when none does."""
        last = Outcome(Verdict.RELAY_DOWN, None, "no relay is configured")
        now = self._clock.now()
        for pool in self._pools:
            if pool.paused_until is not None and pool.paused_until > now:
                last = Outcome(Verdict.RELAY_DOWN, None, f"{pool.relay.name} is being left alone")
                continue
            last = await self._through(pool, message)
            if last.verdict is not Verdict.RELAY_DOWN:
                pool.failures, pool.paused_until = 0, None
                return last
            pool.failed(now)
            log.warning("relay down", relay=pool.relay.name, reply=last.reply)
        return last

    async def close(self) -> None:
        """Say QUIT on every kept connection."""
        for pool in self._pools:
            await pool.close()

    async def _through(self, pool: _Pool, message: OutgoingMessage) -> Outcome:
        outcome, stale = await _attempt(pool, message, fresh=False)
        if stale:  # the relay had closed a kept connection: that says nothing about a new one
            outcome, _ = await _attempt(pool, message, fresh=True)
        return outcome


async def _attempt(pool: _Pool, message: OutgoingMessage, *, fresh: bool) -> tuple[Outcome, bool]:
    """Return the outcome, and whether a kept connection failed before it carried anything."""
    try:
        session = await pool.acquire(fresh=fresh)
    except (SMTPException, OSError, TimeoutError, ValueError) as error:
        return Outcome(
            Verdict.RELAY_DOWN, _code_of(error), _connect_reply(pool.relay, error)
        ), False
    keep = False
    try:
        _, reply = await session.sendmail(
            message.envelope_from,
            [message.envelope_to],
            message.data,
            mail_options=_mail_options(session, message),
            rcpt_options=(
                rcpt_parameters(message.envelope_to) if session.supports_extension("dsn") else []
            ),
        )
        keep = True
        return Outcome(Verdict.ACCEPTED, 250, f"250 {reply} ({pool.relay.name})"), False
    except (SMTPException, OSError, TimeoutError, ValueError) as error:
        outcome = _outcome_of(error, body_written=session.body_written)
        stale = outcome.verdict is Verdict.RELAY_DOWN and outcome.code in (None, 421)
        return outcome, stale and session.used
    finally:
        # after any exception the envelope's state is unknown, and a RSET may be missing
        pool.release(session, keep=keep)


def _mail_options(session: _Session, message: OutgoingMessage) -> list[str]:
    options = []
    if session.supports_extension("8bitmime"):
        options.append("BODY=8BITMIME")
    if not (message.envelope_to.isascii() and message.envelope_from.isascii()):
        options.append("SMTPUTF8")
    if session.supports_extension("dsn"):
        options += mail_parameters(message.message_id)
    return options


def _outcome_of(error: Exception, *, body_written: bool) -> Outcome:
    if isinstance(error, SMTPRecipientsRefused):
        error = error.recipients[0]
    reply = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, SMTPResponseException):
        code = int(error.code)
        text = " ".join(str(error.message).split())
        return Outcome(verdict_of(_stage_of(error), code, text), code, f"{code} {text}")
    if isinstance(error, SMTPNotSupported | ValueError):
        return Outcome(Verdict.FAILED, None, reply)
    return Outcome(Verdict.UNCERTAIN if body_written else Verdict.RELAY_DOWN, None, reply)


_STAGES: Mapping[type[Exception], Stage] = {
    SMTPSenderRefused: Stage.MAIL,
    SMTPRecipientRefused: Stage.RCPT,
    SMTPDataError: Stage.DATA,
    SMTPAuthenticationError: Stage.CONNECT,
}


def _stage_of(error: Exception) -> Stage:
    return _STAGES.get(type(error), Stage.CONNECT)


def _code_of(error: Exception) -> int | None:
    return int(error.code) if isinstance(error, SMTPResponseException) else None


def _connect_reply(relay: Relay, error: Exception) -> str:
    words = " ".join(str(error).split()) or type(error).__name__
    return f"{relay.name} ({relay.host}:{relay.port}): {words}"
