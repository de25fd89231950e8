"""The TLS of relays, against real servers: checked by default, and never dropped in silence."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

from digest.mail.smtp.relay import make_tls_context
from digest.ports import Verdict
from tests.mail.certificates import Authority, make_authority
from tests.mail.scripted_relay import message, relay, scripted_relay, transport

TLS = pytest.mark.parametrize("tls", ["starttls", "implicit"])


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Make an authority of our own, once."""
    return make_authority(tmp_path_factory.mktemp("tls"))


@dataclass
class Accepting:
    """Takes every message."""

    taken: int = 0
    ciphers: list[Any] = field(default_factory=list)

    async def handle_DATA(self, server: Any, *_told: Any) -> str:  # noqa: N802  aiosmtpd's name
        self.taken += 1
        self.ciphers.append(server.transport.get_extra_info("cipher"))
        return "250 taken"


@asynccontextmanager
async def tls_server(context: Any, handler: Accepting, tls: str) -> AsyncIterator[int]:
    implicit = tls == "implicit"
    options: dict[str, Any] = {} if implicit else {"tls_context": context, "require_starttls": True}

    def session() -> SMTP:
        return SMTP(handler, hostname="localhost", **options)

    loop = asyncio.get_running_loop()
    server = await loop.create_server(session, "127.0.0.1", 0, ssl=context if implicit else None)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await asyncio.sleep(0.05)  # aiosmtpd's sessions end on their own once the client left


@TLS
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_a_server_vouched_for_by_the_private_authority_gets_the_mail(
    authority: Authority, tls: str, host: str
) -> None:
    handler = Accepting()
    context = authority.server("localhost", "127.0.0.1")
    async with tls_server(context, handler, tls) as port:
        ours = make_tls_context(authority.path, verify=True)
        async with transport(relay(port, host=host, tls=tls, tls_context=ours)) as sender:
            sent = [await sender.send(message(number=n)) for n in range(3)]
    assert {outcome.verdict for outcome in sent} == {Verdict.ACCEPTED}
    assert handler.taken == 3
    assert all(handler.ciphers)


@TLS
@pytest.mark.parametrize(
    ("hosts", "trusts", "expired", "said"),
    [
        (("localhost",), False, False, "self-signed|unable to get|issuer"),
        (("elsewhere.example",), True, False, "mismatch|doesn't match|not valid for"),
        (("localhost",), True, True, "expired"),
    ],
)
async def test_a_server_that_cannot_prove_who_it_is_gets_nothing_and_somebody_is_told(
    authority: Authority, tls: str, hosts: tuple[str, ...], trusts: bool, expired: bool, said: str
) -> None:
    handler = Accepting()
    context = authority.server(*hosts, expired=expired)
    async with tls_server(context, handler, tls) as port:
        ours = make_tls_context(authority.path if trusts else None, verify=True)
        wanted = relay(port, host="localhost", tls=tls, tls_context=ours, timeout_s=5.0)
        async with transport(wanted) as sender:
            outcome = await sender.send(message())
            [standing] = sender.standings()
    assert outcome.verdict is Verdict.RELAY_DOWN
    assert any(word in outcome.reply for word in said.split("|")), outcome.reply
    assert standing.trouble == outcome.reply
    assert handler.taken == 0


@TLS
async def test_an_operator_may_do_without_the_check(authority: Authority, tls: str) -> None:
    handler = Accepting()
    context = authority.server("elsewhere.example", expired=True)
    async with tls_server(context, handler, tls) as port:
        ours = make_tls_context(None, verify=False)
        async with transport(relay(port, tls=tls, tls_context=ours)) as sender:
            assert (await sender.send(message())).verdict is Verdict.ACCEPTED


async def test_a_relay_whose_starttls_was_stripped_gets_nothing_and_somebody_is_told() -> None:
    async with scripted_relay() as server:
        told: dict[str, Any] = {"tls": "starttls", "username": "u", "password": "secret"}
        async with transport(relay(server.port, **told)) as sender:
            assert (await sender.send(message())).verdict is Verdict.RELAY_DOWN
            [standing] = sender.standings()
        assert "STARTTLS" in standing.trouble
        assert {c.split(" ")[0] for c in server.commands} <= {"EHLO", "HELO", "QUIT"}


async def test_a_relay_that_offers_starttls_and_refuses_it_gets_nothing() -> None:
    async with scripted_relay(STARTTLS="454 4.7.0 not available") as server:
        server.extensions = ("8BITMIME", "STARTTLS")
        async with transport(relay(server.port, tls="starttls")) as sender:
            assert (await sender.send(message())).verdict is Verdict.RELAY_DOWN
        assert not [c for c in server.commands if c.startswith("MAIL")]


async def test_a_server_without_tls_behind_implicit_tls_is_down() -> None:
    async with scripted_relay() as server:
        wanted = relay(server.port, tls="implicit", timeout_s=2.0)
        async with transport(wanted) as sender:
            assert (await sender.send(message())).verdict is Verdict.RELAY_DOWN
        assert server.bodies == []
