"""Limits on what strangers may ask: token buckets, and whose bucket a request draws from.

A bucket holds up to its capacity and fills again evenly over a period; each request takes one.
"""

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from datetime import timedelta

_V4_NETWORK, _V6_NETWORK = 24, 56  # what one household or office usually has


@dataclass(frozen=True, slots=True)
class Limit:
    """So many requests at once, and as many again spread over each ``period``."""

    capacity: int
    period: timedelta


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a request: the bucket's new level, and where refused, the wait in seconds."""

    allowed: bool
    level: float
    retry_after_s: float = 0.0


def take_one(limit: Limit, level: float, elapsed_s: float) -> Taken:
    """Return what a bucket says that stood at ``level`` so many seconds ago.

    A clock that was set back fills nothing and takes nothing away.
    """
    per_second = limit.capacity / limit.period.total_seconds()
    filled = max(0.0, min(limit.capacity, level + max(0.0, elapsed_s) * per_second))
    if filled >= 1:
        return Taken(True, filled - 1)
    return Taken(False, filled, (1 - filled) / per_second)


def client_network(client: str) -> str:
    """Return the network of a client's IP address, which shares a bucket: /24 or /56.

    An IPv4 address written as IPv6 is one of IPv4; whoever has no address is "unknown".
    """
    try:
        address = ipaddress.ip_address(client.partition("%")[0])
    except ValueError:
        return "unknown"
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    plain = mapped or address
    length = _V4_NETWORK if plain.version == 4 else _V6_NETWORK
    return str(ipaddress.ip_network((plain, length), strict=False))


def limit_key(key: bytes, purpose: str, value: str) -> str:
    """Return under which name a bucket is kept: 64 hexadecimal digits that hide ``value``.

    Keyed, so that nobody who reads the table can try addresses; apart for each purpose.
    """
    said = f"paper-digest limit v1\n{purpose}\n{value}"
    return hmac.new(key, said.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
