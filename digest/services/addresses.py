"""Which addresses are ours to take mail for: what a listener accepts, and nothing else."""

from enum import StrEnum

from digest.domain.return_path import read_return_path
from digest.domain.subscribers import address_key
from digest.services.context import Context
from digest.settings.values import split_mailbox


class Role(StrEnum):
    """What mail to one of our addresses is."""

    RETURN_PATH = "return path"
    UNSUBSCRIBE = "unsubscribe"
    FEEDBACK = "feedback"  # named by the operator: complaints come there
    PEOPLE = "people"


def forward_target(context: Context) -> str:
    """Return the address that mail of people is passed on to, or ""."""
    settings = context.settings
    return settings.bounces.forward_address or settings.mail.reply_address


def role_of(context: Context, address: str) -> Role | None:
    """Return what mail to an address is, None where it is none of ours.

    People are taken where they can be passed on; never at the address that they are passed on to,
    where mail would go round in circles. A subaddress (RFC 5233) belongs to its address.
    """
    mail = context.settings.mail
    domains = {mail.envelope_domain.lower(), mail.from_domain.lower()}
    key = address_key(address)
    host = key.rpartition("@")[2]
    today = context.clock.now().date()
    if host in domains and read_return_path(context.token_keys, key, today) is not None:
        return Role.RETURN_PATH
    names = {key, _without_detail(key)}
    target = address_key(forward_target(context))
    if address_key(mail.unsubscribe_address) in names:
        return Role.UNSUBSCRIBE
    if names & _feedback(context):
        return Role.FEEDBACK
    people = {address_key(mail.contact_address), address_key(mail.from_address)}
    people |= {f"{name}@{domain}" for domain in domains for name in ("postmaster", "abuse")}
    return Role.PEOPLE if target and names & (people - {target}) else None


def _feedback(context: Context) -> set[str]:
    listener = context.settings.bounces.listener
    named = listener.addresses if listener else ()
    return {address_key(split_mailbox(address)[1]) for address in named if address}


def _without_detail(address: str) -> str:
    local, _, host = address.rpartition("@")
    return f"{local.partition('+')[0]}@{host}"
