"""Runs an ASGI application inside this process and stops it cleanly."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from types import TracebackType
from typing import Self

import uvicorn
from fastapi import FastAPI

STOP_WITHIN_S = 5  # an answer that takes longer than this after the stop is cut off


@contextlib.asynccontextmanager
async def serve(
    app: FastAPI, host: str = "127.0.0.1", port: int = 0, trusted_proxies: Sequence[str] = ()
) -> AsyncIterator[int]:
    """Serve ``app`` while the block runs; yield the bound port (``port=0`` lets the system choose).

    ``trusted_proxies`` are networks whose X-Forwarded-* headers are believed.

    Raises OSError where the address is taken and RuntimeError where the application fails to
    start. Signals stay with the caller: the program that owns the loop decides when it ends.
    """
    with _listening(host, port) as listener:
        server = _InProcessServer(_config(app, trusted_proxies))
        running = asyncio.create_task(server.serve([listener]))
        await server.wait_until_started(running)
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            await running


class LocalServer:
    """An application on a free port of loopback; ``base_url`` is valid inside ``async with``."""

    def __init__(self, app: FastAPI) -> None:
        self.base_url = ""
        self._app = app
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Start to listen."""
        port = await self._stack.enter_async_context(serve(self._app))
        self.base_url = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop, and wait for the last answer."""
        await self._stack.aclose()


def _config(app: FastAPI, proxies: Sequence[str]) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,  # logging is configured once, by the program
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies) or None,
        ws="none",
        timeout_graceful_shutdown=STOP_WITHIN_S,
    )


@contextlib.contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    # Bound here and not by uvicorn, which ends the whole process when an address is taken.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family) as listener:
        # asyncio sets this only where the socket names its protocol: without it, the end of every
        # answer waits for the client's delayed acknowledgement (40 ms, RFC 1122 4.2.3.2)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield listener


class _InProcessServer(uvicorn.Server):
    """A server that leaves signals alone and says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._start_over = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take no signal: the default would also replace the caller's own."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as usual; a refused lifespan is an error here, not the end of the process."""
        try:
            await super().startup(sockets)
        except SystemExit as leaving:
            raise RuntimeError("the web application failed to start") from leaving
        finally:
            self._start_over.set()

    async def wait_until_started(self, running: "asyncio.Task[None]") -> None:
        """Return once connections are taken; raise what kept the server from it."""
        waiting = asyncio.create_task(self._start_over.wait())
        await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if not self.started:
            await running
