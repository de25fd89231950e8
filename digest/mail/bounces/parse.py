"""Reads what came back: RFC 3464 bounces, RFC 5965 complaints, RFC 3834 automatic answers."""

from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message

from digest.domain.refusals import refusal_of
from digest.domain.reports import BounceReason, MailReport, ReportedRecipient, ReportKind

_REPLIES = ("auto-replied", "auto-notified")


def read_report(raw: bytes) -> MailReport:
    """Return what a mail says; never raises."""
    try:
        return _read(message_from_bytes(raw))
    except (ValueError, LookupError, AttributeError, TypeError):
        return MailReport(ReportKind.NONE)


def _read(mail: Message) -> MailReport:
    parts = {part.get_content_type(): part for part in mail.walk()}
    original = _original_id(mail)
    feedback = parts.get("message/feedback-report")
    if feedback is not None:
        told = _fields(feedback)
        kind = next((f.get("feedback-type", "abuse") for f in told if f), "abuse")
        return MailReport(ReportKind.COMPLAINT, (), original, str(kind).lower())
    status = parts.get("message/delivery-status")
    if status is not None:
        found = tuple(one for f in _fields(status) for one in _recipient(f))
        return MailReport(ReportKind.BOUNCE, found, original)
    automatic = str(mail.get("auto-submitted", "no")).lower()
    if automatic.startswith(_REPLIES):
        return MailReport(ReportKind.AUTO_REPLY)
    return MailReport(ReportKind.NONE)


def _fields(part: Message) -> list[Message]:
    held = part.get_payload()
    if isinstance(held, list):
        return [one for one in held if isinstance(one, Message)]
    return [message_from_bytes(str(held).encode())]


def _recipient(fields: Message) -> Iterator[ReportedRecipient]:
    named = fields.get("final-recipient") or fields.get("original-recipient")
    if not named:
        return
    address = str(named).partition(";")[2].strip()
    status = str(fields.get("status", "")).split(" ")[0].strip()
    said = str(fields.get("diagnostic-code", "")).partition(";")[2].strip()
    if str(fields.get("action", "")).lower() == "delayed":
        yield ReportedRecipient(address, status, hard=False, reason=BounceReason.DELAYED, said=said)
        return
    code = 400 if status.startswith("4") else 550
    told = refusal_of(address, code, said, status)
    yield ReportedRecipient(address, status, told.hard, told.reason, said)


def _original_id(mail: Message) -> str:
    for part in mail.walk():
        if part is not mail and part.get("message-id"):
            return str(part["message-id"])
    return ""
