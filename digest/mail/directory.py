"""Asks the DNS for whatever a checkup wants to know, by dnspython."""

from dns.exception import DNSException
from dns.rdatatype import RdataType
from dns.resolver import NXDOMAIN, NoAnswer
from dns.reversename import from_address

from digest.domain.dns_questions import DnsAnswer, Question, Sort
from digest.mail.txt_lookup import DnsTxtLookup

_PATIENCE_S = 3.0  # a checkup asks several questions in its ten seconds
_TYPES = {
    Sort.ADDRESSES: (RdataType.A, RdataType.AAAA),
    Sort.EXCHANGES: (RdataType.MX,),
    Sort.NAMES: (RdataType.PTR,),
}


class DnsDirectory(DnsTxtLookup):
    """Implements `Directory` at this machine's resolvers, or at one nameserver."""

    def __init__(self, nameserver: str | None = None, *, patience_s: float = _PATIENCE_S) -> None:
        super().__init__(nameserver, patience_s=patience_s)

    async def answer(self, question: Question) -> DnsAnswer:
        """Return the records of a name, or why there was no answer."""
        if question.sort is Sort.TXT:
            told = await self.txt(question.name)
            return DnsAnswer(told.records, told.failure)
        records: list[str] = []
        try:
            by_address = question.sort is Sort.NAMES
            name = str(from_address(question.name)) if by_address else f"{question.name}."
            for kind in _TYPES[question.sort]:
                records += await self._ask(name, kind)
        except (DNSException, OSError, ValueError) as error:
            return DnsAnswer(failure=" ".join(str(error).split()) or type(error).__name__)
        return DnsAnswer(tuple(records))

    async def _ask(self, name: str, kind: RdataType) -> list[str]:
        try:
            found = await self.resolver().resolve(
                name, kind, lifetime=self.patience_s, search=False
            )
        except (NXDOMAIN, NoAnswer):
            return []
        if kind is RdataType.MX:
            by_preference = sorted(found, key=lambda one: int(one.preference))
            return [one.exchange.to_text(omit_final_dot=True).rstrip(".") for one in by_preference]
        return [one.to_text().rstrip(".") for one in found]
