"""How we log in: each method right and wrong, and tokens that have to be fetched."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiosmtpd.smtp import SMTP, AuthResult

from digest.clocks import SimulatedClock
from digest.mail.smtp.oauth import RefreshedToken, TokenClient, TokenError
from digest.ports import Verdict
from tests.mail.scripted_relay import NOW, message, relay, scripted_relay, transport

METHODS = ("PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2")
TOKEN = "ya29.token"


@dataclass
class Doorkeeper:
    """Lets "u" in with the password "right", or with a token of ``tokens``; keeps who came how."""

    tokens: set[str] = field(default_factory=lambda: {TOKEN})
    tried: list[str] = field(default_factory=list)
    taken: int = 0

    async def handle_DATA(self, *_told: Any) -> str:  # noqa: N802  aiosmtpd's name
        self.taken += 1
        return "250 taken"

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, way: str, told: Any) -> Any:
        self.tried.append(way)
        good = (told.login, told.password) == (b"u", b"right")
        return AuthResult(success=good, handled=False)  # the server is to say 535 itself


class Server(SMTP):
    """aiosmtpd's server, and two methods that it lacks."""

    async def auth_CRAM__MD5(self, _: Any, _args: list[str]) -> AuthResult:  # noqa: N802
        challenge = b"<1896.697170952@relay.example>"
        answer = await self.challenge_auth(challenge)
        self.event_handler.tried.append("CRAM-MD5")
        wanted = b"u " + hmac.new(b"right", challenge, hashlib.md5).hexdigest().encode()
        return AuthResult(success=answer == wanted, handled=False)

    async def auth_XOAUTH2(self, _: Any, args: list[str]) -> AuthResult:  # noqa: N802
        self.event_handler.tried.append("XOAUTH2")
        told = base64.b64decode(args[1]).decode()
        allowed = {f"user=u\x01auth=Bearer {t}\x01\x01" for t in self.event_handler.tokens}
        if told in allowed:
            return AuthResult(success=True, handled=False)
        await self.challenge_auth(b'{"status":"400"}')
        return AuthResult(success=False, handled=False)


@asynccontextmanager
async def door(keeper: Doorkeeper, *offered: str) -> AsyncIterator[int]:
    def session() -> SMTP:
        return Server(
            keeper,
            hostname="localhost",
            authenticator=keeper.authenticate,
            auth_require_tls=False,
            auth_exclude_mechanism=[m for m in METHODS if m not in offered],
        )

    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("method", METHODS)
async def test_each_method_lets_us_in(method: str) -> None:
    keeper = Doorkeeper()
    secret = TOKEN if method == "XOAUTH2" else "right"
    async with door(keeper, *METHODS) as port:
        told = relay(port, username="u", password=secret, auth=method.lower())
        async with transport(told) as sender:
            assert (await sender.send(message())).verdict is Verdict.ACCEPTED
    assert (keeper.tried, keeper.taken) == ([method], 1)


@pytest.mark.parametrize("method", METHODS)
async def test_a_wrong_password_leads_to_the_next_relay_and_somebody_is_told(method: str) -> None:
    keeper = Doorkeeper()
    async with door(keeper, *METHODS) as port, scripted_relay() as other:
        told: dict[str, Any] = {"username": "u", "password": "wrong", "auth": method.lower()}
        first = relay(port, "first", priority=1, **told)
        async with transport(first) as alone:
            outcome = await alone.send(message())
            assert (outcome.verdict, outcome.code) == (Verdict.RELAY_DOWN, 535)
            assert outcome.not_before == NOW + timedelta(seconds=15)
        async with transport(first, relay(other.port, "second")) as sender:
            assert (await sender.send(message())).relay == "second"
            bad, good = sender.standings()
        assert "AUTH failed" in bad.trouble
        assert "wrong" not in bad.trouble
        assert not good.trouble
    assert keeper.tried == [method, method]  # once a connection: accounts get locked by guessing
    assert keeper.taken == 0


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (("PLAIN", "LOGIN", "CRAM-MD5"), "CRAM-MD5"),  # on a bare line: it shows no password
        (("PLAIN", "LOGIN"), "PLAIN"),
        (("LOGIN",), "LOGIN"),
    ],
)
async def test_without_a_setting_the_method_is_chosen_from_the_offer(
    offered: tuple[str, ...], chosen: str
) -> None:
    keeper = Doorkeeper()
    async with (
        door(keeper, *offered) as port,
        transport(relay(port, username="u", password="right")) as sender,
    ):
        assert (await sender.send(message())).verdict is Verdict.ACCEPTED
    assert keeper.tried == [chosen]


async def test_a_method_that_is_not_offered_is_no_method() -> None:
    keeper = Doorkeeper()
    async with door(keeper, "PLAIN", "LOGIN") as port:
        told = relay(port, username="u", password=TOKEN, auth="xoauth2")
        async with transport(told) as sender:
            outcome = await sender.send(message())
            assert sender.standings()[0].trouble == outcome.reply
    assert outcome.verdict is Verdict.RELAY_DOWN
    assert "offers no AUTH method" in outcome.reply
    assert keeper.tried == []


async def test_a_method_that_the_relay_does_not_know_after_all_leads_to_the_next() -> None:
    async with scripted_relay(AUTH="504 5.5.4 unrecognized") as server:
        server.extensions = ("AUTH PLAIN LOGIN",)
        async with transport(relay(server.port, username="u", password="p")) as sender:
            assert (await sender.send(message())).verdict is Verdict.RELAY_DOWN
        tried = [c.split(" ")[1] for c in server.commands if c.startswith("AUTH")]
        assert tried == ["PLAIN", "LOGIN"]


async def test_a_password_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    keeper, file, clock = Doorkeeper(), tmp_path / "token", SimulatedClock(NOW)
    file.write_text("old\n", "utf-8")
    async with door(keeper, *METHODS) as port:
        told = relay(port, username="u", password="old", password_file=file, auth="xoauth2")
        async with transport(told, clock=clock) as sender:
            assert (await sender.send(message())).code == 535
            file.write_text(f"{TOKEN}\n", "utf-8")
            clock.set(NOW + timedelta(seconds=15))
            assert (await sender.send(message())).verdict is Verdict.ACCEPTED
            assert sender.standings()[0].trouble == ""


async def test_a_password_file_that_is_gone_is_named(tmp_path: Path) -> None:
    keeper = Doorkeeper()
    async with door(keeper, *METHODS) as port:
        told = relay(port, username="u", password_file=tmp_path / "gone")
        async with transport(told) as sender:
            outcome = await sender.send(message())
    assert outcome.verdict is Verdict.RELAY_DOWN
    assert str(tmp_path / "gone") in outcome.reply


# --- tokens that are fetched ---


@dataclass
class TokenServer:
    """Answers token requests with ``status`` and ``body``; keeps the forms."""

    status: str = "200 OK"
    body: bytes = json.dumps({"access_token": TOKEN, "expires_in": 3600}).encode()
    forms: list[dict[str, list[str]]] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        size = int(head.split("content-length: ")[1].split("\r\n")[0])
        self.forms.append(parse_qs((await reader.readexactly(size)).decode()))
        said = f"HTTP/1.1 {self.status}\r\nContent-Length: {len(self.body)}\r\n"
        writer.write(f"{said}Connection: close\r\n\r\n".encode() + self.body)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def token_server(told: TokenServer) -> AsyncIterator[str]:
    server = await asyncio.start_server(told.serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/token"
    finally:
        server.close()
        await server.wait_closed()


def tokens(url: str, clock: SimulatedClock) -> RefreshedToken:
    return RefreshedToken(TokenClient(url, "me", "hush", "refresh-1"), clock, timeout_s=2.0)


async def test_a_token_is_fetched_once_and_again_before_it_expires() -> None:
    clock, told = SimulatedClock(NOW), TokenServer()
    async with token_server(told) as url:
        token = tokens(url, clock)
        assert await asyncio.gather(*(token.get() for _ in range(4))) == [TOKEN] * 4
        assert told.forms == [
            {
                "grant_type": ["refresh_token"],
                "client_id": ["me"],
                "client_secret": ["hush"],
                "refresh_token": ["refresh-1"],
            }
        ]
        clock.set(NOW + timedelta(seconds=3539))
        await token.get()
        assert len(told.forms) == 1
        clock.set(NOW + timedelta(seconds=3541))
        await token.get()
        token.forget()
        await token.get()
    assert len(told.forms) == 3


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        ("400 Bad Request", b'{"error": "invalid_grant"}', "invalid_grant"),
        ("200 OK", b"<html>", "without JSON"),
        ("200 OK", b'{"access_token": 7}', "no access_token"),
        ("200 OK", b"[]", "without JSON"),
    ],
)
async def test_a_token_that_cannot_be_had_is_told_without_secrets(
    status: str, body: bytes, said: str
) -> None:
    async with token_server(TokenServer(status, body)) as url:
        with pytest.raises(TokenError, match=said) as caught:
            await tokens(url, SimulatedClock(NOW)).get()
    assert "hush" not in str(caught.value)
    assert "refresh-1" not in str(caught.value)


async def test_a_token_that_the_relay_refuses_is_fetched_anew() -> None:
    clock, told = SimulatedClock(NOW), TokenServer()
    keeper = Doorkeeper(tokens={"newer"})
    async with token_server(told) as url, door(keeper, "XOAUTH2") as port:
        wanted = relay(port, username="u", auth="xoauth2", token=tokens(url, clock))
        async with transport(wanted, clock=clock) as sender:
            assert (await sender.send(message())).verdict is Verdict.RELAY_DOWN
            told.body = b'{"access_token": "newer", "expires_in": "soon"}'
            clock.set(NOW + timedelta(seconds=15))
            assert (await sender.send(message())).verdict is Verdict.ACCEPTED
    assert len(told.forms) == 2


async def test_a_token_server_that_is_away_is_the_relays_trouble() -> None:
    keeper = Doorkeeper()
    async with door(keeper, "XOAUTH2") as port:
        away = tokens("http://127.0.0.1:1/token", SimulatedClock(NOW))
        wanted = relay(port, username="u", auth="xoauth2", token=away)
        async with transport(wanted) as sender:
            outcome = await sender.send(message())
            assert "token server did not answer" in sender.standings()[0].trouble
    assert outcome.verdict is Verdict.RELAY_DOWN
