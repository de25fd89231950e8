"""Hands one mail to our own listener, by SMTP or LMTP (RFC 5321, 2033), line by line."""

import asyncio
import re

from digest.ports import CallReply

_LINE = re.compile(rb"(\d{3})([ -]?)([^\r\n]*)\r?\n?")
_MOST_LINES = 100


class SocketCaller:
    """Implements `ListenerCaller`; ``timeout_s`` bounds the whole talk."""

    def __init__(self, *, timeout_s: float = 10.0) -> None:
        self._timeout_s = timeout_s

    async def hand_over(
        self, host: str, port: int, recipient: str, data: bytes, *, lmtp: bool
    ) -> CallReply:
        """Return the reply to the final dot, or to the step that was turned down."""
        step = "connecting"
        try:
            async with asyncio.timeout(self._timeout_s):
                reader, writer = await asyncio.open_connection(host, port)
                try:
                    body = data.replace(b"\r\n.", b"\r\n..") + b".\r\n"
                    for step, line, wanted in (
                        ("the greeting", b"", 220),
                        ("LHLO" if lmtp else "EHLO", b" localhost\r\n", 250),
                        ("MAIL", b" FROM:<>\r\n", 250),
                        ("RCPT", f" TO:<{recipient}>\r\n".encode(), 250),
                        ("DATA", b"\r\n", 354),
                        ("the final dot", body, 250),
                    ):
                        verb = step.encode() if step.isupper() else b""
                        writer.write(verb + line)
                        await writer.drain()
                        code, text = await _reply(reader)
                        if code != wanted:
                            return CallReply(step, code, text)
                    writer.write(b"QUIT\r\n")
                    return CallReply(step, code, text)
                finally:
                    writer.close()
        except (OSError, TimeoutError, ValueError) as error:
            return CallReply(step, 0, " ".join(str(error).split()) or "no answer in time")


async def _reply(reader: asyncio.StreamReader) -> tuple[int, str]:
    """Return the code and text of a reply; raises ValueError for what is none."""
    for _ in range(_MOST_LINES):
        line = await reader.readline()
        found = _LINE.match(line)
        if found is None:
            raise ValueError("the connection was closed" if not line else "this is no SMTP")
        if found[2] != b"-":
            return int(found[1]), found[3].decode("utf-8", "replace")
    raise ValueError("a reply without an end")
