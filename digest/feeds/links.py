"""Makes the links of a feed safe to put into a mail."""

import re
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

LINK_CHARACTERS = 2_000

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"  # RFC 1035 2.3.4, and the underscore in use
_HOST = re.compile(rf"(?:{_LABEL}\.)*{_LABEL}\.?|\[[0-9a-f:.]+\]")
# RFC 3986 section 2: reserved and unreserved characters stay, and what is escaped already.
_KEPT = "!$&'()*+,;=:@/?~-._%"
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def safe_url(value: str | None, base: str | None = None) -> str | None:
    """Return an absolute http or https URL in ASCII, at most 2,000 characters, or None.

    Relative values are resolved against ``base``; credentials are stripped; any other scheme,
    control characters and hosts that are none are refused (RFC 3986, WHATWG URL).
    """
    text = (value or "").strip()
    if not text or len(text) > LINK_CHARACTERS or _CONTROLS.search(text):
        return None
    try:
        text = text.replace("\\", "/")  # as browsers read it
        own = urlsplit(text)
        if own.scheme and not own.netloc:
            return None
        parts = urlsplit(urljoin(base or "", text))
        port = parts.port
        host = _ascii_host(parts.hostname or "")
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or host is None:
        return None
    authority = host if port is None else f"{host}:{port}"
    path, query, fragment = (_escaped(piece) for piece in (parts.path, parts.query, parts.fragment))
    url = urlunsplit((parts.scheme, authority, path, query, fragment))
    return url if len(url) <= LINK_CHARACTERS else None


def _ascii_host(host: str) -> str | None:
    """Return a host name in lower case ASCII (RFC 5891), None where it is no name."""
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    elif ":" in host:
        host = f"[{host}]"
    host = host.lower()
    return host if len(host) <= 253 and _HOST.fullmatch(host) else None


def _escaped(piece: str) -> str:
    return quote(_LONE_PERCENT.sub("%25", piece), safe=_KEPT, errors="replace")
