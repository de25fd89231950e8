"""Asks the DNS for TXT records, by dnspython."""

from ipaddress import ip_address

from dns.asyncresolver import Resolver
from dns.exception import DNSException
from dns.resolver import NXDOMAIN, NoAnswer, NoResolverConfiguration

from digest.ports import TxtAnswer

PATIENCE_S = 10.0
_PAYLOAD = 1232  # bytes over UDP that no path fragments (DNS flag day 2020); more comes over TCP


class DnsTxtLookup:
    """Looks TXT records up at this machine's resolvers, or at one nameserver.

    ``nameserver`` is an IP address, with ``:PORT`` behind it where it is not 53 (an IPv6 one then
    in brackets). Raises ValueError for anything else.
    """

    def __init__(self, nameserver: str | None = None, *, patience_s: float = PATIENCE_S) -> None:
        self.patience_s = patience_s
        self._server = _server_of(nameserver) if nameserver else None

    async def txt(self, name: str) -> TxtAnswer:
        """Return the records of a name, their strings joined (RFC 6376 section 3.6.2.2)."""
        try:
            found = await self.resolver().resolve(
                f"{name}.", "TXT", lifetime=self.patience_s, search=False
            )
        except (NXDOMAIN, NoAnswer):
            return TxtAnswer()
        except (DNSException, OSError) as error:
            return TxtAnswer(failure=" ".join(str(error).split()) or type(error).__name__)
        return TxtAnswer(tuple(b"".join(one.strings).decode("utf-8", "replace") for one in found))

    def resolver(self) -> Resolver:
        """Return a resolver for one question; raises OSError where this machine names none."""
        try:
            resolver = Resolver(configure=self._server is None)
        except NoResolverConfiguration:
            raise OSError("this machine names no DNS server: give one with --nameserver") from None
        if self._server is not None:
            address, resolver.port = self._server
            resolver.nameservers = [address]
        resolver.use_edns(0, 0, _PAYLOAD)
        return resolver


def _server_of(text: str) -> tuple[str, int]:
    """Return the address and port of a nameserver; raise ValueError for what is none."""
    with_port = text.count(":") == 1 or "]:" in text
    host, _, port = text.rpartition(":") if with_port else (text, "", "53")
    address = str(ip_address(host.strip("[]")))
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise ValueError(f"{port!r} is no port")
    return address, int(port)
