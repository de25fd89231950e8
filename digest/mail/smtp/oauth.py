"""Access tokens by an OAuth2 refresh token (RFC 6749 section 6), kept until they expire."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx

from digest.ports import Clock

_EARLY = timedelta(seconds=60)  # a token about to expire would not survive the session
_MOST_BYTES = 100_000


class TokenError(Exception):
    """No access token could be had; the text says why, and holds no secret."""


@dataclass(frozen=True, slots=True)
class TokenClient:
    """Who asks, and where."""

    token_url: str
    client_id: str
    client_secret: str
    refresh_token: str


class RefreshedToken:
    """One relay's access token, fetched when it is needed and kept until it expires."""

    def __init__(self, client: TokenClient, clock: Clock, timeout_s: float = 20.0) -> None:
        self._client = client
        self._clock = clock
        self._timeout_s = timeout_s
        self._token = ""
        self._good_until: datetime | None = None
        self._lock = asyncio.Lock()

    async def get(self) -> str:
        """Return a token that is valid now; raise TokenError where none can be had."""
        async with self._lock:
            if self._good_until is None or self._clock.now() >= self._good_until:
                self._token, lifetime = await self._fetch()
                self._good_until = self._clock.now() + max(lifetime - _EARLY, lifetime / 2)
            return self._token

    def forget(self) -> None:
        """Drop a token that the relay did not take."""
        self._good_until = None

    async def _fetch(self) -> tuple[str, timedelta]:
        form = {
            "grant_type": "refresh_token",
            "client_id": self._client.client_id,
            "refresh_token": self._client.refresh_token,
        }
        if self._client.client_secret:
            form["client_secret"] = self._client.client_secret
        try:
            async with asyncio.timeout(self._timeout_s), httpx.AsyncClient() as http:
                answer = await http.post(self._client.token_url, data=form)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError) as error:
            raise TokenError(f"the token server did not answer: {type(error).__name__}") from error
        return _read_token(answer)


def _read_token(answer: httpx.Response) -> tuple[str, timedelta]:
    try:
        told = answer.json() if len(answer.content) <= _MOST_BYTES else None
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise TokenError(f"the token server answered HTTP {answer.status_code} without JSON")
    token = told.get("access_token")
    if answer.status_code != 200 or not isinstance(token, str) or not token:
        why = str(told.get("error", "no access_token"))[:100]
        raise TokenError(f"the token server answered HTTP {answer.status_code}: {why}")
    try:
        seconds = float(told.get("expires_in", 300))
    except (TypeError, ValueError):
        seconds = 300.0
    return token, timedelta(seconds=min(max(seconds, 1.0), 86_400.0))
