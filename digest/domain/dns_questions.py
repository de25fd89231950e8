"""Questions to the DNS as values, so that what is asked next can be decided without asking.

A decision that needs the DNS is a generator: it yields questions, is sent answers, and returns.
"""

from collections.abc import Generator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")


class Sort(StrEnum):
    """What is asked for: texts, IP addresses (A and AAAA), mail servers, names of an address."""

    TXT = "TXT"
    ADDRESSES = "A/AAAA"
    EXCHANGES = "MX"
    NAMES = "PTR"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of which name, without a dot at its end; NAMES takes an IP address."""

    sort: Sort
    name: str


@dataclass(frozen=True, slots=True)
class DnsAnswer:
    """The records, none where there are none; ``failure`` says why the DNS told nothing.

    Mail servers come by preference, without it; "" is the one of a null MX (RFC 7505).
    """

    records: tuple[str, ...] = ()
    failure: str = ""


Asking = Generator[Question, DnsAnswer, T]


class DnsSilentError(Exception):
    """The DNS did not answer, so that nothing can be said."""


def ask(sort: Sort, name: str) -> Asking[tuple[str, ...]]:
    """Ask one question; return the records. Raises DnsSilentError where there is no answer."""
    answer = yield Question(sort, name)
    if answer.failure:
        raise DnsSilentError(f"{sort.value} of {name}: {answer.failure}")
    return answer.records
