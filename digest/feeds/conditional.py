"""Reads what a server says of time: how long an answer stays fresh, when to come back."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_FRESH_S = 366 * 86400.0
LONGEST_WAIT_S = 30 * 86400.0

_DIRECTIVE = re.compile(
    r"""([!#$%&'*+.^_`|~0-9a-z-]+)(?:\s*=\s*("[^"]*"|[^\s,"]+))?""", re.IGNORECASE
)
_VISIBLE = re.compile(r"[\x20-\x7e]{1,1000}")


def validator(value: str | None) -> str | None:
    """Return an ETag or Last-Modified that can safely be sent back, else None."""
    return value if value is not None and _VISIBLE.fullmatch(value) else None


def http_date(value: str | None) -> datetime | None:
    """Return the instant of an HTTP date (RFC 9110 section 5.6.7, all three forms), or None."""
    if not value:
        return None
    try:
        found = parsedate_to_datetime(value)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError, IndexError, TypeError):
        return None


def retry_after_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the server's wish of RFC 9110 section 10.2.3 in seconds, 0 to 30 days, or None.

    A date counts from the answer's own Date where it has one, so that a wrong clock on either
    side does no harm.
    """
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,12}", value):
        return min(float(value), LONGEST_WAIT_S)
    until = http_date(value)
    if until is None:
        return None
    since = http_date(headers.get("date")) or now
    return min(max((until - since).total_seconds(), 0.0), LONGEST_WAIT_S)


def fresh_for_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return for how many seconds an answer stays fresh (RFC 9111 section 4.2), or None.

    ``no-store`` and ``no-cache`` are 0; ``max-age`` goes before Expires and loses the answer's
    Age; a broken value means stale, as the section demands.
    """
    directives = _directives(headers.get("cache-control", ""))
    if "no-store" in directives or "no-cache" in directives:
        return 0.0
    if "max-age" in directives:
        return _bounded(_number(directives["max-age"]) - _number(headers.get("age", "0")))
    expires = headers.get("expires")
    if expires is None:
        return None
    until = http_date(expires)
    if until is None:
        return 0.0
    return _bounded((until - (http_date(headers.get("date")) or now)).total_seconds())


def _directives(value: str) -> dict[str, str]:
    """Return the directives, lower case; of one said twice the first counts."""
    found: dict[str, str] = {}
    for match in _DIRECTIVE.finditer(value[:2000]):
        found.setdefault(match[1].lower(), (match[2] or "").strip('"'))
    return found


def _number(text: str) -> float:
    text = text.strip()
    return float(text) if re.fullmatch(r"[0-9]{1,12}", text) else 0.0


def _bounded(seconds: float) -> float:
    return min(max(seconds, 0.0), LONGEST_FRESH_S) if math.isfinite(seconds) else 0.0
