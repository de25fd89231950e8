"""Amazon SES by SNS: signed notifications of bounces and complaints.

The text that is signed is made of some fields by name, in an order that the SNS guide gives.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

from digest.domain.provider_events import ProviderEvent, bounce_told, complaint_told
from digest.domain.reports import BounceReason, ReportKind
from digest.mail.hooks.reading import HookError, read_object, rows, table, word

NOTIFICATION, CONFIRMATION = "Notification", "SubscriptionConfirmation"
_HOST = r"https://sns\.[a-z0-9-]{3,30}\.amazonaws\.com(?:\.cn)?/"
_CERTIFICATE = re.compile(_HOST + r"[A-Za-z0-9_-]{1,80}\.pem")
_PAGE = re.compile(_HOST + r"[!-~]*")
_SIGNED = {
    NOTIFICATION: ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    CONFIRMATION: (
        *("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    ),
}
_SUBTYPES = {
    "NoEmail": BounceReason.USER_UNKNOWN,
    "Suppressed": BounceReason.DISABLED,
    "OnAccountSuppressionList": BounceReason.DISABLED,
    "MailboxFull": BounceReason.MAILBOX_FULL,
    "MessageTooLarge": BounceReason.SIZE,
    "ContentRejected": BounceReason.CONTENT,
    "AttachmentRejected": BounceReason.CONTENT,
}


def read_message(body: bytes, topics: tuple[str, ...]) -> dict[str, Any]:
    """Return an SNS message of a topic that is listened to; raise HookError for others."""
    message = read_object(body)
    if word(message, "TopicArn") not in topics:
        raise HookError("this topic is not listened to")
    if not _CERTIFICATE.fullmatch(word(message, "SigningCertURL")):
        raise HookError("the certificate is not one of SNS")
    return message


def is_sns_page(url: str) -> bool:
    """Return whether a URL leads to SNS itself and may be fetched."""
    return _PAGE.fullmatch(url) is not None


def check_signature(message: Mapping[str, Any], certificate: bytes, now: datetime) -> None:
    """Raise HookError unless a message was signed by the certificate (PEM), which is valid now."""
    kind = word(message, "Type")
    names = _SIGNED.get(kind, _SIGNED[CONFIRMATION])
    signed = "".join(f"{n}\n{word(message, n)}\n" for n in names if n != "Subject" or n in message)
    version = word(message, "SignatureVersion")
    if version not in ("1", "2"):
        raise HookError("the signature is of no known version")
    key = _key_of(certificate, now)
    # version 1 is what SNS signs with unless a topic asks for 2; its hash is not ours to choose
    digest = SHA256() if version == "2" else SHA1()  # noqa: S303
    try:
        signature = base64.b64decode(word(message, "Signature"), validate=True)
        key.verify(signature, signed.encode("utf-8", "replace"), PKCS1v15(), digest)
    except (InvalidSignature, binascii.Error) as error:
        raise HookError("the signature is wrong") from error


def _key_of(certificate: bytes, now: datetime) -> RSAPublicKey:
    try:
        held = x509.load_pem_x509_certificate(certificate)
        key = held.public_key()
    except ValueError as error:
        raise HookError("the certificate cannot be read") from error
    if not held.not_valid_before_utc <= now <= held.not_valid_after_utc:
        raise HookError("the certificate is not valid now")
    if not isinstance(key, RSAPublicKey):
        raise HookError("the certificate has no RSA key")
    return key


def read_events(message: Mapping[str, Any]) -> list[ProviderEvent]:
    """Return what a signed notification says; one about anything else gives nothing."""
    told = read_object(word(message, "Message").encode())
    mail = table(told, "mail")
    kind = word(told, "notificationType") or word(told, "eventType")
    identity = word(table(mail, "commonHeaders"), "messageId")
    sender = word(mail, "source")
    found = {"Bounce": _bounces, "Complaint": _complaints}.get(kind)
    return list(found(told, identity, sender)) if found else []


def _bounces(told: Any, identity: str, sender: str) -> Iterator[ProviderEvent]:
    bounce = table(told, "bounce")
    hard = word(bounce, "bounceType") == "Permanent"
    reason = _SUBTYPES.get(word(bounce, "bounceSubType"))
    for one in rows(bounce.get("bouncedRecipients")):
        address, status = word(one, "emailAddress"), word(one, "status")
        said = word(one, "diagnosticCode").removeprefix("smtp; ")
        result = bounce_told(address, said, hard=hard, status=status, reason=reason)
        event_id = f"{word(bounce, 'feedbackId')}/{address}"
        yield ProviderEvent(ReportKind.BOUNCE, result, event_id, identity, sender)


def _complaints(told: Any, identity: str, sender: str) -> Iterator[ProviderEvent]:
    complaint = table(told, "complaint")
    feedback = word(complaint, "complaintFeedbackType")
    for one in rows(complaint.get("complainedRecipients")):
        address = word(one, "emailAddress")
        event_id = f"{word(complaint, 'feedbackId')}/{address}"
        result = complaint_told(address)
        yield ProviderEvent(ReportKind.COMPLAINT, result, event_id, identity, sender, feedback)
