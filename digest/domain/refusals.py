"""What a relay's refusal of a recipient says of the address (RFC 5321 section 4.2.2, RFC 3463)."""

import re

from digest.domain.replies import enhanced_code
from digest.domain.reports import BounceReason, ReportedRecipient

_CODES = {
    (1, 1): BounceReason.USER_UNKNOWN,
    (1, 2): BounceReason.HOST_UNKNOWN,
    (1, 3): BounceReason.USER_UNKNOWN,
    (1, 6): BounceReason.MOVED,
    (1, 7): BounceReason.REJECTED,
    (1, 8): BounceReason.REJECTED,
    (1, 10): BounceReason.NOT_ACCEPT,  # RFC 7505
    (2, 1): BounceReason.DISABLED,
    (2, 2): BounceReason.MAILBOX_FULL,
    (2, 3): BounceReason.SIZE,
    (3, 4): BounceReason.SIZE,
}
_SUBJECTS = {
    3: BounceReason.SYSTEM,
    4: BounceReason.NETWORK,
    5: BounceReason.SYSTEM,
    6: BounceReason.CONTENT,
    7: BounceReason.POLICY,
}
# in this order: "relaying to an unknown user denied" is about us
_WORDS = (
    (re.compile(r"relay", re.IGNORECASE), BounceReason.RELAYING),
    (re.compile(r"\b(spf|dkim|dmarc|auth\w*)\b", re.IGNORECASE), BounceReason.AUTH_FAILURE),
    (re.compile(r"spam|bulk|junk", re.IGNORECASE), BounceReason.SPAM),
    (re.compile(r"block|black ?list|reputation|listed|banned", re.IGNORECASE),
     BounceReason.BLOCKED),
    (re.compile(r"policy|denied|not allowed|not permitted", re.IGNORECASE), BounceReason.POLICY),
    (re.compile(r"too many|rate|thrott", re.IGNORECASE), BounceReason.RATE),
    (re.compile(r"sender", re.IGNORECASE), BounceReason.REJECTED),
    (re.compile(r"full|quota|storage", re.IGNORECASE), BounceReason.MAILBOX_FULL),
    (re.compile(r"disabled|suspended|inactive|closed", re.IGNORECASE), BounceReason.DISABLED),
    (re.compile(r"(domain|host).{0,20}(not found|unknown)|no such (domain|host)", re.IGNORECASE),
     BounceReason.HOST_UNKNOWN),
    (re.compile(r"unknown|no such|not exist|doesn't exist|not found|no mailbox|invalid"
                r"|unavailable|not a valid|unrout", re.IGNORECASE), BounceReason.USER_UNKNOWN),
)  # fmt: skip
_CODE_ITSELF = re.compile(r"^\s*\d{3}[ -]")


def refusal_of(address: str, code: int | None, reply: str) -> ReportedRecipient:
    """Return what a refused RCPT says, as a bounce would: hard where it blames the address.

    A refusal without a reason is soft: it may be the relay that is out of order.
    """
    text = _CODE_ITSELF.sub("", reply)
    status = enhanced_code(text)
    reason = _by_code(status) or _by_words(text)
    permanent = code is None or code >= 500
    blames = reason in {
        BounceReason.USER_UNKNOWN,
        BounceReason.HOST_UNKNOWN,
        BounceReason.MOVED,
        BounceReason.DISABLED,
        BounceReason.NOT_ACCEPT,
    }
    told = ".".join(map(str, status)) if status else ""
    return ReportedRecipient(address, told, permanent and blames, reason, text.strip())


def _by_code(status: tuple[int, int, int] | None) -> BounceReason | None:
    if status is None:
        return None
    return _CODES.get(status[1:]) or _SUBJECTS.get(status[1])


def _by_words(text: str) -> BounceReason:
    return next((reason for words, reason in _WORDS if words.search(text)), BounceReason.UNKNOWN)
