"""What the DNS says of the sender: SPF, DKIM, DMARC, their alignment, and the return path."""

from ipaddress import ip_address

from digest.domain.checkups import Checkup, green, red, skipped, yellow
from digest.domain.dkim_record import RecordState
from digest.domain.dmarc import Walk, is_aligned, walk
from digest.domain.dns_questions import DnsSilentError, Sort, ask
from digest.domain.spf import SpfResult, SpfVerdict, evaluate
from digest.services.dkim import RecordCheck, check_records
from digest.services.doctor.instruments import Round
from digest.services.doctor.relays import addresses_of
from digest.services.ways import enabled_ways
from digest.settings import Settings
from digest.settings.relays import is_loopback
from digest.settings.values import ascii_domain

_LOCAL = ("localhost", ".localhost", ".local", ".internal", ".invalid")
_SILENT = "see whether this machine's DNS works; --nameserver asks another one"
_WRITE_SPF = "publish one TXT record at {domain}: v=spf1, then what your relay's provider names"
_REPAIR = {
    "SPF records": "leave one of them: receivers use none of several",
    "lookups": "take out what is not needed, or name networks by ip4: and ip6: instead",
}


def is_local(domain: str) -> bool:
    """Return whether a domain is one that the DNS of the world does not know."""
    name = domain.lower()
    return "." not in name or name.endswith(_LOCAL)


def _apart(settings: Settings) -> str:
    """Return why the sender's domain needs no look at the DNS, "" where it does."""
    domain = settings.mail.from_domain
    return f"{domain} is a name of this machine's own" if is_local(domain) else ""


async def look_at_spf(round_: Round) -> list[Checkup]:
    """Evaluate SPF of the envelope's domain for every address of the relays (RFC 7208)."""
    settings = round_.context.settings
    if why := _apart(settings):
        return [skipped("spf", why)]
    domain = ascii_domain(settings.mail.envelope_domain)
    whole = await round_.asking(evaluate(domain, None))
    wrong = _wrong_spf(domain, whole)
    if wrong is not None:
        return [wrong]
    takes = f"{domain} has a record that takes {whole.lookups} of 10 lookups"
    away = [relay for relay in settings.relays if not is_loopback(relay.host)]
    if not away:
        return [green("spf", f"{takes}; whence the relay on this machine sends is unknown here")]
    results: dict[str, SpfVerdict] = {}
    try:
        for relay in away:
            for address in await round_.asking(addresses_of(relay)):
                results[address] = await round_.asking(evaluate(domain, ip_address(address)))
    except DnsSilentError as error:
        return [yellow("spf", f"{takes}; the relay's address is unknown: {error}", _SILENT)]
    others = {a: v.result.value for a, v in results.items() if v.result is not SpfResult.PASS}
    if not results or others:
        told = ", ".join(f"{a}: {result}" for a, result in others.items()) or "no address is known"
        return [
            yellow(
                "spf",
                f"{takes}, which does not let the relay's own address send ({told})",
                "add what the relay's provider names (include: or ip4:); where it sends from other "
                "addresses than it takes mail at, a test mail's headers show whether they pass",
            )
        ]
    return [green("spf", f"{takes} and lets {', '.join(results)} send")]


def _wrong_spf(domain: str, whole: SpfVerdict) -> Checkup | None:
    if whole.result is SpfResult.TEMPERROR:
        return yellow("spf", f"the DNS does not answer: {whole.why}", _SILENT)
    if whole.result is SpfResult.NONE:
        return red("spf", f"{domain} has no SPF record", _WRITE_SPF.format(domain=domain))
    if whole.result is SpfResult.PERMERROR:
        remedy = next((r for words, r in _REPAIR.items() if words in whole.why), "")
        return red(
            "spf", f"receivers cannot use the record of {domain}: {whole.why}",
            remedy or _WRITE_SPF.format(domain=domain),
        )  # fmt: skip
    assert whole.record is not None
    if whole.record.lets_everybody or whole.result is SpfResult.PASS:
        return red("spf", f"{domain} lets everybody send", "end the record in ~all or -all")
    if whole.record.lets_nobody:
        return red("spf", f"{domain} lets nobody send", _WRITE_SPF.format(domain=domain))
    return None


async def look_at_dkim(round_: Round) -> list[Checkup]:
    """Ask whether the record of each key that signs is published (RFC 6376 section 3.6.1)."""
    keys = round_.context.signer.keys
    if not keys:
        return [skipped("dkim", "no key is set: the relay has to sign")]
    records = [key.record for key in keys]
    checks = await check_records(records, round_.instruments.directory)
    return [_judge_key(check) for check in checks]


def _judge_key(check: RecordCheck) -> Checkup:
    name, verdict = f"dkim/{check.record.selector}", check.verdict
    if verdict.state is RecordState.UNKNOWN:
        return yellow(name, f"the DNS does not answer: {verdict.advice}", _SILENT)
    if verdict.state is not RecordState.MATCHES:
        remedy = verdict.advice or "publish the record that `digest dkim record` prints"
        return red(name, f"{check.record.name}: {verdict.state.value}", remedy)
    if verdict.advice:
        return yellow(name, f"{check.record.name} matches, with a flag", verdict.advice)
    return green(name, f"{check.record.name} matches the key")


async def _walk(round_: Round, domain: str) -> Walk:
    return await round_.once(f"walk {domain}", lambda: round_.asking(walk(domain)))


async def look_at_dmarc(round_: Round) -> list[Checkup]:
    """Find the policy of the From domain by the tree walk (RFC 9989 section 4.10)."""
    settings = round_.context.settings
    if why := _apart(settings):
        return [skipped("dmarc", why)]
    domain = ascii_domain(settings.mail.from_domain)
    try:
        found = await _walk(round_, domain)
    except DnsSilentError as error:
        return [yellow("dmarc", f"the DNS does not answer: {error}", _SILENT)]
    if found.several:
        where = ", ".join(f"_dmarc.{name}" for name in found.several)
        return [red("dmarc", f"{where} has several records", "leave one: several count as none")]
    if found.record is None:
        return [
            red(
                "dmarc",
                f"neither {domain} nor a domain above it has a record",
                f'publish the TXT record "v=DMARC1; p=none" at _dmarc.{domain}, and let it be '
                "stricter when SPF and DKIM are green: large providers ask for one",
            )
        ]
    return [green("dmarc", f"policy {found.policy}, by the record of {found.record.domain}")]


async def look_at_alignment(round_: Round) -> list[Checkup]:
    """Tell whether SPF or DKIM speaks for the From domain (RFC 9989 section 4.4)."""
    settings = round_.context.settings
    if why := _apart(settings):
        return [skipped("alignment", why)]
    mail, keys = settings.mail, round_.context.signer.keys
    sender, path = ascii_domain(mail.from_domain), ascii_domain(mail.envelope_domain)
    try:
        ours = await _walk(round_, sender)
        envelope = await _walk(round_, path)
        signing = await _walk(round_, settings.dkim_domain) if keys else None
    except DnsSilentError as error:
        return [yellow("alignment", f"the DNS does not answer: {error}", _SILENT)]
    policy = ours.record
    by_spf = is_aligned(ours, envelope, strict=bool(policy and policy.strict_spf))
    by_dkim = signing is not None and is_aligned(
        ours, signing, strict=bool(policy and policy.strict_dkim)
    )
    aligned = [
        f"{what} by {domain}"
        for what, domain, holds in (
            ("SPF", path, by_spf),
            ("DKIM", settings.dkim_domain, by_dkim),
        )
        if holds
    ]
    if not aligned:
        return [
            red(
                "alignment",
                f"neither the envelope ({path}) nor a signature of ours speaks for {sender}",
                "set [dkim] with the From domain, or mail.return_path_domain below it",
            )
        ]
    found = f"{' and '.join(aligned)}, for {ours.organization}"
    if keys and not by_dkim:
        return [
            yellow(
                "alignment",
                f"{found}; our signatures are for {settings.dkim_domain}",
                "set dkim.domain to the From domain: SPF alone breaks when mail is forwarded",
            )
        ]
    return [green("alignment", found)]


async def look_at_return_path(round_: Round) -> list[Checkup]:
    """Tell whether what comes back has a way (RFC 5321 section 5.1, RFC 7505)."""
    settings = round_.context.settings
    if why := _apart(settings):
        return [skipped("return path", why)]
    domain = ascii_domain(settings.mail.envelope_domain)
    expects = settings.mail.bounces != "none" or bool(enabled_ways(settings.bounces))
    try:
        exchanges = await round_.asking(ask(Sort.EXCHANGES, domain))
        hosts = [host for host in exchanges if host] if exchanges else [domain]
        reached = [h for h in hosts if await round_.asking(ask(Sort.ADDRESSES, h))]
    except DnsSilentError as error:
        return [yellow("return path", f"the DNS does not answer: {error}", _SILENT)]
    if reached:
        by = "MX" if exchanges else "its own address, without an MX"
        return [green("return path", f"mail to {domain} goes to {', '.join(reached)} by {by}")]
    found = f"nobody takes mail for {domain}"
    if exchanges and not any(exchanges):
        found = f"{domain} says that it takes no mail (null MX)"
    remedy = f"publish an MX record of {domain} that names who hands it over to digest"
    if expects:
        return [red("return path", found, remedy)]
    return [yellow("return path", found, f"{remedy}: bounces are lost, and some receivers object")]
