"""Fetches feeds over HTTP: one conditional GET, and its outcome as a value."""

import asyncio
import contextlib
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib import metadata

import httpx

from digest.feeds import conditional
from digest.feeds.connections import GuardedBackend
from digest.feeds.decoding import BodyReader, BodyTooLargeError, BrokenEncodingError
from digest.feeds.failures import WIRE_ERRORS, failure_of
from digest.feeds.guard import Resolver, resolve
from digest.feeds.redirects import Hop, RedirectError, first_hop, next_hop, shown
from digest.feeds.transport import GuardedTransport
from digest.ports import (
    Fetched,
    FetchFailed,
    FetchFailure,
    FetchRequest,
    FetchResult,
    NotModified,
)

REASON_BYTES = 2048
REASON_SECONDS = 5.0  # a status is worth more than the rest of its page
_NO_REDIRECT = frozenset({300, 304, 305, 306})


def default_user_agent(contact: str | None) -> str:
    """Return ``paper-digest/VERSION (+CONTACT)``, so that a server's owner can reach ours."""
    try:
        version = metadata.version("paper-digest")
    except metadata.PackageNotFoundError:
        version = "0"
    reachable = conditional.validator(contact)
    return f"paper-digest/{version}" + (f" (+{reachable})" if reachable else "")


@cache
def default_ssl_context() -> ssl.SSLContext:
    """Return the context that trusts certifi's authorities and the machine's own, read once."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context


class HttpFetcher:
    """Implements ``FeedFetcher`` with limits on addresses, bytes, redirects and time.

    ``max_bytes`` counts the body after decompression; ``timeout_s`` covers the whole fetch, all
    redirects and a body that only drips; ``connect_timeout_s`` one connection with its name and
    its TLS. ``now`` is asked only where an answer carries no Date of its own.
    """

    def __init__(
        self,
        *,
        contact: str | None = None,
        max_bytes: int = 20_000_000,
        timeout_s: float = 60.0,
        connect_timeout_s: float = 15.0,
        user_agent: str | None = None,
        ssl_context: ssl.SSLContext | None = None,
        resolver: Resolver = resolve,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._user_agent = user_agent or default_user_agent(contact)
        self._max_bytes = max_bytes
        self._timeout_s = timeout_s
        self._timeouts = httpx.Timeout(timeout_s, connect=connect_timeout_s)
        self._ssl_context = ssl_context or default_ssl_context()
        self._resolver = resolver
        self._now = now
        self._clients = {private: self._client(private) for private in (False, True)}

    async def fetch(self, request: FetchRequest) -> FetchResult:
        """Return the body, a not-modified mark, or the failure; raise only when cancelled."""
        url = shown(request.url)
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._follow(request)
        except TimeoutError:
            return FetchFailed(url, FetchFailure.TIMEOUT, f"no end within {self._timeout_s:g} s")
        except RedirectError as error:
            return FetchFailed(url, error.failure, str(error), error.status)
        except WIRE_ERRORS as error:
            failure, detail = failure_of(error)
            return FetchFailed(url, failure, detail)

    async def aclose(self) -> None:
        """Close every kept connection."""
        for client in self._clients.values():
            await client.aclose()

    def _client(self, allow_private: bool) -> httpx.AsyncClient:
        """Return a client without cookies, proxies, netrc or redirects of its own.

        There is one for each kind of guard: a connection opened with leave to private addresses
        must never serve a request that has none.
        """
        backend = GuardedBackend(allow_private=allow_private, resolver=self._resolver)
        return httpx.AsyncClient(
            transport=GuardedTransport(backend, self._ssl_context),
            trust_env=False,
            follow_redirects=False,
            timeout=self._timeouts,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )

    async def _follow(self, request: FetchRequest) -> FetchResult:
        client = self._clients[request.allow_private]
        hop = first_hop(request.url)
        while True:
            wire = client.build_request("GET", hop.url, headers=self._headers(request, hop))
            response = await client.send(wire, stream=True, auth=hop.auth)
            try:
                status = response.status_code
                if not 300 <= status < 400 or status in _NO_REDIRECT:
                    return await self._outcome(request, hop, response)
                hop = next_hop(hop, status, response.headers.get("location"))
            finally:
                await response.aclose()

    def _headers(self, request: FetchRequest, hop: Hop) -> httpx.Headers:
        """Return the headers; what the operator configured stays with the first origin."""
        headers = httpx.Headers({"User-Agent": self._user_agent, "Accept": request.accept})
        if hop.same_origin:
            headers.update(request.headers)
        if etag := conditional.validator(request.etag):
            headers["If-None-Match"] = etag
        if last_modified := conditional.validator(request.last_modified):
            headers["If-Modified-Since"] = last_modified
        headers["Accept-Encoding"] = "gzip, deflate"  # what BodyReader can undo, nothing else
        return headers

    async def _outcome(
        self, request: FetchRequest, hop: Hop, response: httpx.Response
    ) -> FetchResult:
        status = response.status_code
        url = shown(str(hop.url))
        fresh_for_s = conditional.fresh_for_s(response.headers, self._now())
        answered_at = conditional.http_date(response.headers.get("date"))
        if status == 304 and (request.etag or request.last_modified):
            return NotModified(url, fresh_for_s, answered_at)
        if status not in (200, 203):
            return await self._refusal(url, response)
        return Fetched(
            url,
            await _body(response, self._max_bytes),
            content_type=response.headers.get("content-type", "")[:200],
            etag=conditional.validator(response.headers.get("etag")),
            last_modified=conditional.validator(response.headers.get("last-modified")),
            permanent_url=hop.permanent_url,
            fresh_for_s=fresh_for_s,
            answered_at=answered_at,
        )

    async def _refusal(self, url: str, response: httpx.Response) -> FetchFailed:
        status = response.status_code
        retry_after_s = conditional.retry_after_s(response.headers, self._now())
        failure = FetchFailure.STATUS
        if status == 410:
            failure = FetchFailure.GONE
        elif status == 429 or (status == 503 and retry_after_s is not None):
            failure = FetchFailure.THROTTLED
        return FetchFailed(
            url,
            failure,
            status=status,
            retry_after_s=retry_after_s,
            body=await _first_bytes(response, REASON_BYTES),
            answered_at=conditional.http_date(response.headers.get("date")),
        )


async def _body(response: httpx.Response, limit: int) -> bytes:
    """Return the decoded body; see ``BodyReader`` for what it raises."""
    reader = BodyReader(response.headers.get("content-encoding", ""), limit)
    announced = response.headers.get("content-length", "")
    if announced.isdecimal() and len(announced) < 20 and int(announced) > limit:
        raise BodyTooLargeError(f"{announced} bytes announced, at most {limit} allowed")
    async for piece in response.aiter_raw():
        reader.feed(piece)
    return reader.finish()


async def _first_bytes(response: httpx.Response, limit: int) -> bytes:
    """Return what can be had of an error page; its own faults are of no interest."""
    try:
        reader = BodyReader(response.headers.get("content-encoding", ""), 16 * limit)
    except BrokenEncodingError:
        return b""
    with contextlib.suppress(*WIRE_ERRORS):
        async with asyncio.timeout(REASON_SECONDS):
            async for piece in response.aiter_raw():
                reader.feed(piece)
                if len(reader.so_far) >= limit:
                    break
    return reader.so_far[:limit]
