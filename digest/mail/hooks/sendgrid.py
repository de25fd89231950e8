"""SendGrid: batches of events, signed with ECDSA over a time and the body as it came."""

import base64
import binascii
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from digest.domain.provider_events import ProviderEvent, bounce_told, complaint_told
from digest.domain.reports import BounceReason, ReportKind
from digest.mail.hooks.reading import HookError, read_json, rows, word

SIGNATURE = "x-twilio-email-event-webhook-signature"
TIMESTAMP = "x-twilio-email-event-webhook-timestamp"
FRESH = timedelta(hours=24)  # a request that failed is made again for a day
_CLASSES = {
    "invalid address": BounceReason.USER_UNKNOWN,
    "technical": BounceReason.SYSTEM,
    "content": BounceReason.CONTENT,
    "reputation": BounceReason.BLOCKED,
    "frequency or volume too high": BounceReason.RATE,
    "mailbox unavailable": BounceReason.MAILBOX_FULL,
}
_DROPPED = {
    "bounced address": BounceReason.DISABLED,
    "invalid": BounceReason.USER_UNKNOWN,
    "spam content": BounceReason.SPAM,
}
_FEEDBACK = {
    "spamreport": "abuse",
    "unsubscribe": "opt-out",
    "group_unsubscribe": "opt-out",
    "spam reporting address": "abuse",
    "unsubscribed address": "opt-out",
}


def check_signature(
    body: bytes, signature: str, timestamp: str, public_key: str, now: datetime
) -> None:
    """Raise HookError unless a body is SendGrid's and from the last day."""
    key = _key_of(public_key)
    signed = timestamp.encode("utf-8", "replace") + body
    try:
        key.verify(base64.b64decode(signature, validate=True), signed, ECDSA(SHA256()))
    except (InvalidSignature, binascii.Error) as error:
        raise HookError("the signature is wrong") from error
    if not timestamp.isdecimal() or abs(now - _instant(timestamp)) > FRESH:
        raise HookError("the request is too old")


def _key_of(public_key: str) -> EllipticCurvePublicKey:
    try:
        key = load_der_public_key(base64.b64decode(public_key, validate=True))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise HookError("bounces.sendgrid.public_key cannot be read") from error
    if not isinstance(key, EllipticCurvePublicKey):
        raise HookError("bounces.sendgrid.public_key is no ECDSA key")
    return key


def _instant(timestamp: str) -> datetime:
    return datetime.fromtimestamp(min(int(timestamp[:12]), 2**33), UTC)


def read_events(body: bytes) -> list[ProviderEvent]:
    """Return what a batch says of bounces and complaints; deferrals and the rest give nothing."""
    return [event for row in rows(read_json(body)) for event in _event(row)]


def _event(row: dict[str, Any]) -> Iterator[ProviderEvent]:
    kind, address, said = word(row, "event"), word(row, "email"), word(row, "reason")
    origin = (word(row, "sg_event_id"), word(row, "smtp-id"))
    named = said.lower() if kind == "dropped" else kind
    if named in _FEEDBACK:
        feedback = _FEEDBACK[named]
        told = complaint_told(address)
        yield ProviderEvent(ReportKind.COMPLAINT, told, *origin, feedback=feedback)
    elif kind == "dropped":
        reason = _DROPPED.get(named, BounceReason.SYSTEM)
        told = bounce_told(address, said, hard=reason is not BounceReason.SYSTEM, reason=reason)
        yield ProviderEvent(ReportKind.BOUNCE, told, *origin)
    elif kind == "bounce":
        yield ProviderEvent(ReportKind.BOUNCE, _bounce(row, address, said), *origin)


def _bounce(row: dict[str, Any], address: str, said: str) -> Any:
    blocked = word(row, "type") == "blocked"
    reason = _CLASSES.get(word(row, "bounce_classification").lower())
    told = bounce_told(address, said, hard=not blocked, status=word(row, "status"), reason=reason)
    if blocked and told.reason is BounceReason.UNKNOWN:
        return bounce_told(address, said, hard=False, reason=BounceReason.BLOCKED)
    return told
