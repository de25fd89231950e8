"""Reads the notice of a provider that came as a mail: JSON in its text (Amazon SES over SNS)."""

import json
from typing import Any

from digest.domain.reports import BounceReason, MailReport, ReportedRecipient, ReportKind
from digest.mail.bounces.judging import judge

MAX_RECIPIENTS = 20
_KINDS = {"bounce": ReportKind.BOUNCE, "complaint": ReportKind.COMPLAINT}


def read_notice(text: str) -> MailReport | None:
    """Return what a notice tells, or None for what is none."""
    start = text.find("{")
    if start < 0 or ("otificationType" not in text and "eventType" not in text):
        return None
    notice = _inner(text[start : text.rfind("}") + 1])
    kind = _KINDS.get(str(notice.get("notificationType") or notice.get("eventType")).lower())
    if kind is None:
        return None
    told, mail = _object(notice, kind.value), _object(notice, "mail")
    listed = told.get("bouncedRecipients" if kind is ReportKind.BOUNCE else "complainedRecipients")
    entries = (
        [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    )
    recipients = tuple(
        recipient for entry in entries[:MAX_RECIPIENTS] if (recipient := _recipient(entry, kind))
    )
    feedback = str(told.get("complaintFeedbackType") or "abuse")
    return MailReport(
        kind,
        recipients,
        str(mail.get("messageId") or ""),
        feedback if kind is ReportKind.COMPLAINT else "",
    )


def _inner(text: str) -> dict[str, Any]:
    outer = _loaded(text)
    message = outer.get("Message")
    return _loaded(message) if isinstance(message, str) else outer


def _loaded(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text.replace("\n", ""), strict=False)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _object(notice: dict[str, Any], name: str) -> dict[str, Any]:
    found = notice.get(name)
    return found if isinstance(found, dict) else {}


def _recipient(entry: dict[str, Any], kind: ReportKind) -> ReportedRecipient | None:
    address = str(entry.get("emailAddress") or "")
    if "@" not in address:
        return None
    if kind is ReportKind.COMPLAINT:
        return ReportedRecipient(address, "", hard=False, reason=BounceReason.FEEDBACK)
    said = str(entry.get("diagnosticCode") or "")
    return judge(address, [said], str(entry.get("status") or ""))
