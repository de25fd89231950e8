"""Keeps a fetch away from the machine and the network the program runs in (SSRF).

The check falls on the address that is connected to, after DNS, so that a name which resolves
differently a second time (DNS rebinding) gains nothing.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Awaitable[list[str]]]

# RFC 6890 and the IANA special-purpose registries: everything that no public server may have.
_CLOSED_V4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT, RFC 6598
        "127.0.0.0/8",
        "168.63.129.16/32",  # the host agent of one large cloud: public by number only
        "169.254.0.0/16",  # link-local, cloud metadata among them
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # 6to4 relays, RFC 7526
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks, RFC 2544
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
_CLOSED_V6 = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # Teredo, ORCHID, benchmarks
        "2001:db8::/32",
        "2002::/16",  # 6to4 carries any IPv4 address inside
        "3fff::/20",  # documentation, RFC 9637
    )
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052; the local 64:ff9b:1::/48 stays closed


class AddressRefusedError(Exception):
    """A name leads only to addresses that are not public."""


class NameNotResolvedError(Exception):
    """A name leads to no address at all."""


def is_public(address: str) -> bool:
    """Tell whether an IP literal may be connected to without the operator's leave.

    IPv4-mapped, 6to4 and Teredo forms are closed whatever they carry. An address under the
    well-known NAT64 prefix is judged by the IPv4 address it carries, since on a network of IPv6
    alone DNS64 answers with nothing else (RFC 6147). What is no address is not public.
    """
    try:
        ip: IPAddress = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in network for network in _CLOSED_V4)
    if ip in _NAT64:
        return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    return ip in _GLOBAL_V6 and not any(ip in network for network in _CLOSED_V6)


async def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a name in the order of preference of RFC 6724.

    Raises:
        OSError: the name does not resolve (socket.gaierror).
        UnicodeError: the name is no host name.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
