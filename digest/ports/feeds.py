"""Fetching feeds: what is asked, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class FetchFailure(StrEnum):
    """Why a fetch gave no body."""

    ADDRESS_REFUSED = "address refused"  # SSRF guard: private, loopback, link-local, bad scheme
    DNS = "name not resolved"
    CONNECT = "connection failed"
    TLS = "certificate or TLS failure"
    TIMEOUT = "timed out"
    TOO_LARGE = "body too large"
    REDIRECTS = "too many or bad redirects"
    ENCODING = "content encoding broken"
    THROTTLED = "asked to slow down"  # 429, or 503 with Retry-After
    GONE = "gone"  # 410
    STATUS = "unexpected status"
    PROTOCOL = "broken HTTP"


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """A conditional GET. ``allow_private`` lifts the SSRF guard for this request.

    ``headers`` may hold a token: they go to the URL's own origin alone, and are not shown.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None
    accept: str = "*/*"
    allow_private: bool = False
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A 200 with its decoded body. ``permanent_url`` is set when only 301/308 led to ``url``.

    ``answered_at`` is the Date of an answer, by the server's clock.
    """

    url: str
    body: bytes
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None
    permanent_url: str | None = None
    fresh_for_s: float | None = None  # Cache-Control max-age or Expires, seconds
    answered_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class NotModified:
    """A 304: what was fetched last still stands."""

    url: str
    fresh_for_s: float | None = None
    answered_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class FetchFailed:
    """No body. ``retry_after_s`` is the server's own wish, in seconds, where it said one."""

    url: str
    failure: FetchFailure
    detail: str = ""
    status: int | None = None
    retry_after_s: float | None = None
    body: bytes = b""  # first bytes of an error answer, for the reason shown
    answered_at: datetime | None = field(default=None, compare=False)

    @property
    def reason(self) -> str:
        """One line for `status` and logs."""
        code = f"HTTP {self.status}" if self.status else ""
        return ": ".join(part for part in (self.failure.value, code, self.detail) if part)


FetchResult = Fetched | NotModified | FetchFailed


class FeedFetcher(Protocol):
    """Fetches one URL; never raises for what the network or the server does."""

    async def fetch(self, request: FetchRequest) -> FetchResult:
        """Return the body, a not-modified mark, or the failure as a value."""
        ...
