"""A relay on loopback that speaks SMTP line by line and does at each step what the test says."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from digest.clocks import SimulatedClock
from digest.mail.smtp import Relay, SmtpTransport
from digest.ports import OutgoingMessage

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
BODY = b"Subject: hello\r\n\r\nOne line.\r\n.a line with a dot\r\n"
HANG_UP = ""  # instead of a reply: close the connection
DOT = "."  # the step after the final dot


@dataclass
class ScriptedRelay:
    """``replies`` maps a step (EHLO, MAIL, RCPT, DATA, DOT) to its reply, or to HANG_UP.

    What stands in ``once`` is said a single time.
    """

    port: int = 0
    replies: dict[str, str] = field(default_factory=dict)
    once: dict[str, str] = field(default_factory=dict)
    greeting: str = "220 relay ready"
    extensions: tuple[str, ...] = ("8BITMIME", "SMTPUTF8")
    connections: int = 0
    commands: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.append(writer)
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await self._session(reader, writer)
        writer.close()

    async def _session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _say(writer, self.greeting)
        while line := await reader.readline():
            command = line.decode("utf-8", "replace").rstrip("\r\n")
            self.commands.append(command)
            verb = command.split(" ")[0].split(":")[0].upper()
            reply = self.replies.get(verb, self._usual(verb))
            reply = self.once.pop(verb, reply)
            if reply == HANG_UP:
                return
            await _say(writer, reply)
            if verb == "DATA" and reply.startswith("354"):
                self.bodies.append(await _body(reader))
                ending = self.replies.get(DOT, "250 2.0.0 queued as 7")
                if ending == HANG_UP:
                    return
                await _say(writer, ending)

    def _usual(self, verb: str) -> str:
        if verb == "EHLO":
            lines = ["relay.example", *self.extensions]
            return "\r\n".join(
                f"250{'-' if n < len(lines) else ' '}{text}" for n, text in enumerate(lines, 1)
            )
        return {"DATA": "354 go on", "QUIT": "221 bye"}.get(verb, "250 ok")


async def _body(reader: asyncio.StreamReader) -> bytes:
    """Read to the line with the final dot; an empty body has nothing before it."""
    lines = []
    while (line := await reader.readline()) != b".\r\n":
        if not line.endswith(b"\n"):
            raise asyncio.IncompleteReadError(line, None)
        lines.append(line)
    return b"".join(lines)


async def _say(writer: asyncio.StreamWriter, reply: str) -> None:
    writer.write(reply.encode() + b"\r\n")
    await writer.drain()


@asynccontextmanager
async def scripted_relay(**replies: str) -> AsyncIterator[ScriptedRelay]:
    """Run a relay for one test."""
    relay = ScriptedRelay(replies=dict(replies))
    server = await asyncio.start_server(relay.serve, "127.0.0.1", 0)
    relay.port = server.sockets[0].getsockname()[1]
    try:
        yield relay
    finally:
        server.close()
        for writer in relay.writers:
            writer.close()
        await server.wait_closed()
        await asyncio.sleep(0)


def message(to: str = "a@example.org", number: int = 1) -> OutgoingMessage:
    return OutgoingMessage("digest@papers.example", to, BODY, f"<{number}@papers.example>")


def relay(port: int, name: str = "main", **more: Any) -> Relay:
    told: dict[str, Any] = {"name": name, "host": "127.0.0.1", "port": port, "timeout_s": 20.0}
    return Relay(**told | more)


@asynccontextmanager
async def transport(
    *relays: Relay, clock: SimulatedClock | None = None
) -> AsyncIterator[SmtpTransport]:
    made = SmtpTransport(relays, clock or SimulatedClock(NOW), helo="papers.example")
    try:
        yield made
    finally:
        await made.close()
