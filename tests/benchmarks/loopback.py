"""Both ends of a load on loopback: an HTTP client that only counts, an SMTP server that only nods.

They are written for little processor time, so that what is measured is the program: the client
reads answers by their length, the sink accepts whatever it is given, with PIPELINING.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)
CONNECTIONS = 8


async def requests_per_second(port: int, path: str, goes_on: Callable[[], bool]) -> float:
    """Return how many 200s a second kept connections got, while ``goes_on`` says so."""
    started = time.perf_counter()
    counts = await asyncio.gather(*(_ask(port, path, goes_on) for _ in range(CONNECTIONS)))
    return sum(counts) / (time.perf_counter() - started)


async def _ask(port: int, path: str, goes_on: Callable[[], bool]) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    count = 0
    while goes_on():
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        assert head.startswith(b"HTTP/1.1 200 "), head
        assert length is not None, head
        await reader.readexactly(int(length[1]))
        count += 1
    writer.close()
    return count


@asynccontextmanager
async def smtp_sink() -> AsyncIterator[int]:
    """Accept every mail on a free port while the block runs; yield the port."""
    server = await asyncio.start_server(_converse, "127.0.0.1", 0, limit=2**20)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def _converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 sink\r\n")
    try:
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                writer.write(b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 9999999\r\n")
            elif verb == b"DATA":
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                writer.write(b"250 2.0.0 kept\r\n")
            else:
                writer.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
            if verb == b"QUIT":
                break
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    writer.close()
