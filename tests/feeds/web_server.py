"""A real HTTP/1.1 server on loopback whose answers are written byte by byte."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Page = Callable[["Asked"], Awaitable[bytes]]


@dataclass
class Asked:
    """One request as it came, with the way to answer beyond the returned bytes."""

    path: str
    headers: dict[str, str]
    writer: asyncio.StreamWriter


@dataclass
class WebServer:
    """Serves ``pages`` by path; what was asked is kept in ``asked``."""

    port: int = 0
    scheme: str = "http"
    pages: dict[str, bytes | Page] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    blurts: bytes | None = None  # said to the first byte of anybody, instead of HTTP

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            if self.blurts is not None:
                await reader.read(1)
                writer.write(self.blurts)
                await reader.read()
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode("latin-1").split("\r\n")
                pairs = (line.split(": ", 1) for line in lines[1:] if line)
                headers = {name.lower(): value for name, value in pairs}
                asked = Asked(lines[0].split(" ")[1], headers, writer)
                self.asked.append(asked)
                page = self.pages.get(asked.path, answer(b"nothing here", status="404 Not Found"))
                writer.write(page if isinstance(page, bytes) else await page(asked))
                await writer.drain()
                if b"content-length" not in (page if isinstance(page, bytes) else b"").lower():
                    break  # only the end of the connection ends such a body
        except (asyncio.IncompleteReadError, OSError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


def answer(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    """Return a whole answer; header names are written with underscores for dashes."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


@asynccontextmanager
async def web_server(context: ssl.SSLContext | None = None) -> AsyncIterator[WebServer]:
    """Run a server for one test; with ``context`` it speaks TLS."""
    site = WebServer(scheme="https" if context else "http")
    server = await asyncio.start_server(site.serve, "127.0.0.1", 0, ssl=context)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        server.close()
        await server.wait_closed()
        pending = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
