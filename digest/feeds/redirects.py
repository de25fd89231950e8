"""Decides where a redirect may lead, and what may be carried along."""

from dataclasses import dataclass, replace

import httpx

from digest.ports import FetchFailure

MOST_REDIRECTS = 5
_PERMANENT = frozenset({301, 308})


class RedirectError(Exception):
    """A first URL or a redirect that is not followed, with the status that asked for it."""

    def __init__(self, failure: FetchFailure, detail: str, status: int | None = None) -> None:
        super().__init__(detail)
        self.failure = failure
        self.status = status


@dataclass(frozen=True, slots=True)
class Hop:
    """One URL on the way, without credentials; ``auth`` is given at the first origin only."""

    url: httpx.URL
    auth: httpx.BasicAuth | None = None
    first: "Hop | None" = None
    visited: tuple[httpx.URL, ...] = ()
    permanent: bool = True

    @property
    def same_origin(self) -> bool:
        """Whether this is still where the request was meant to go (RFC 6454)."""
        return self.first is None or _origin(self.first.url) == _origin(self.url)

    @property
    def permanent_url(self) -> str | None:
        """The URL to ask from now on, where every hop was a 301 or 308.

        None for a URL with credentials: they are not in here, and without them it would be lost.
        """
        if self.first is None or not self.permanent or self.first.auth is not None:
            return None
        return str(self.url)


def first_hop(url: str) -> Hop:
    """Return the start of the way; raise RedirectError where the URL cannot be fetched."""
    parsed = _parsed(url, None)
    auth = None
    if parsed.userinfo:
        auth = httpx.BasicAuth(parsed.username, parsed.password)
    return Hop(_bare(parsed), auth)


def next_hop(hop: Hop, status: int, location: str | None) -> Hop:
    """Return where a 3xx answer leads (RFC 9110 section 15.4); raise RedirectError if nowhere."""
    if not location:
        raise RedirectError(FetchFailure.REDIRECTS, "a redirect without Location", status)
    if len(hop.visited) >= MOST_REDIRECTS:
        raise RedirectError(FetchFailure.REDIRECTS, f"more than {MOST_REDIRECTS} redirects", status)
    target = _bare(_parsed(location, hop.url, status))
    visited = (*hop.visited, hop.url)
    if target in visited:
        raise RedirectError(FetchFailure.REDIRECTS, f"a loop back to {target}", status)
    if hop.url.scheme == "https" and target.scheme == "http":
        raise RedirectError(FetchFailure.REDIRECTS, f"from https down to {target}", status)
    first = hop.first or hop
    onward = Hop(target, None, first, visited, hop.permanent and status in _PERMANENT)
    return replace(onward, auth=first.auth) if onward.same_origin else onward


def shown(url: str) -> str:
    """Return the URL as it may stand in logs and on pages: without credentials."""
    scheme, mark, rest = url.partition("://")
    if not mark:
        return url
    end = min((rest.find(c) for c in "/?#" if c in rest), default=len(rest))
    return f"{scheme}://{rest[:end].rpartition('@')[2]}{rest[end:]}"


def _parsed(url: str, base: httpx.URL | None, status: int | None = None) -> httpx.URL:
    try:
        parsed = httpx.URL(url) if base is None else base.join(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise RedirectError(
            FetchFailure.ADDRESS_REFUSED, f"no valid URL: {error}", status
        ) from None
    if parsed.scheme not in ("http", "https"):
        detail = f"only http and https are fetched, not {parsed.scheme[:20] or 'a bare path'}"
        raise RedirectError(FetchFailure.ADDRESS_REFUSED, detail, status)
    if not parsed.host or "%" in parsed.host:
        raise RedirectError(FetchFailure.ADDRESS_REFUSED, "a URL without a valid host", status)
    return parsed


def _bare(url: httpx.URL) -> httpx.URL:
    return url.copy_with(userinfo=b"", fragment=None)


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port or (443 if url.scheme == "https" else 80)
