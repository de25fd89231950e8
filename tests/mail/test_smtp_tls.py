"""The TLS and the passwords of relays, against real servers with a certificate made here."""

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult

from digest.ports import Verdict
from tests.mail.scripted_relay import message, relay, scripted_relay, transport
from tests.needs import missing


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Make a certificate of its own authority for localhost."""
    if shutil.which("openssl") is None:
        missing("no openssl to make a certificate with")
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", key, "-out", cert,
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    return cert, key


class Accepting:
    """Takes every message, and the password "right"."""

    def __init__(self) -> None:
        self.taken = 0

    async def handle_DATA(self, *_told: Any) -> str:  # noqa: N802  aiosmtpd's name
        self.taken += 1
        return "250 taken"

    def authenticate(self, *told: Any) -> Any:
        # not "handled": the server is to say 535 itself
        return AuthResult(success=told[-1].password == b"right", handled=False)


@asynccontextmanager
async def tls_server(
    certificate: tuple[Path, Path], handler: Accepting, *, implicit: bool
) -> AsyncIterator[int]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    options: dict[str, Any] = {} if implicit else {"tls_context": context, "require_starttls": True}

    def session() -> SMTP:
        return SMTP(
            handler,
            hostname="localhost",
            authenticator=handler.authenticate,
            auth_require_tls=not implicit,
            **options,
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(session, "127.0.0.1", 0, ssl=context if implicit else None)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await asyncio.sleep(0.05)  # aiosmtpd's sessions end on their own once the client left


def trusting(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificate[0])


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
async def test_tls_carries_mail_and_password_to_a_server_that_is_trusted(
    certificate: tuple[Path, Path], tls: str
) -> None:
    handler = Accepting()
    async with tls_server(certificate, handler, implicit=tls == "implicit") as port:
        told: dict[str, Any] = {"tls": tls, "tls_context": trusting(certificate), "username": "u"}
        async with transport(relay(port, password="right", **told)) as sender:
            outcome = await sender.send(message())
    assert outcome.verdict is Verdict.ACCEPTED
    assert handler.taken == 1


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
async def test_a_server_that_nobody_vouches_for_gets_nothing(
    certificate: tuple[Path, Path], tls: str
) -> None:
    handler = Accepting()
    async with (
        tls_server(certificate, handler, implicit=tls == "implicit") as port,
        transport(relay(port, tls=tls)) as sender,
    ):
        outcome = await sender.send(message())
    assert outcome.verdict is Verdict.RELAY_DOWN
    assert "certificate" in outcome.reply.lower()
    assert handler.taken == 0


async def test_a_relay_without_starttls_gets_nothing_where_it_is_demanded() -> None:
    async with scripted_relay() as server, transport(relay(server.port, tls="starttls")) as sender:
        assert (await sender.send(message())).verdict is Verdict.RELAY_DOWN
        assert not [c for c in server.commands if c.startswith("MAIL")]


async def test_a_wrong_password_leads_to_the_next_relay(certificate: tuple[Path, Path]) -> None:
    handler = Accepting()
    async with tls_server(certificate, handler, implicit=False) as port, scripted_relay() as other:
        told: dict[str, Any] = {
            "tls": "starttls",
            "tls_context": trusting(certificate),
            "username": "u",
        }
        first = relay(port, "first", priority=1, password="wrong", **told)
        async with transport(first) as alone:
            outcome = await alone.send(message())
            assert (outcome.verdict, outcome.code) == (Verdict.RELAY_DOWN, 535)
        async with transport(first, relay(other.port, "second")) as sender:
            assert "second" in (await sender.send(message())).reply
    assert handler.taken == 0
