"""Reads complaints: abuse reports (RFC 5965, RFC 6591) and those made before there was a form."""

import re

from digest.domain.reports import BounceReason, MailReport, ReportedRecipient, ReportKind
from digest.mail.bounces.addresses import addresses_in, first_address, same
from digest.mail.bounces.mime import Part
from digest.mail.bounces.original import addressees, is_returned, message_id_in

MAX_RECIPIENTS = 20
_FEEDBACK_TYPE = re.compile(
    r"^[>\s]{0,4}feedback-type\s{0,3}:\s{0,3}([\w-]{1,40})", re.IGNORECASE | re.MULTILINE
)
_FIELD = re.compile(
    r"^[>\s]{0,4}(original-rcpt-to|removal-recipient|original-recipient|final-recipient|"
    r"x-original-to|complained-about)\s{0,3}:\s{0,3}([^\n]{1,400})",
    re.IGNORECASE | re.MULTILINE,
)
_ABUSE_TYPE = re.compile(r"^abuse-type\s{0,3}:\s{0,3}complaint", re.IGNORECASE | re.MULTILINE)
_SUBJECT = re.compile(
    r"complaint about (?:a )?(?:message|mail|e-?mail) from|e-?mail feedback report|"
    r"(?:spam|abuse) (?:report|complaint|notification)|feedback loop",
    re.IGNORECASE,
)
_SENDER = re.compile(
    r"(?:staff@hotmail|feedbackloop@|fbl@|complaints?@|arf@|abuse-?reports?@|scomp@aol)",
    re.IGNORECASE,
)
_REPORTED_TO = ("x-hmxmroriginalrecipient", "x-original-to", "x-rcpt-to", "x-envelope-to")


def read_complaint(whole: Part, leaves: list[Part]) -> MailReport | None:
    """Return the complaint that a mail is, or None.

    The recipients are those whom the complaint names, else whom the returned mail was for.
    """
    if whole.get("x-apple-unsubscribe").lower() == "true":
        return _complaint("opt-out", [first_address(whole.get("from"))], "")
    fields = _fields_text(whole, leaves)
    found = _FEEDBACK_TYPE.search(fields)
    returned = [part for part in leaves if part.fields is not whole.fields and is_returned(part)]
    if not (found or _ABUSE_TYPE.search(fields) or _is_cousin(whole, returned)):
        return None
    feedback = found[1].lower() if found else "abuse"
    named = [first_address(value) for _, value in _FIELD.findall(fields)]
    recipients = _distinct(named) or _distinct(_recipients_of(returned))
    message_id = next((told for part in returned if (told := _message_id(part))), "")
    return _complaint(feedback, recipients, message_id)


def _complaint(feedback: str, recipients: list[str], message_id: str) -> MailReport:
    return MailReport(
        ReportKind.COMPLAINT,
        tuple(
            ReportedRecipient(address, "", hard=False, reason=BounceReason.FEEDBACK)
            for address in recipients[:MAX_RECIPIENTS]
            if address
        ),
        message_id,
        feedback,
    )


def _fields_text(whole: Part, leaves: list[Part]) -> str:
    reports = [part for part in leaves if part.kind == "message/feedback-report"]
    if not reports and "feedback-report" in whole.parameters.get("report-type", "").lower():
        reports = [part for part in leaves if part.kind.startswith("text/")]
    if not reports:
        reports = [part for part in leaves[:2] if b"eedback-" in part.body[:8000]]
        reports = [part for part in reports if part.kind == "text/plain"]
    return "\n".join(part.text() for part in reports[:4])


def _is_cousin(whole: Part, returned: list[Part]) -> bool:
    """Return whether a mail without fields of a report is one all the same: a mail attached to
    a subject and by a sender that make it a complaint."""
    if not returned:
        return False
    if any("x-hmxmroriginalrecipient" in _header_names(part) for part in returned):
        return True
    return bool(_SUBJECT.search(whole.get("subject")) and _SENDER.search(whole.get("from")))


def _header_names(part: Part) -> str:
    return part.body[:4000].decode("latin-1").lower()


def _recipients_of(returned: list[Part]) -> list[str]:
    for part in returned:
        head = part.content()[:20_000].decode("utf-8", "replace")
        for name in _REPORTED_TO:
            found = re.search(
                rf"^{name}\s{{0,3}}:([^\n]{{1,400}})", head, re.IGNORECASE | re.MULTILINE
            )
            if found and (address := first_address(found[1])):
                return [address]
    return [address for part in returned for address in addressees(part)]


def _message_id(part: Part) -> str:
    return (
        part.get("message-id")
        if "content-type" not in part.fields
        else message_id_in(part.content().decode("utf-8", "replace"))
    )


def _distinct(addresses: list[str]) -> list[str]:
    seen: dict[str, str] = {}
    for address in addresses:
        for _, _, plain in addresses_in(address):
            seen.setdefault(same(plain), plain)
    return list(seen.values())
