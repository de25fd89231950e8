"""What a provider that delivers for us reports, whoever it is; its signature was checked before."""

from dataclasses import dataclass, replace

from digest.domain.refusals import refusal_of
from digest.domain.reports import BounceReason, ReportedRecipient, ReportKind


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """One event: ``event_id`` is the provider's own, ``message_id`` and ``sender`` are ours.

    Those two are "" where it does not tell them. ``feedback`` is as in `MailReport`.
    """

    kind: ReportKind
    told: ReportedRecipient
    event_id: str
    message_id: str = ""
    sender: str = ""
    feedback: str = ""


def bounce_told(
    address: str,
    said: str,
    *,
    hard: bool,
    status: str = "",
    reason: BounceReason | None = None,
) -> ReportedRecipient:
    """Return what a provider's bounce says; without a ``reason`` the words and codes give one."""
    read = refusal_of(address, 550 if hard else 450, said, status)
    return replace(read, hard=hard, reason=reason or read.reason)


def complaint_told(address: str) -> ReportedRecipient:
    """Return the recipient of a complaint."""
    return ReportedRecipient(address, "", hard=False, reason=BounceReason.FEEDBACK)
