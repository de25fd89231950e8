"""Asking the DNS."""

from dataclasses import dataclass
from typing import Protocol

from digest.domain.dns_questions import DnsAnswer, Question
from digest.domain.providers import MailExchange


class MailExchanges(Protocol):
    """Asks the DNS who takes mail for a domain; never raises for what the network does."""

    async def find(self, domain: str) -> tuple[MailExchange, ...] | None:
        """Return the MX records, none where there are none, None where nobody could tell."""
        ...


@dataclass(frozen=True, slots=True)
class TxtAnswer:
    """The TXT records of a name, each in one piece; ``failure`` says why the DNS told nothing.

    A name that does not exist has no records, which is no failure.
    """

    records: tuple[str, ...] = ()
    failure: str = ""


class TxtLookup(Protocol):
    """Asks the DNS for TXT records; never raises for what the network or a server does."""

    async def txt(self, name: str) -> TxtAnswer:
        """Return the records of a name, or why there was no answer."""
        ...


class Directory(TxtLookup, Protocol):
    """Answers every sort of question to the DNS; never raises for what a server does."""

    async def answer(self, question: Question) -> DnsAnswer:
        """Return the records of a name, or why there was no answer."""
        ...
