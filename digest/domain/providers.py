"""Who takes mail for a domain: the provider behind its MX records (RFC 5321 section 5.1)."""

from collections.abc import Sequence
from dataclasses import dataclass

# names under which a country's registry lets others register: example.co.uk is one owner's
_SECOND_LEVEL = frozenset(
    {
        *("ac", "co", "com", "ed", "edu", "go", "gob", "gouv", "gov", "gv", "id", "ltd", "me"),
        *("mil", "mod", "ne", "net", "nhs", "nom", "or", "org", "plc", "police", "sch"),
    }
)
# one provider under several names
_ALIASES = {
    "googlemail.com": "google.com",
    "gmail.com": "google.com",
    "outlook.com": "microsoft.com",
    "hotmail.com": "microsoft.com",
    "office365.us": "microsoft.com",
    "mx.microsoft": "microsoft.com",
    "yahoodns.net": "yahoo.com",
    "me.com": "icloud.com",
    "mac.com": "icloud.com",
    "messagingengine.com": "fastmail.com",
    "protonmail.ch": "proton.me",
    "protonmail.com": "proton.me",
}
# who is told apart in public counts: what strangers' domains are called must not grow them
REPORTED = frozenset(
    {
        *_ALIASES.values(),
        *("163.com", "comcast.net", "gmx.net", "gmx.com", "web.de", "t-online.de", "orange.fr"),
        *("free.fr", "laposte.net", "libero.it", "mail.ru", "mailbox.org", "naver.com"),
        *("posteo.de", "qq.com", "yandex.ru", "yandex.net", "zoho.com", "mimecast.com"),
        *("pphosted.com", "barracudanetworks.com", "iphmx.com", "amazonaws.com"),
    }
)


@dataclass(frozen=True, slots=True)
class MailExchange:
    """One MX record: the lowest ``preference`` is asked first."""

    preference: int
    host: str


def domain_of(address: str) -> str:
    """Return the domain of an address in lower case, in ASCII where it can be written so."""
    domain = address.rpartition("@")[2].rstrip(".").lower()
    try:
        return domain.encode("idna").decode("ascii") if domain else ""
    except UnicodeError:
        return domain


def registrable_domain(host: str) -> str:
    """Return the part of a host's name that somebody registered: two labels, or three.

    A guess without the public suffix list, good enough to tell providers apart.
    """
    labels = [label for label in host.lower().split(".") if label]
    if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL:
        return ".".join(labels[-3:])
    return ".".join(labels[-2:])


def provider_of(domain: str, exchanges: Sequence[MailExchange] = ()) -> str:
    """Return a provider's name: the registrable domain of the MX host that is asked first.

    Without MX records, or with a null MX (RFC 7505), the domain stands for itself.
    """
    hosts = [one for one in exchanges if one.host.strip(".")]
    if hosts:
        first = min(hosts, key=lambda one: (one.preference, one.host.lower()))
        name = registrable_domain(first.host)
    else:
        name = registrable_domain(domain)
    return _ALIASES.get(name, name)[:100]


def reported_provider(name: str) -> str:
    """Return a provider's name where it is one of `REPORTED`, else "other"."""
    return name if name in REPORTED else "other"
