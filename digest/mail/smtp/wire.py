"""The talk on an open session: commands out, replies in, each bounded in time and in size.

It takes a transport over from aiosmtplib once that has connected, encrypted and authenticated; that
library reads one reply a command, which rules out pipelining (RFC 2920), and it cannot tell whether
what was written has left the process.
"""

import asyncio
import re
from collections import deque
from dataclasses import dataclass

MAX_LINE = 4096  # octets; RFC 5321 section 4.5.3.1.5 allows 512
MAX_REPLY = 64 * 1024
_LINE = re.compile(rb"([2-5]\d\d)(?:([ -])(.*))?", re.DOTALL)


class WireError(Exception):
    """The session is of no more use: it was lost, fell silent, or talks no SMTP."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply, its lines joined by blanks, what is not printable replaced."""

    code: int
    text: str

    def __str__(self) -> str:
        """Return the reply as a line."""
        return f"{self.code} {self.text}"


class Wire(asyncio.Protocol):
    """The client's end of a session. Replies come in the order of the commands."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._buffer = bytearray()
        self._lines: list[bytes] = []
        self._size = 0
        self._replies: deque[Reply] = deque()
        self._expected = 0
        self._waiter: asyncio.Future[None] | None = None
        self._drained: asyncio.Future[None] | None = None
        self._paused = False
        self._broken: WireError | None = None
        self._unsent = 0  # when it broke
        transport.set_protocol(self)
        transport.set_write_buffer_limits(high=1, low=0)  # drained: the kernel has it all

    @property
    def usable(self) -> bool:
        """Whether commands may still be sent: nothing was said out of turn, the line is up."""
        return self._broken is None and not self._replies and not self._transport.is_closing()

    @property
    def unsent(self) -> int:
        """How many octets have not left this process, as far as the transport can tell."""
        return self._unsent if self._broken else self._transport.get_write_buffer_size()

    def send(self, data: bytes, replies: int) -> None:
        """Write octets that so many replies will answer; raise WireError on a lost line."""
        if self._broken is not None or self._transport.is_closing():
            raise self._broken or WireError("connection lost")
        self._expected += replies
        self._transport.write(data)

    async def drain(self, timeout_s: float) -> None:
        """Wait until the transport has taken what was written; raise WireError else."""
        try:
            async with asyncio.timeout(timeout_s):
                while self._paused and self._broken is None:
                    self._drained = asyncio.get_running_loop().create_future()
                    await self._drained
        except TimeoutError:
            self._break("the relay takes no more data")
        if self._broken is not None:
            raise self._broken

    async def reply(self, timeout_s: float) -> Reply:
        """Return the next reply; raise WireError where none comes in time."""
        if not self._replies and self._broken is None:
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout(timeout_s):
                    await self._waiter
            except TimeoutError:
                self._break(f"no reply within {timeout_s:g} s")
            finally:
                self._waiter = None
        if self._replies:
            return self._replies.popleft()
        raise self._broken or WireError("connection lost")

    def close(self) -> None:
        """Close the line, whatever is on it."""
        self._break("closed by us")

    # --- what asyncio calls ---

    def data_received(self, data: bytes) -> None:
        """Cut octets into lines, and lines into replies."""
        self._buffer += data
        while self._broken is None and (end := self._buffer.find(b"\n")) >= 0:
            line = bytes(self._buffer[:end]).rstrip(b"\r")
            del self._buffer[: end + 1]
            self._take(line)
        if len(self._buffer) > MAX_LINE:
            self._break("a reply's line is too long")

    def eof_received(self) -> None:
        """Take the end of the other side for the end of the session."""
        self._break("connection closed by the relay")

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits."""
        self._break(f"connection lost{f': {exc}' if exc else ''}")

    def pause_writing(self) -> None:
        """Note that the transport's buffer is full."""
        self._paused = True

    def resume_writing(self) -> None:
        """Note that it has room again."""
        self._paused = False
        _wake(self._drained)

    def _take(self, line: bytes) -> None:
        self._size += len(line)
        found = _LINE.fullmatch(line)
        if found is None:
            self._break("what the relay said is no SMTP reply")
        elif len(line) > MAX_LINE or self._size > MAX_REPLY:
            self._break("a reply is too long")
        else:
            self._lines.append((found[3] or b"").strip())
            if found[2] != b"-":
                self._finish(int(found[1]))

    def _finish(self, code: int) -> None:
        text = b" ".join(self._lines).decode("utf-8", "replace")
        said = "".join(c if c.isprintable() else "�" for c in text)
        self._lines, self._size = [], 0
        self._replies.append(Reply(code, said))
        self._expected -= 1
        if self._expected < 0 and len(self._replies) > 2:
            self._break("the relay talks out of turn")
        _wake(self._waiter)

    def _break(self, why: str) -> None:
        if self._broken is None:
            self._unsent = self._transport.get_write_buffer_size()
            self._broken = WireError(why)
            self._transport.abort() if self._unsent else self._transport.close()
        _wake(self._waiter)
        _wake(self._drained)


def _wake(waiter: asyncio.Future[None] | None) -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(None)
