"""Asks the DNS for MX records (RFC 5321 section 5.1), by dnspython."""

import dns.asyncresolver
import dns.exception
import dns.resolver

from digest.ports import MailExchange

LIFETIME_S = 1.5


class DnsExchanges:
    """The resolver of this machine, or the ``nameservers`` given (a test's, with its ``port``)."""

    def __init__(self, nameservers: tuple[str, ...] = (), port: int = 53) -> None:
        self._resolver: dns.asyncresolver.Resolver | None
        try:
            self._resolver = dns.asyncresolver.Resolver(configure=not nameservers)
        except dns.resolver.NoResolverConfiguration:
            self._resolver = None
            return
        if nameservers:
            self._resolver.nameservers = list(nameservers)
            self._resolver.port = port

    async def find(self, domain: str) -> tuple[MailExchange, ...] | None:
        """Return the MX records, none where there are none, None where nobody could tell."""
        if self._resolver is None:
            return None
        try:
            answer = await self._resolver.resolve(
                domain.rstrip(".") + ".", "MX", lifetime=LIFETIME_S, raise_on_no_answer=False
            )
        except dns.resolver.NXDOMAIN:
            return ()
        except (dns.exception.DNSException, OSError, ValueError):
            return None
        records = answer.rrset or ()
        return tuple(
            MailExchange(int(one.preference), one.exchange.to_text(omit_final_dot=True))
            for one in records
        )
