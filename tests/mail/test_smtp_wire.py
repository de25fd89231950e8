"""Relays that lie, drip, flood and hang: every stage ends in time, and none is believed blindly."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.mail.smtp.envelope import wire_body
from digest.ports import Outcome, OutgoingMessage, Verdict
from tests.mail.scripted_relay import BODY, message, relay, scripted_relay, transport

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
EHLO = b"250-relay.example\r\n250 8BITMIME\r\n"
LIMIT_S = 0.3


@asynccontextmanager
async def raw_relay(script: Script) -> AsyncIterator[int]:
    writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await script(reader, writer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in writers:
            writer.transport.abort()
        await asyncio.sleep(0.01)


async def sent(script: Script, mail: OutgoingMessage | None = None) -> tuple[Outcome, float]:
    """Return what became of a mail, and after how many seconds."""
    async with raw_relay(script) as port:
        began = time.monotonic()
        async with transport(relay(port, timeout_s=LIMIT_S)) as sender:
            outcome = await sender.send(mail or message())
        return outcome, time.monotonic() - began


def speaks(*replies: bytes, then: Script | None = None) -> Script:
    """Return a script that answers each command in turn, and then does something else."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for number, reply in enumerate(replies):
            if number:
                await reader.readline()
            writer.write(reply)
            await writer.drain()
        if then is not None:
            await then(reader, writer)
        else:
            await reader.read()

    return script


async def hang(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.readexactly(10_000_000)


async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"2")
        await writer.drain()
        await asyncio.sleep(0.02)


async def flood(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"250-more and more\r\n" * 100)
        await writer.drain()


async def one_long_line(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"x" * 10_000)
        await writer.drain()


async def binary(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(bytes(range(256)) + b"\r\n")
    await writer.drain()


GREETING = b"220 relay\r\n"
OK = b"250 ok\r\n"
STAGES = {
    "greeting": (),
    "EHLO": (GREETING,),
    "MAIL": (GREETING, EHLO),
    "RCPT": (GREETING, EHLO, OK),
    "DATA": (GREETING, EHLO, OK, OK),
}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("evil", [hang, drip, flood, one_long_line, binary])
async def test_a_relay_that_misbehaves_before_the_body_is_down_and_in_time(
    stage: str, evil: Script
) -> None:
    said = STAGES[stage]

    async def then(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if said:
            await reader.readline()
        await evil(reader, writer)

    outcome, seconds = await sent(speaks(*said, then=then))
    assert outcome.verdict is Verdict.RELAY_DOWN
    assert len(outcome.reply) < 9000
    assert seconds < 8 * LIMIT_S


@pytest.mark.parametrize("evil", [hang, drip, flood, binary])
async def test_after_the_final_dot_nobody_knows(evil: Script) -> None:
    async def then(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"354 go on\r\n")
        await reader.readuntil(b"\r\n.\r\n")
        await evil(reader, writer)

    outcome, seconds = await sent(speaks(GREETING, EHLO, OK, OK, then=then))
    assert outcome.verdict is Verdict.UNCERTAIN
    assert outcome.relay == "main"
    assert seconds < 12 * LIMIT_S


async def test_a_relay_that_stops_reading_in_the_body_did_not_get_the_dot() -> None:
    line = b"x" * 78 + b"\r\n"
    big = OutgoingMessage("a@papers.example", "b@example.org", line * 200_000, "<1@a>")

    async def then(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"354 go on\r\n")
        await asyncio.sleep(30)

    outcome, _ = await sent(speaks(GREETING, EHLO, OK, OK, then=then), big)
    assert outcome.verdict is Verdict.RELAY_DOWN


async def test_a_session_on_which_something_was_said_out_of_turn_is_not_used_again() -> None:
    async with scripted_relay() as server, transport(relay(server.port)) as sender:
        await sender.send(message())
        server.writers[0].write(b"250 and this, unasked\r\n")
        await server.writers[0].drain()
        await asyncio.sleep(0.02)
        assert (await sender.send(message(number=2))).verdict is Verdict.ACCEPTED
        assert server.connections == 2
        assert len(server.bodies) == 2


async def test_pipelined_commands_come_in_one_piece_and_replies_find_their_command() -> None:
    pieces: list[bytes] = []

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(GREETING)
        await reader.readline()
        writer.write(b"250-relay.example\r\n250 PIPELINING\r\n")
        pieces.append(await reader.read(4096))
        writer.write(b"250 ok\r\n250 ok\r\n354 go on\r\n")
        await reader.readuntil(b"\r\n.\r\n")
        writer.write(b"250 2.0.0 taken\r\n")
        await reader.readline()

    outcome, _ = await sent(script)
    assert outcome.verdict is Verdict.ACCEPTED
    [piece] = pieces
    assert [line.split(b" ")[0] for line in piece.splitlines()] == [b"MAIL", b"RCPT", b"DATA"]


@pytest.mark.parametrize("data", ["354 go on", "503 5.5.1 no valid recipients"])
async def test_a_pipelined_refusal_sends_no_body_and_spoils_no_session(data: str) -> None:
    async with scripted_relay(RCPT="550 5.1.1 no such user", DATA=data) as server:
        server.extensions = ("PIPELINING",)
        async with transport(relay(server.port)) as sender:
            assert (await sender.send(message())).verdict is Verdict.REFUSED
            del server.replies["RCPT"], server.replies["DATA"]
            assert (await sender.send(message(number=2))).verdict is Verdict.ACCEPTED
    assert server.connections == 1
    assert [body for body in server.bodies if body] == [server.bodies[-1]]
    assert "RSET" in server.commands


async def test_the_size_is_told_and_a_message_too_large_is_not_tried() -> None:
    async with scripted_relay() as server:
        server.extensions = ("SIZE 1000",)
        async with transport(relay(server.port)) as sender:
            assert (await sender.send(message())).verdict is Verdict.ACCEPTED
            server.extensions = ("SIZE 10",)
        assert f"MAIL FROM:<digest@papers.example> SIZE={len(BODY)}" in server.commands
        async with transport(relay(server.port)) as sender:
            assert (await sender.send(message())).verdict is Verdict.FAILED
        assert len(server.bodies) == 1


async def test_a_domain_beyond_ascii_needs_no_smtputf8_where_only_it_is() -> None:
    async with scripted_relay() as server:
        server.extensions = ("8BITMIME",)
        async with transport(relay(server.port)) as sender:
            assert (await sender.send(message("ann@bücher.example"))).verdict is Verdict.ACCEPTED
        assert "RCPT TO:<ann@xn--bcher-kva.example>" in server.commands


async def test_the_message_id_is_told_again_where_the_relay_takes_it() -> None:
    async with scripted_relay() as server:
        told = relay(server.port, idempotency_header="X-Entity-Ref-ID")
        async with transport(told) as sender:
            await sender.send(message())
        [body] = server.bodies
        assert body.startswith(b"X-Entity-Ref-ID: <1@papers.example>\r\nSubject: hello\r\n")


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_no_body_ends_the_mail_early_and_none_is_changed_beyond_its_line_ends(data: bytes) -> None:
    body = wire_body(OutgoingMessage("a@a.example", "b@b.example", data, "<1@a>"))
    assert body.endswith(b"\r\n")
    lines = body.split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    assert b"." not in lines
    unstuffed = [line.removeprefix(b".") if line[:1] == b"." else line for line in lines]
    ends = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    wanted = ends if ends.endswith(b"\n") else ends + b"\n"
    assert b"\n".join(unstuffed) == wanted
