"""Asks our own web server over the way that readers take, certificates checked.

The address is the operator's own setting, so it may be any; a redirect is an answer here.
"""

import ssl
from collections.abc import Mapping
from datetime import UTC, datetime

import httpx

from digest.feeds.conditional import http_date
from digest.feeds.failures import WIRE_ERRORS, failure_of
from digest.feeds.http import default_ssl_context, default_user_agent
from digest.ports import WebAnswer

_MOST_BYTES = 64 * 1024


class HttpCaller:
    """Implements `WebCaller`; each question has a connection of its own."""

    def __init__(self, *, timeout_s: float = 10.0, ssl_context: ssl.SSLContext | None = None):
        self._timeout_s = timeout_s
        self._ssl_context = ssl_context

    async def ask(
        self, method: str, url: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> WebAnswer:
        """Return the answer, its first 64 KiB, or why there was none."""
        told = {"user-agent": default_user_agent(None), **(headers or {})}
        try:
            async with (
                httpx.AsyncClient(
                    verify=self._ssl_context or default_ssl_context(),
                    trust_env=False,
                    follow_redirects=False,
                    timeout=self._timeout_s,
                ) as client,
                client.stream(method, url, content=body or None, headers=told) as response,
            ):
                return await _answer(response)
        except WIRE_ERRORS as error:
            failure, detail = failure_of(error.__cause__ or error)  # httpx wraps httpcore's
            return WebAnswer(failure=f"{failure.value}: {detail}" if detail else failure.value)


async def _answer(response: httpx.Response) -> WebAnswer:
    stream = response.extensions.get("network_stream")
    wrapped = stream.get_extra_info("ssl_object") if stream is not None else None
    certificate = wrapped.getpeercert() if wrapped is not None else None
    body = bytearray()
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) >= _MOST_BYTES:
            break
    ends = (certificate or {}).get("notAfter")
    return WebAnswer(
        status=response.status_code,
        body=bytes(body[:_MOST_BYTES]),
        location=response.headers.get("location", ""),
        answered_at=http_date(response.headers.get("date")),
        certificate_ends=_instant(str(ends)) if ends else None,
    )


def _instant(told: str) -> datetime:
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(told), UTC)
