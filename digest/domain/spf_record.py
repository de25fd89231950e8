"""SPF records (RFC 7208 sections 4.5, 4.6 and 12): picked out, and taken apart."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network

_VERSION = re.compile(r"v=spf1(?: |$)", re.IGNORECASE)
_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9._-]*)=(.*)")
_MECHANISM = re.compile(
    r"([+?~-]?)(all|include|a|mx|ptr|ip4|ip6|exists)(?::([^/]*(?:/[^\d/][^/]*)*|.+?))?"
    r"(?:/(\d{1,3}))?(?://(\d{1,3}))?",
    re.IGNORECASE,
)
_IP = re.compile(r"([+?~-]?)(ip4|ip6):(.+)", re.IGNORECASE)
_NEEDS_NAME = frozenset({"include", "exists"})
_MAY_HAVE_PREFIX = frozenset({"a", "mx"})


class SpfError(Exception):
    """A record that receivers must not use (permerror); the text says what is wrong."""


@dataclass(frozen=True, slots=True)
class Mechanism:
    """A directive: ``qualifier`` is one of ``+-~?``; ``name`` is "" for the domain itself.

    ``prefixes`` are the lengths for IPv4 and IPv6; ``network`` is that of ip4 and ip6.
    """

    qualifier: str
    kind: str
    name: str = ""
    prefixes: tuple[int, int] = (32, 128)
    network: IPv4Network | IPv6Network | None = None


@dataclass(frozen=True, slots=True)
class SpfRecord:
    """The mechanisms in order and the domain of ``redirect=``, "" without one."""

    mechanisms: tuple[Mechanism, ...]
    redirect: str = ""

    @property
    def lets_everybody(self) -> bool:
        """Whether any address in the world may send."""
        return any(
            one.qualifier == "+"
            and (one.kind == "all" or (one.network is not None and one.network.prefixlen == 0))
            for one in self.mechanisms
        )

    @property
    def lets_nobody(self) -> bool:
        """Whether no address can pass."""
        can_pass = [m for m in self.mechanisms if m.qualifier == "+"]
        return not can_pass and not self.redirect


def pick_record(texts: Iterable[str]) -> str | None:
    """Return the SPF record among TXT records, None without one (section 4.5).

    Raises SpfError for several.
    """
    found = [text for text in texts if _VERSION.match(text)]
    if len(found) > 1:
        raise SpfError(f"{len(found)} SPF records stand there, where one is allowed")
    return found[0] if found else None


def parse_record(text: str) -> SpfRecord:
    """Return a record's parts; raises SpfError for an error anywhere in it (section 4.6)."""
    mechanisms: list[Mechanism] = []
    modifiers: dict[str, str] = {}
    for term in text.split(" ")[1:]:
        if not term:
            continue
        modifier = _MODIFIER.fullmatch(term)
        if modifier is None:
            mechanisms.append(_mechanism(term))
            continue
        name, value = modifier[1].lower(), modifier[2]
        if name in ("redirect", "exp"):
            if name in modifiers or not value:
                raise SpfError(f"{name}= is given twice or is empty")
            modifiers[name] = value
    # redirect= counts for nothing beside "all" (section 6.1)
    redirect = "" if any(one.kind == "all" for one in mechanisms) else modifiers.get("redirect", "")
    return SpfRecord(tuple(mechanisms), redirect)


def has_macro(name: str) -> bool:
    """Return whether a name depends on the mail that is looked at (section 7)."""
    return "%" in name


def _mechanism(term: str) -> Mechanism:
    if by_number := _IP.fullmatch(term):
        return _by_number(term, by_number.groups())
    found = _MECHANISM.fullmatch(term)
    if found is None:
        raise SpfError(f"{term[:60]!r} is no mechanism of SPF")
    qualifier, kind, name = found[1] or "+", found[2].lower(), found[3]
    four, six = found[4], found[5]
    if kind in ("ip4", "ip6") or (kind in _NEEDS_NAME and not name) or name == "":
        raise SpfError(f"{term[:60]!r} lacks what it names")
    if (kind == "all" and name) or ((four or six) and kind not in _MAY_HAVE_PREFIX):
        raise SpfError(f"{term[:60]!r} has more than it may")
    prefixes = (int(four or 32), int(six or 128))
    if prefixes[0] > 32 or prefixes[1] > 128:
        raise SpfError(f"{term[:60]!r} has a prefix that is too long")
    return Mechanism(qualifier, kind, (name or "").rstrip("."), prefixes)


def _by_number(term: str, parts: Sequence[str]) -> Mechanism:
    qualifier, kind, told = parts[0] or "+", parts[1].lower(), parts[2]
    try:
        network = ip_network(told, strict=False)
    except ValueError:
        raise SpfError(f"{term[:60]!r} names no network") from None
    if network.version != int(kind[2]):
        raise SpfError(f"{term[:60]!r} names a network of the other version")
    return Mechanism(qualifier, kind, network=network)
