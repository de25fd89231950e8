"""Carries httpx requests over a pool of guarded connections."""

import ssl
from collections.abc import AsyncIterable, AsyncIterator

import httpcore
import httpx

from digest.feeds.connections import GuardedBackend


class GuardedTransport(httpx.AsyncBaseTransport):
    """A transport of its own pool, so that no connection is shared with another guard.

    It reads no environment: neither proxies nor certificates. httpcore's exceptions come through
    as they are.
    """

    def __init__(self, backend: GuardedBackend, ssl_context: ssl.SSLContext) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=ssl_context,
            network_backend=backend,
            max_connections=20,
            max_keepalive_connections=10,
            keepalive_expiry=15.0,
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; the body of the answer is still to be read."""
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        answer = await self._pool.handle_async_request(
            httpcore.Request(
                request.method,
                url,
                headers=request.headers.raw,
                content=b"",
                extensions=request.extensions,
            )
        )
        assert isinstance(answer.stream, AsyncIterable), "an asynchronous pool streams so"
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(answer.stream),
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        """Close every kept connection."""
        await self._pool.aclose()


class _Body(httpx.AsyncByteStream):
    """Hands the pieces of a body on and gives its connection back on closing."""

    def __init__(self, stream: AsyncIterable[bytes]) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._stream:
            yield piece

    async def aclose(self) -> None:
        close = getattr(self._stream, "aclose", None)
        if close is not None:
            await close()
