"""Evaluates SPF for an address (RFC 7208 section 4.6), asking the DNS by questions.

``exists`` and ``ptr`` and names with macros depend on the mail itself: they are counted, taken not
to match, and make a result that is no pass UNKNOWN.
"""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from digest.domain.dns_questions import Asking, DnsSilentError, Sort, ask
from digest.domain.spf_record import (
    Mechanism,
    SpfError,
    SpfRecord,
    has_macro,
    parse_record,
    pick_record,
)

MOST_LOOKUPS, MOST_VOID, MOST_EXCHANGES = 10, 2, 10  # section 4.6.4
Address = IPv4Address | IPv6Address


class SpfResult(StrEnum):
    """What a receiver comes to (section 2.6); UNKNOWN is our own word."""

    PASS = "pass"  # noqa: S105  the RFC's word
    FAIL = "fail"
    SOFTFAIL = "softfail"
    NEUTRAL = "neutral"
    NONE = "none"
    PERMERROR = "permerror"
    TEMPERROR = "temperror"
    UNKNOWN = "unknown"


_BY_QUALIFIER = {
    "+": SpfResult.PASS,
    "-": SpfResult.FAIL,
    "~": SpfResult.SOFTFAIL,
    "?": SpfResult.NEUTRAL,
}


@dataclass(frozen=True, slots=True)
class SpfVerdict:
    """The result, why where it is an error, the lookups it took, and the domain's own record."""

    result: SpfResult
    why: str = ""
    lookups: int = 0
    record: SpfRecord | None = None


@dataclass(slots=True)
class _Course:
    """What one evaluation has spent."""

    address: Address | None
    lookups: int = 0
    void: int = 0
    unsure: bool = False

    def count(self) -> None:
        """Count one term that asks the DNS."""
        self.lookups += 1
        if self.lookups > MOST_LOOKUPS:
            raise SpfError(f"it takes more than {MOST_LOOKUPS} DNS lookups")

    def found(self, records: tuple[str, ...]) -> tuple[str, ...]:
        """Count an answer without records."""
        self.void += not records
        if self.void > MOST_VOID:
            raise SpfError(f"more than {MOST_VOID} of its lookups find nothing")
        return records


def evaluate(domain: str, address: Address | None) -> Asking[SpfVerdict]:
    """Return what receivers make of a mail from an address; None is one that nothing names.

    So None walks the whole record: what is wrong with it is found, whoever sends.
    """
    course, record = _Course(address), None
    try:
        text = pick_record((yield from ask(Sort.TXT, domain)))
        if text is None:
            return SpfVerdict(SpfResult.NONE)
        record = parse_record(text)
        result = yield from _judge(record, domain, course)
    except DnsSilentError as error:
        return SpfVerdict(SpfResult.TEMPERROR, str(error), course.lookups, record)
    except SpfError as error:
        return SpfVerdict(SpfResult.PERMERROR, str(error), course.lookups, record)
    if course.unsure and result is not SpfResult.PASS:
        result = SpfResult.UNKNOWN
    return SpfVerdict(result, "", course.lookups, record)


def _check(domain: str, course: _Course) -> Asking[SpfResult]:
    """Return the result for a domain that is included or redirected to."""
    text = pick_record(course.found((yield from ask(Sort.TXT, domain))))
    if text is None:
        raise SpfError(f"{domain} has no SPF record")
    return (yield from _judge(parse_record(text), domain, course))


def _judge(record: SpfRecord, domain: str, course: _Course) -> Asking[SpfResult]:
    for one in record.mechanisms:
        if (yield from _matches(one, domain, course)):
            return _BY_QUALIFIER[one.qualifier]
    if not record.redirect:
        return SpfResult.NEUTRAL
    course.count()
    if has_macro(record.redirect):
        course.unsure = True
        return SpfResult.NEUTRAL
    return (yield from _check(record.redirect, course))


def _matches(one: Mechanism, domain: str, course: _Course) -> Asking[bool]:
    if one.kind == "all":
        return True
    if one.network is not None:
        return course.address is not None and course.address in one.network
    course.count()
    if one.kind in ("exists", "ptr") or has_macro(one.name):
        course.unsure = True
        return False
    name = one.name or domain
    if one.kind == "include":
        return (yield from _check(name, course)) is SpfResult.PASS
    if one.kind == "a":
        hosts: tuple[str, ...] = (name,)
    else:
        hosts = course.found((yield from ask(Sort.EXCHANGES, name)))
        if len(hosts) > MOST_EXCHANGES:
            raise SpfError(f"{name} has more than {MOST_EXCHANGES} mail servers")
    for host in hosts:
        if host:
            addresses = course.found((yield from ask(Sort.ADDRESSES, host)))
            if any(_is_near(text, one.prefixes, course.address) for text in addresses):
                return True
    return False


def _is_near(text: str, prefixes: tuple[int, int], address: Address | None) -> bool:
    held = ip_address(text)
    if address is None or held.version != address.version:
        return False
    prefix = prefixes[0] if held.version == 4 else prefixes[1]
    return address in ip_network((held, prefix), strict=False)
