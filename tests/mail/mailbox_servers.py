"""An IMAP and a POP3 server on loopback, speaking as much as a poll needs, from one mailbox."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

NAME, PASSWORD = "digest", "open sesame"
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Box:
    """Mails by UID. ``broken`` hangs up at a command; ``fetched`` tells what was asked for."""

    mails: dict[int, bytes] = field(default_factory=dict)
    moved: dict[int, bytes] = field(default_factory=dict)
    flagged: set[int] = field(default_factory=set)
    fetched: list[int] = field(default_factory=list)
    validity: int = 7
    capabilities: str = "UIDPLUS MOVE"
    broken: str = ""
    port: int = 0
    last: int = 0

    def put(self, *raw: bytes) -> None:
        for one in raw:
            self.last += 1
            self.mails[self.last] = one

    async def imap(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        while line := await reader.readline():
            tag, _, rest = line.decode().strip().partition(" ")
            if self.broken and self.broken in rest:
                return
            told, done = self._imap(rest)
            writer.write(told + f"{tag} {done}\r\n".encode())
            await writer.drain()

    def _imap(self, rest: str) -> tuple[bytes, str]:
        verb, _, told = rest.partition(" ")
        if verb == "UID":
            verb, _, told = told.partition(" ")
        match verb.upper():
            case "CAPABILITY":
                return f"* CAPABILITY IMAP4rev1 {self.capabilities}\r\n".encode(), "OK done"
            case "LOGIN" if PASSWORD not in told:
                return b"", "NO [AUTHENTICATIONFAILED] wrong password"
            case "SELECT":
                count = f"* {len(self.mails)} EXISTS\r\n* OK [UIDVALIDITY {self.validity}] ok\r\n"
                return count.encode(), "OK [READ-WRITE] done"
            case "SEARCH":
                uids = " ".join(str(uid) for uid in self.mails if uid not in self.flagged)
                return f"* SEARCH {uids}\r\n".encode(), "OK done"
            case "FETCH":
                return self._fetch(*told.split(" ", 1)), "OK done"
            case "LOGOUT":
                return b"* BYE\r\n", "OK done"
        self._change(verb.upper(), told)
        return b"", "OK done"

    def _change(self, verb: str, told: str) -> None:
        uid = int(told.split(" ", maxsplit=1)[0]) if told[:1].isdecimal() else 0
        match verb:
            case "MOVE":
                self.moved[uid] = self.mails.pop(uid)
            case "COPY":
                self.moved[uid] = self.mails[uid]
            case "STORE":
                self.flagged.add(uid)
            case "EXPUNGE":
                self.mails.pop(uid)

    def _fetch(self, number: str, what: str) -> bytes:
        uid = int(number)
        if uid not in self.mails:
            return b""
        raw = self.mails[uid]
        if "SIZE" in what:
            return f"* 1 FETCH (UID {uid} RFC822.SIZE {len(raw)})\r\n".encode()
        self.fetched.append(uid)
        head = f"* 1 FETCH (UID {uid} BODY[] {{{len(raw)}}}\r\n".encode()
        return head + raw + b")\r\n"

    async def pop3(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"+OK ready\r\n")
        uids, deleted = list(self.mails), set[int]()
        while line := await reader.readline():
            verb, _, told = line.decode().strip().partition(" ")
            if self.broken and self.broken in verb:
                return
            uid = uids[int(told) - 1] if told.isdecimal() else 0
            answer = b"+OK"
            match verb:
                case "PASS" if told != PASSWORD:
                    answer = b"-ERR wrong password"
                case "UIDL":
                    rows = [f"{n} {self.validity}x{one}" for n, one in enumerate(uids, 1)]
                    answer = "\r\n".join(["+OK", *rows, "."]).encode()
                case "LIST":
                    answer = f"+OK {told} {len(self.mails[uid])}".encode()
                case "RETR":
                    self.fetched.append(uid)
                    stuffed = re.sub(rb"(?m)^\.", b"..", self.mails[uid])
                    answer = b"+OK\r\n" + stuffed + b"."
                case "DELE":
                    deleted.add(uid)
                case "QUIT":
                    for one in deleted:
                        self.mails.pop(one)
            writer.write(answer + b"\r\n")
            await writer.drain()


@asynccontextmanager
async def serving(box: Box, talk: Talk) -> AsyncIterator[Box]:
    """Serve a mailbox while the block runs."""

    async def session(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.CancelledError):
            await talk(reader, writer)
        writer.close()

    server = await asyncio.start_server(session, "127.0.0.1", 0, limit=2**22)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()
        await server.wait_closed()
