"""DMARC records and the tree walk that finds them (RFC 9989 sections 4.7 and 4.10).

The organizational domain is found by asking label by label, and no list of suffixes is needed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from digest.domain.dns_questions import Asking, Sort, ask

MOST_QUERIES = 8
_POLICIES = ("none", "quarantine", "reject")


@dataclass(frozen=True, slots=True)
class DmarcRecord:
    """What a domain wants of mails that prove nothing; ``psd`` is ``y``, ``n`` or ``u``."""

    domain: str
    policy: str
    subdomains: str
    strict_dkim: bool = False
    strict_spf: bool = False
    psd: str = "u"


@dataclass(frozen=True, slots=True)
class Walk:
    """What a walk from ``start`` found, the start's own record first; where it ended up."""

    start: str
    records: tuple[DmarcRecord, ...]
    organization: str
    several: tuple[str, ...] = ()

    @property
    def record(self) -> DmarcRecord | None:
        """The record that counts for the start: its own, else that of the organization, or PSD."""
        by_domain = {one.domain: one for one in self.records}
        last = self.records[-1] if self.records else None
        own = by_domain.get(self.start) or by_domain.get(self.organization)
        return own or (last if last is not None and last.psd == "y" else None)

    @property
    def policy(self) -> str:
        """The policy that counts for the start, "" without a record."""
        record = self.record
        if record is None:
            return ""
        return record.policy if record.domain == self.start else record.subdomains


def parse_dmarc(text: str, domain: str) -> DmarcRecord | None:
    """Return a record, None for what is none: v=DMARC1 has to stand first (section 4.7).

    A policy that nobody knows counts as none.
    """
    pairs = [part.partition("=") for part in text.split(";")]
    tags: dict[str, str] = {}
    for name, sign, value in pairs:
        if sign:
            tags.setdefault(name.strip().lower(), value.strip())
    first, _, version = pairs[0]
    if first.strip().lower() != "v" or version.strip() != "DMARC1":
        return None
    policy, psd = _policy(tags.get("p", ""), "none"), tags.get("psd", "u").lower()
    return DmarcRecord(
        domain=domain,
        policy=policy,
        subdomains=_policy(tags.get("sp", ""), policy),
        strict_dkim=tags.get("adkim", "r").lower() == "s",
        strict_spf=tags.get("aspf", "r").lower() == "s",
        psd=psd if psd in ("y", "n") else "u",
    )


def pick_dmarc(texts: Iterable[str], domain: str) -> tuple[DmarcRecord | None, bool]:
    """Return the record among TXT records, and whether several discard each other."""
    found = [record for text in texts if (record := parse_dmarc(text, domain)) is not None]
    return (found[0] if len(found) == 1 else None), len(found) > 1


def steps(domain: str) -> list[str]:
    """Return the domains that a walk looks at, at most eight, the longest first (section 4.10)."""
    labels = domain.strip(".").lower().split(".")
    rest = labels[1:] if len(labels) < MOST_QUERIES else labels[-(MOST_QUERIES - 1) :]
    return [".".join(labels), *(".".join(rest[at:]) for at in range(len(rest)))]


def organization_of(start: str, records: Sequence[DmarcRecord]) -> str:
    """Return the organizational domain that a walk's records mean (section 4.10.2)."""
    start = start.strip(".").lower()
    for record in records:
        if record.psd == "n":
            return record.domain
        if record.psd == "y" and record.domain != start:
            labels = start.split(".")
            return ".".join(labels[-(record.domain.count(".") + 2) :])
    shortest = min(records, key=lambda one: one.domain.count("."), default=None)
    return shortest.domain if shortest is not None else start


def walk(domain: str) -> Asking[Walk]:
    """Return what the walk from a domain finds; raises DnsSilentError without an answer."""
    start, records, several = domain.strip(".").lower(), [], []
    for name in steps(start):
        texts = yield from ask(Sort.TXT, f"_dmarc.{name}")
        record, twice = pick_dmarc(texts, name)
        if twice:
            several.append(name)
        if record is not None:
            records.append(record)
            if record.psd in ("y", "n"):
                break
    return Walk(start, tuple(records), organization_of(start, records), tuple(several))


def is_aligned(one: Walk, other: Walk, *, strict: bool) -> bool:
    """Return whether two domains are the same, or of one organization (section 4.4)."""
    if one.start == other.start:
        return True
    return not strict and one.organization == other.organization


def _policy(text: str, otherwise: str) -> str:
    return text.lower() if text.lower() in _POLICIES else otherwise
