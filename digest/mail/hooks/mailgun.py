"""Mailgun: events signed with HMAC-SHA256 over a time and a token that is used once."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

from digest.domain.provider_events import ProviderEvent, bounce_told, complaint_told
from digest.domain.reports import BounceReason, ReportKind
from digest.mail.hooks.reading import HookError, read_object, table, word

FRESH = timedelta(hours=12)  # a request that failed is made again for eight hours
_REASONS = {
    "suppress-bounce": BounceReason.DISABLED,
    "espblock": BounceReason.BLOCKED,
    "old": BounceReason.EXPIRED,
}


def read_signed(body: bytes, signing_key: str, now: datetime) -> tuple[str, dict[str, Any]]:
    """Return the token and the event of a request; raise HookError unless it is Mailgun's."""
    told = read_object(body)
    signature = table(told, "signature")
    timestamp, token = word(signature, "timestamp"), word(signature, "token")
    expected = hmac.new(signing_key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256)
    given = word(signature, "signature").encode("utf-8", "replace")
    if not token or not hmac.compare_digest(expected.hexdigest().encode(), given):
        raise HookError("the signature is wrong")
    if not timestamp.isdecimal() or abs(now - _instant(timestamp)) > FRESH:
        raise HookError("the request is too old")
    return token, table(told, "event-data")


def _instant(timestamp: str) -> datetime:
    return datetime.fromtimestamp(min(int(timestamp[:12]), 2**33), UTC)


def read_events(event: dict[str, Any]) -> list[ProviderEvent]:
    """Return what an event says; one about anything but bounces and complaints gives nothing."""
    kind, address = word(event, "event"), word(event, "recipient")
    identity = word(table(event, "message", "headers"), "message-id")
    origin = (word(event, "id"), identity, word(table(event, "envelope"), "sender"))
    if kind == "complained" or word(event, "reason") == "suppress-complaint":
        return [ProviderEvent(ReportKind.COMPLAINT, complaint_told(address), *origin, "abuse")]
    if kind == "unsubscribed" or word(event, "reason") == "suppress-unsubscribe":
        return [ProviderEvent(ReportKind.COMPLAINT, complaint_told(address), *origin, "opt-out")]
    # a temporary failure is tried again by Mailgun, and told once more if it is given up
    if kind != "failed" or word(event, "severity") != "permanent":
        return []
    status = table(event, "delivery-status")
    said = word(status, "message") or word(status, "description")
    reason = _REASONS.get(word(event, "reason"))
    told = bounce_told(
        address,
        said,
        hard=reason is not BounceReason.EXPIRED,
        status=word(status, "enhanced-code"),
        reason=reason,
    )
    return [ProviderEvent(ReportKind.BOUNCE, told, *origin)]
