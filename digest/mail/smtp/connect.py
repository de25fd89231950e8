"""Opening a session: connect, greeting, EHLO, TLS, AUTH, all by aiosmtplib, each step bounded."""

import asyncio
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import aiosmtplib
from aiosmtplib.errors import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPHeloError,
    SMTPResponseException,
)

from digest.mail.smtp.oauth import TokenError
from digest.mail.smtp.relay import Relay
from digest.mail.smtp.wire import Wire

# over TLS the simplest that is offered; on a bare line the one that keeps the password to itself
_OVER_TLS = ("plain", "login", "cram-md5")
_IN_THE_OPEN = ("cram-md5", "plain", "login")
_NO_SUCH_METHOD = (500, 502, 504)
SETUP_PATIENCE = 3  # times the limit of one reply, for all of the set-up


class ConnectError(Exception):
    """No session: ``urgent`` where only a person can help (a password, a certificate)."""

    def __init__(self, said: str, code: int | None = None, *, urgent: bool = False) -> None:
        super().__init__(said)
        self.code = code
        self.urgent = urgent


@dataclass(slots=True, eq=False)
class Session:
    """An open session with what the relay offers; ``used`` once it has carried a message."""

    wire: Wire
    extensions: dict[str, str] = field(default_factory=dict)
    used: bool = False
    idle_since: float = 0.0
    tls: str = ""  # version and cipher, "" on a bare line
    auth: str = ""  # the method that let us in
    offered_auth: tuple[str, ...] = ()
    certificate_ends: datetime | None = None  # of a certificate that was checked

    def offers(self, extension: str) -> bool:
        """Return whether the relay offers an extension."""
        return extension in self.extensions


async def open_session(relay: Relay, helo: str) -> Session:
    """Return a session ready for mail; raise ConnectError else."""
    client = aiosmtplib.SMTP(
        hostname=relay.host,
        port=relay.port,
        use_tls=relay.tls == "implicit",
        start_tls=relay.tls == "starttls",
        tls_context=relay.tls_context,
        timeout=relay.timeout_s,
        local_hostname=helo,
    )
    try:
        async with asyncio.timeout(relay.timeout_s * SETUP_PATIENCE):
            await client.connect()
            await _greet(client)
            used = await _log_in(client, relay) if relay.username else ""
            return _taken_over(client, used)
    except BaseException as error:
        client.close()
        failed = _failure(relay, error)
        if failed is None:
            raise
        raise failed from error


async def _greet(client: aiosmtplib.SMTP) -> None:
    if client.is_ehlo_or_helo_needed:  # without TLS or AUTH the library would put it off
        try:
            await client.ehlo()
        except SMTPHeloError:
            await client.helo()


async def _log_in(client: aiosmtplib.SMTP, relay: Relay) -> str:
    """Authenticate by one method, the next only where the relay does not know the first."""
    offered = client.server_auth_methods
    if relay.auth == "auto":
        encrypted = client.get_transport_info("sslcontext") is not None
        methods = [m for m in (_OVER_TLS if encrypted else _IN_THE_OPEN) if m in offered]
    else:
        methods = [relay.auth] if relay.auth in offered else []
    if not methods:
        raise ConnectError(
            f"it offers no AUTH method that fits auth = {relay.auth!r}, only "
            f"{', '.join(offered) or 'none'}",
            urgent=True,
        )
    for method in methods[:-1]:
        try:
            await _by(client, relay, method)
        except SMTPAuthenticationError as error:
            if error.code not in _NO_SUCH_METHOD:
                raise
        else:
            return method
    await _by(client, relay, methods[-1])
    return methods[-1]


async def _by(client: aiosmtplib.SMTP, relay: Relay, method: str) -> None:
    user, secret = relay.username or "", await _secret(relay)
    match method:
        case "plain":
            await client.auth_plain(user, secret)
        case "login":
            await client.auth_login(user, secret)
        case "cram-md5":
            await client.auth_crammd5(user, secret)
        case _:
            try:
                await client.auth_xoauth2(user, secret)
            except SMTPAuthenticationError:
                if relay.token is not None:
                    relay.token.forget()
                raise


async def _secret(relay: Relay) -> str:
    if relay.token is not None:
        return await relay.token.get()
    if relay.password_file is None:
        return relay.password or ""
    try:
        return (await asyncio.to_thread(relay.password_file.read_text, "utf-8")).strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ConnectError(
            f"its password file {relay.password_file} cannot be read: {error}", urgent=True
        ) from error


def _taken_over(client: aiosmtplib.SMTP, auth: str) -> Session:
    transport = cast("asyncio.Transport", client.transport)
    cipher = client.get_transport_info("cipher")
    return Session(
        wire=Wire(transport),
        extensions=dict(client.esmtp_extensions),
        tls=f"{cipher[1]}, {cipher[0]}" if cipher else "",
        auth=auth,
        offered_auth=tuple(client.server_auth_methods),
        certificate_ends=_ends(client.get_transport_info("peercert")),
    )


def _ends(certificate: dict[str, Any] | None) -> datetime | None:
    """Return until when a certificate is valid; one that is not checked is not read either."""
    told = (certificate or {}).get("notAfter")
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(told), UTC) if told else None


def _failure(relay: Relay, error: BaseException) -> ConnectError | None:
    """Return how a failed set-up is told, None for what is no failure of the relay's."""
    code = int(error.code) if isinstance(error, SMTPResponseException) else None
    words = " ".join(str(error).split())[:400] or type(error).__name__
    if isinstance(error, ConnectError):
        return ConnectError(f"{relay.where}: {words}", urgent=error.urgent)
    if isinstance(error, TokenError):
        return ConnectError(f"{relay.where}: {words}", urgent=True)
    if isinstance(error, SMTPAuthenticationError):
        said = " ".join(str(error.message).split())[:400]
        wrong = 500 <= error.code < 600
        return ConnectError(f"{relay.where}: AUTH failed: {code} {said}", code, urgent=wrong)
    if isinstance(error, SMTPResponseException):
        said = " ".join(str(error.message).split())[:400]
        return ConnectError(f"{relay.where}: {code} {said}", code)
    if isinstance(error, SMTPException | OSError | TimeoutError | ValueError):
        bad_certificate = isinstance(_root(error), ssl.SSLCertVerificationError)
        stripped = "STARTTLS" in words
        return ConnectError(f"{relay.where}: {words}", code, urgent=bad_certificate or stripped)
    return None


def _root(error: BaseException) -> BaseException:
    while error.__cause__ is not None:
        error = error.__cause__
    return error
