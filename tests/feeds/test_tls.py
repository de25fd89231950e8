"""TLS: certificates are verified by name though the connection goes to a checked address."""

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from digest.feeds.http import HttpFetcher
from digest.ports import Fetched, FetchFailed, FetchFailure, FetchRequest, FetchResult
from tests.feeds.web_server import WebServer, answer, web_server

# A key and a self-signed certificate for feed.example, made for this test and used nowhere else.
PEM = Path(__file__).with_name("feed_example.pem")


async def loopback(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


@pytest.fixture
async def site() -> AsyncIterator[WebServer]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(PEM)
    async with web_server(context) as server:
        server.pages["/"] = answer(b"<rss/>")
        yield server


async def fetch(url: str, trusted: bool) -> FetchResult:
    context = ssl.create_default_context(cafile=str(PEM)) if trusted else None
    fetcher = HttpFetcher(ssl_context=context, resolver=loopback)
    try:
        return await fetcher.fetch(FetchRequest(url, allow_private=True))
    finally:
        await fetcher.aclose()


async def test_a_trusted_certificate_of_the_right_name_is_accepted(site: WebServer) -> None:
    result = await fetch(site.url("/", "feed.example"), trusted=True)
    assert isinstance(result, Fetched), result


async def test_a_certificate_of_another_name_is_a_tls_failure(site: WebServer) -> None:
    result = await fetch(site.url("/", "other.example"), trusted=True)
    assert isinstance(result, FetchFailed)
    assert result.failure is FetchFailure.TLS
    assert "other.example" in result.detail


async def test_an_unknown_authority_is_a_tls_failure(site: WebServer) -> None:
    result = await fetch(site.url("/", "feed.example"), trusted=False)
    assert isinstance(result, FetchFailed)
    assert result.failure is FetchFailure.TLS
    assert "self" in result.detail


async def speak(words: bytes, timeout_s: float) -> FetchResult:
    """Fetch by https from a server that answers any first byte with ``words``."""
    async with web_server() as plain:
        plain.blurts = words
        url = plain.url("/", "feed.example").replace("http:", "https:")
        fetcher = HttpFetcher(resolver=loopback, timeout_s=timeout_s)
        result = await fetcher.fetch(FetchRequest(url, allow_private=True))
        await fetcher.aclose()
    return result


async def test_a_server_that_speaks_no_tls_is_a_tls_failure() -> None:
    result = await speak(b"HTTP/1.1 400 Bad Request\r\n\r\n", timeout_s=30.0)
    assert isinstance(result, FetchFailed)
    assert result.failure is FetchFailure.TLS


async def test_a_handshake_that_never_ends_is_a_timeout() -> None:
    result = await speak(b"", timeout_s=0.3)
    assert isinstance(result, FetchFailed)
    assert result.failure is FetchFailure.TIMEOUT


async def test_a_tls_server_downgrading_to_http_is_refused(site: WebServer) -> None:
    site.pages["/down"] = answer(status="301 Moved", Location="http://feed.example/feed")
    result = await fetch(site.url("/down", "feed.example"), trusted=True)
    assert isinstance(result, FetchFailed)
    assert result.failure is FetchFailure.REDIRECTS
