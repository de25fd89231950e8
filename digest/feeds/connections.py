"""Opens the connections of a fetch: to checked addresses only, and closed whatever happens."""

import asyncio
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore

from digest.feeds.guard import (
    AddressRefusedError,
    NameNotResolvedError,
    Resolver,
    is_public,
    resolve,
)


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens TCP connections to checked IP literals; TLS above still verifies the name."""

    def __init__(self, *, allow_private: bool = False, resolver: Resolver = resolve) -> None:
        self._allow_private = allow_private
        self._resolve = resolver
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first permitted address of ``host`` that answers.

        Raises:
            AddressRefusedError: no address of the name is permitted.
            NameNotResolvedError: the name has no address.
            httpcore.ConnectError, httpcore.ConnectTimeout: none of them could be reached.
        """
        loop = asyncio.get_running_loop()
        deadline = None if timeout is None else loop.time() + timeout
        addresses = await self._permitted(host, port, timeout)
        failure: httpcore.NetworkError | httpcore.TimeoutException | None = None
        for tried, address in enumerate(addresses):
            share = None
            if deadline is not None:  # a dead first address leaves time for the others
                share = max(deadline - loop.time(), 0.1) / (len(addresses) - tried)
            try:
                stream = await self._inner.connect_tcp(
                    address, port, share, local_address, socket_options
                )
                return _Stream(stream)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        assert failure is not None, "there is at least one permitted address"
        raise failure

    async def _permitted(self, host: str, port: int, timeout_s: float | None) -> list[str]:
        try:
            async with asyncio.timeout(timeout_s):
                addresses = await self._resolve(host, port)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"resolving {host} took too long") from error
        except (OSError, UnicodeError) as error:
            raise NameNotResolvedError(host) from error
        if not addresses:
            raise NameNotResolvedError(host)
        if self._allow_private:
            return addresses
        public = [address for address in addresses if is_public(address)]
        if not public:
            raise AddressRefusedError(f"{host} is {addresses[0]}, which is not a public address")
        return public

    async def sleep(self, seconds: float) -> None:
        """Wait between attempts, as the pool asks."""
        await asyncio.sleep(seconds)


class _Stream(httpcore.AsyncNetworkStream):
    """A TCP stream that is closed when its TLS handshake is cancelled.

    httpcore closes it for errors only; without this every fetch that times out while a server
    keeps silent in its handshake would leave a socket behind.
    """

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109  httpcore's signature
        return await self._stream.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109  httpcore's signature
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's signature
    ) -> httpcore.AsyncNetworkStream:
        try:
            return await self._stream.start_tls(ssl_context, server_hostname, timeout)
        except asyncio.CancelledError:
            await self._stream.aclose()
            raise

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
