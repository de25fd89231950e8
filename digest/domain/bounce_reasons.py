"""Why a mail was turned down, by its codes and words (RFC 3463, RFC 5321 section 4.2.2)."""

import re

from digest.domain.replies import Stage, enhanced_code
from digest.domain.reports import BounceReason

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
_ENHANCED = re.compile(r"(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d.]*\d)")
_BLAMING = frozenset(
    {
        BounceReason.USER_UNKNOWN,
        BounceReason.HOST_UNKNOWN,
        BounceReason.MOVED,
        BounceReason.DISABLED,
        BounceReason.NOT_ACCEPT,
    }
)


def classify(
    status: str, code: int | None, text: str, stage: Stage | None = None
) -> tuple[BounceReason, bool]:
    """Return why a mail was turned down and whether that is for good (hard)."""
    del stage
    detail = enhanced_code(status)
    found = None
    if detail is not None:
        found = _CODES.get(detail[1:]) or _SUBJECTS.get(detail[1])
    reason = found or next((r for words, r in _WORDS if words.search(text)), BounceReason.UNKNOWN)
    permanent = (code or 550) >= 500 and not status.startswith("4")
    return reason, permanent and reason in _BLAMING


def told_status(text: str) -> str:
    """Return the enhanced status code that a text tells, or ""."""
    found = _ENHANCED.search(text)
    return found[0] if found else ""
