"""An SMTP server that counts what it accepts, and misbehaves where and how a test asks.

It speaks RFC 5321 with PIPELINING, 8BITMIME and DSN over asyncio streams. A *rule* sees each moment
of each session and may answer with a fault; a session may be cut after so many bytes either way.
"""

import asyncio
import hashlib
import re
import socket
import struct
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum

_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.IGNORECASE | re.MULTILINE)
_LIMIT = 2**21


class Stage(StrEnum):
    """Where in a session a moment lies."""

    CONNECT = "connect"
    EHLO = "ehlo"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    DOT = "dot"  # the whole message came in; what is answered decides whether it is accepted
    ANSWERED = "answered"  # the 250 of a message was written
    RSET = "rset"
    QUIT = "quit"


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of session ``session`` (from 1): what was asked, and for whom."""

    stage: Stage
    session: int
    line: bytes = b""
    recipient: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens instead of the right answer.

    ``reply`` is sent in its place; ``late_s`` is waited before it; ``drip_s`` between its bytes.
    ``hang`` answers nothing any more, ``drop`` ends the connection with a reset. ``call`` is run
    before anything else, and the right answer follows where nothing else is asked.
    """

    reply: str = ""
    late_s: float = 0.0
    drip_s: float = 0.0
    hang: bool = False
    drop: bool = False
    call: Callable[[], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class Cut:
    """Ends a session after so many bytes were received or sent; None is never."""

    received: int | None = None
    sent: int | None = None


Rule = Callable[[Moment], Fault | None]
CutOf = Callable[[int], Cut | None]


class _CutError(Exception):
    """This session ends here."""


@dataclass
class FaultyServer:
    """What a running server has seen. ``accepted`` counts the messages by Message-ID.

    A message counts as accepted once its final dot came in and no fault refused it: whether the
    sender ever read the 250 is another matter (RFC 1047).
    """

    port: int = 0
    rule: Rule | None = None
    cut_of: CutOf | None = None
    accepted: Counter[str] = field(default_factory=Counter)
    bytes_of: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    recipients: dict[str, str] = field(default_factory=dict)
    bodies: list[bytes] = field(default_factory=list)  # the last few
    sessions: int = 0
    open_sessions: int = 0
    received: dict[int, int] = field(default_factory=dict)
    sent: dict[int, int] = field(default_factory=dict)
    stages: Counter[str] = field(default_factory=Counter)

    @property
    def duplicates(self) -> int:
        """Return how many accepted copies were one too many."""
        return sum(count - 1 for count in self.accepted.values())

    @property
    def changed(self) -> int:
        """Return how many messages came in more than one form of bytes."""
        return sum(len(forms) > 1 for forms in self.bytes_of.values())

    def take(self, recipient: str, body: bytes) -> str:
        """Count an accepted message; return its Message-ID."""
        found = _MESSAGE_ID.search(body)
        assert found is not None, body[:500]
        message_id = found[1].decode()
        self.accepted[message_id] += 1
        self.bytes_of[message_id].add(hashlib.sha256(body).hexdigest())
        self.recipients[message_id] = recipient
        self.bodies = [*self.bodies[-9:], body]
        return message_id


class _Session:
    def __init__(
        self, server: FaultyServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        server.sessions += 1
        self.server, self.number = server, server.sessions
        self._reader, self._writer = reader, writer
        self._cut = (server.cut_of(self.number) if server.cut_of else None) or Cut()
        self._buffer = bytearray()
        self._recipient, self._begun, self._accepts = "", False, False
        server.received[self.number] = server.sent[self.number] = 0

    async def run(self) -> None:
        self.server.open_sessions += 1
        try:
            await self._answer(Stage.CONNECT, b"", "220 faulty.example ESMTP")
            while line := await self._line():
                if not await self._command(line.rstrip(b"\r\n")):
                    return
        except (_CutError, ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            self.server.open_sessions -= 1
            self._end()

    def _end(self) -> None:
        with suppress(OSError):  # a reset, and not the end of a conversation
            raw = self._writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.close()

    async def _command(self, line: bytes) -> bool:
        verb = line[:4].upper()
        if verb in (b"EHLO", b"HELO"):
            extensions = ("faulty.example", "PIPELINING", "8BITMIME", "SMTPUTF8", "DSN")
            lines = [f"250-{name}" for name in extensions] + ["250 ENHANCEDSTATUSCODES"]
            await self._answer(Stage.EHLO, line, "\r\n".join(lines))
        elif verb == b"MAIL":
            self._begun = await self._answer(Stage.MAIL, line, "250 2.1.0 go on")
            self._accepts = False
        elif verb in (b"RCPT", b"DATA") and not self._begun:
            await self._send("503 5.5.1 no mail was begun\r\n")
        elif verb == b"RCPT":
            self._recipient = line.split(b"<", 1)[1].split(b">", 1)[0].decode()
            self._accepts = await self._answer(Stage.RCPT, line, "250 2.1.5 go on")
        elif verb == b"DATA" and not self._accepts:  # a pipelining client asks all the same
            await self._send("554 5.5.1 no valid recipients\r\n")
        elif verb == b"DATA":
            if await self._answer(Stage.DATA, line, "354 go ahead"):
                await self._message()
            self._begun = self._accepts = False
        elif verb == b"RSET":
            await self._answer(Stage.RSET, line, "250 2.0.0 forgotten")
        elif verb == b"QUIT":
            await self._answer(Stage.QUIT, line, "221 2.0.0 bye")
            return False
        else:
            await self._send("502 5.5.2 unknown\r\n")
        return True

    async def _message(self) -> None:
        lines: list[bytes] = []
        while (line := await self._line()) != b".\r\n":
            if not line:
                raise _CutError
            lines.append(line)
        body = b"".join(line[1:] if line.startswith(b".") else line for line in lines)
        # whoever is told "accepted" has handed the message over, even if they never hear it
        if await self._answer(Stage.DOT, b".", "250 2.0.0 accepted", lambda: self._take(body)):
            await self._answer(Stage.ANSWERED, b"", "")

    def _take(self, body: bytes) -> None:
        self.server.take(self._recipient, body)

    async def _answer(
        self, stage: Stage, line: bytes, right: str, accept: Callable[[], None] | None = None
    ) -> bool:
        """Give the right answer or the fault; return whether it was the right one."""
        self.server.stages[stage] += 1
        moment = Moment(stage, self.number, line, self._recipient)
        fault = (self.server.rule(moment) if self.server.rule else None) or Fault()
        if fault.call is not None:
            await fault.call()
        if accept is not None and not fault.reply and not fault.drop:
            accept()
        if fault.hang:
            await self._reader.read()  # until the other side gives up
            raise _CutError
        if fault.drop:
            raise _CutError
        await asyncio.sleep(fault.late_s)
        said = fault.reply or right
        if said:
            await self._send(f"{said}\r\n", fault.drip_s)
        if fault.reply.startswith("421"):
            raise _CutError
        return not fault.reply

    async def _send(self, text: str, drip_s: float = 0.0) -> None:
        data, limit = text.encode(), self._cut.sent
        sent = self.server.sent[self.number]
        if limit is not None:
            data = data[: max(0, limit - sent)]
        self.server.sent[self.number] += len(data)
        for piece in [data[i : i + 1] for i in range(len(data))] if drip_s else [data]:
            self._writer.write(piece)
            await self._writer.drain()
            await asyncio.sleep(drip_s)
        if limit is not None and sent + len(text.encode()) > limit:
            await asyncio.sleep(0.02)  # or the reset would overtake what was written
            raise _CutError

    async def _line(self) -> bytes:
        while b"\n" not in self._buffer:
            limit = self._cut.received
            got = self.server.received[self.number]
            if limit is not None and got >= limit:
                raise _CutError
            want = 65536 if limit is None else limit - got
            piece = await self._reader.read(want)
            if not piece:
                return b""
            self.server.received[self.number] += len(piece)
            self._buffer += piece
        end = self._buffer.index(b"\n") + 1
        line = bytes(self._buffer[:end])
        del self._buffer[:end]
        return line


@asynccontextmanager
async def faulty_server(
    rule: Rule | None = None, cut_of: CutOf | None = None
) -> AsyncIterator[FaultyServer]:
    """Run a server on a free port of this machine while the block runs."""
    state = FaultyServer(rule=rule, cut_of=cut_of)
    sessions: set[asyncio.Task[None]] = set()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        sessions.add(task)
        try:
            await _Session(state, reader, writer).run()
        except asyncio.CancelledError:
            writer.close()
        finally:
            sessions.discard(task)

    listening = await asyncio.start_server(converse, "127.0.0.1", 0, limit=_LIMIT)
    state.port = listening.sockets[0].getsockname()[1]
    try:
        yield state
    finally:
        listening.close()
        for task in list(sessions):
            task.cancel()
        await asyncio.gather(*sessions, return_exceptions=True)
