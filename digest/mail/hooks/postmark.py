"""Postmark: bounces, spam complaints and changes of subscription. Its hooks are not signed."""

from typing import Any

from digest.domain.provider_events import ProviderEvent, bounce_told, complaint_told
from digest.domain.reports import BounceReason, ReportKind
from digest.mail.hooks.reading import read_object, word

_HARD = {
    "HardBounce": None,
    "BadEmailAddress": BounceReason.USER_UNKNOWN,
    "ManuallyDeactivated": BounceReason.DISABLED,
}
_SOFT = {
    "SoftBounce": None,
    "Transient": None,
    "Undeliverable": None,
    "Unknown": BounceReason.UNKNOWN,
    "DnsError": BounceReason.HOST_UNKNOWN,
    "SpamNotification": BounceReason.SPAM,
    "VirusNotification": BounceReason.VIRUS,
    "Blocked": BounceReason.BLOCKED,
    "DMARCPolicy": BounceReason.AUTH_FAILURE,
}


def read_events(body: bytes) -> list[ProviderEvent]:
    """Return what a request says; automatic answers and what is no bounce give nothing."""
    told = read_object(body)
    record, kind = word(told, "RecordType"), word(told, "Type")
    if record == "SpamComplaint" or kind == "SpamComplaint":
        return [_complaint(told, word(told, "Email"), "abuse")]
    if record == "SubscriptionChange":
        left = told.get("SuppressSending") is True and word(told, "Origin") == "Recipient"
        return [_complaint(told, word(told, "Recipient"), "opt-out")] if left else []
    if record != "Bounce" or kind not in _HARD | _SOFT:
        return []
    hard = kind in _HARD
    reason = _HARD.get(kind) if hard else _SOFT[kind]
    said = word(told, "Details") or word(told, "Description")
    result = bounce_told(word(told, "Email"), said, hard=hard, reason=reason)
    return [ProviderEvent(ReportKind.BOUNCE, result, _identity(told))]


def _complaint(told: Any, address: str, feedback: str) -> ProviderEvent:
    result = complaint_told(address)
    return ProviderEvent(ReportKind.COMPLAINT, result, _identity(told), feedback=feedback)


def _identity(told: Any) -> str:
    return word(told, "ID") or f"{word(told, 'MessageID')}/{word(told, 'ChangedAt')}"
