"""Relays: whether they let us in and take our mails, and whether their addresses have names."""

from ipaddress import ip_address

from digest.domain.checkups import Checkup, green, judge_certificate, red, skipped, yellow
from digest.domain.dns_questions import Asking, DnsSilentError, Sort, ask
from digest.ports import RelayFinding
from digest.services.doctor.instruments import Round
from digest.settings import RelaySettings
from digest.settings.relays import is_loopback

LARGEST_MAIL = 120 * 1024  # octets: what the renderer may come to, encoded and signed
_REMEDIES = (  # the first whose words stand in the failure
    ("certificate", "renew the relay's certificate, set host to its name, or give ca_file"),
    ("AUTH", "correct username and password, or auth, under [[relays]]"),
    ("STARTTLS", 'the relay offers no TLS at this port: set another port, or tls = "implicit"'),
    ("WRONG_VERSION", 'this port speaks no TLS at once: set tls = "starttls"'),
    ("Connect call failed", "nothing listens there: start the relay, or correct host and port"),
    ("resolve", "correct host under [[relays]]"),
    ("not known", "correct host under [[relays]]"),
)
_OTHERWISE = "port {port} of {host} does not answer as a mail server: open it, or set another port"


async def look_at_relay(relay: RelaySettings, round_: Round) -> list[Checkup]:
    """Connect, encrypt and log in as a send would; no mail is sent."""
    found = await round_.instruments.try_relay(relay.name)
    name = f"relay/{relay.name}"
    if found.failure:
        return [red(name, found.failure, _remedy(found))]
    told, advice = [_words(found)], list(found.advice)
    if found.size_limit is not None and found.size_limit < LARGEST_MAIL:
        small = f"takes mails of at most {found.size_limit} octets"
        return [red(name, small, f"have it take {LARGEST_MAIL}: digests may become as large")]
    if not found.tls and not is_loopback(relay.host) and not advice:
        advice.append('mails go there unencrypted: set tls = "starttls" if it offers that')
    ends, renew = judge_certificate(found.certificate_ends, round_.context.clock.now())
    told += [ends] if ends else []
    advice += [renew] if renew else []
    if advice:
        return [yellow(name, ", ".join(told), "; ".join(advice))]
    return [green(name, ", ".join(told))]


def _words(found: RelayFinding) -> str:
    tls = found.tls.partition(",")[0] or "no TLS"
    login = f"logged in by {found.auth}" if found.auth else "no login"
    size = f"mails up to {found.size_limit} octets" if found.size_limit else "any size"
    quick = "PIPELINING" if "PIPELINING" in found.extensions else "no PIPELINING (slower)"
    return f"{found.host}:{found.port} takes mail: {tls}, {login}, {size}, {quick}"


def _remedy(found: RelayFinding) -> str:
    for words, remedy in _REMEDIES:
        if words in found.failure:
            return remedy
    return _OTHERWISE.format(host=found.host, port=found.port)


async def look_at_names(relay: RelaySettings, round_: Round) -> list[Checkup]:
    """Tell whether a relay's addresses have names that lead back (RFC 8601 section 2.7.3)."""
    name = f"ptr/{relay.name}"
    if is_loopback(relay.host):
        return [skipped(name, "the relay is this machine, which address it sends from is unknown")]
    try:
        addresses = await round_.asking(addresses_of(relay))
        nameless = [a for a in addresses if not await round_.asking(_has_name(a))]
    except DnsSilentError as error:
        return [yellow(name, f"the DNS does not answer: {error}", "see whether it is down")]
    if not addresses:
        return [yellow(name, f"{relay.host} has no address", "correct host under [[relays]]")]
    if nameless:
        return [
            yellow(
                name,
                f"no name leads back to {', '.join(nameless)}",
                "have whoever owns the address set its PTR record to a name that has the address; "
                "a provider that sends from other addresses sees to it itself",
            )
        ]
    return [green(name, f"{', '.join(addresses)}: the names lead back")]


def addresses_of(relay: RelaySettings) -> Asking[tuple[str, ...]]:
    """Return the addresses of a relay's host; raises DnsSilentError without an answer."""
    host = relay.host.strip("[]")
    try:
        return (str(ip_address(host)),)
    except ValueError:
        return (yield from ask(Sort.ADDRESSES, host))


def _has_name(address: str) -> Asking[bool]:
    for host in (yield from ask(Sort.NAMES, address)):
        if address in (yield from ask(Sort.ADDRESSES, host)):
            return True
    return False
