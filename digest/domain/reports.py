"""What a mail that came back says: a bounce (RFC 3464), a complaint (RFC 5965), or neither."""

from dataclasses import dataclass
from enum import StrEnum


class ReportKind(StrEnum):
    """What a returned mail is."""

    BOUNCE = "bounce"
    COMPLAINT = "complaint"  # somebody pressed "this is spam"
    AUTO_REPLY = "auto-reply"  # RFC 3834: somebody is away; nothing came back
    NONE = "none"


class BounceReason(StrEnum):
    """Why a mail was not delivered, named by what may be done about it.

    How far each counts against an address is decided by `domain.suppression`.
    """

    USER_UNKNOWN = "user unknown"
    HOST_UNKNOWN = "host unknown"
    MOVED = "moved"
    DISABLED = "disabled"  # the mailbox is suspended, closed or never read
    MAILBOX_FULL = "mailbox full"
    NOT_ACCEPT = "does not take mail"  # a null MX (RFC 7505), or a host without mail
    REJECTED = "rejected"  # the envelope sender was turned down
    BLOCKED = "blocked"  # our address or network is on a list, or lacks a name
    SPAM = "spam"
    POLICY = "policy"
    AUTH_FAILURE = "authentication failure"  # SPF, DKIM, DMARC
    RATE = "rate"
    SIZE = "too large"
    CONTENT = "content"
    RELAYING = "relaying denied"
    SYSTEM = "system trouble"
    NETWORK = "network trouble"
    EXPIRED = "expired"  # retried until it was given up
    DELAYED = "delayed"  # not given up yet: blames nobody
    VIRUS = "virus"
    UNKNOWN = "unknown"
    FEEDBACK = "feedback"  # of a complaint


@dataclass(frozen=True, slots=True)
class ReportedRecipient:
    """One recipient of a report: ``status`` is RFC 3463 ("5.1.1") or "", ``said`` a line.

    ``address`` is the one that failed. Where a mail went on to another address, ``original`` is
    that which it was sent to first, as far as the report tells (RFC 3464 section 2.3.1).
    """

    address: str
    status: str
    hard: bool
    reason: BounceReason
    said: str = ""
    original: str = ""

    @property
    def mailed(self) -> str:
        """Return the address that we mailed, by all that the report tells."""
        return self.original or self.address


@dataclass(frozen=True, slots=True)
class MailReport:
    """What one mail says; ``message_id`` is that of the mail it is about, "" where not told.

    ``feedback`` is the Feedback-Type of a complaint (RFC 5965 section 7.3), "" for others; what it
    asks for is told by `domain.feedback_types`.
    """

    kind: ReportKind
    recipients: tuple[ReportedRecipient, ...] = ()
    message_id: str = ""
    feedback: str = ""
