"""What a relay's reply says about whom (RFC 5321 section 4.2, RFC 3463 enhanced codes)."""

import re
from enum import StrEnum

_ENHANCED = re.compile(r"^\s*([245])\.(\d{1,3})\.(\d{1,3})\b")


class Verdict(StrEnum):
    """What a relay's answer means for the message (DELIVERY.md of the design; ADR 2)."""

    ACCEPTED = "accepted"  # 250 after the final dot
    DEFERRED = "deferred"  # 4xx about this message: try later
    REFUSED = "refused"  # 5xx that blames the recipient
    FAILED = "failed"  # 5xx that blames the message itself
    RELAY_DOWN = "relay down"  # connection, TLS, AUTH, timeout before the final dot: nobody's fault
    UNCERTAIN = "uncertain"  # the final dot was written and no answer came


class Stage(StrEnum):
    """Where in the session the reply came."""

    CONNECT = "connect"  # greeting, EHLO, STARTTLS, AUTH
    MAIL = "mail from"
    RCPT = "rcpt to"
    DATA = "data"


def enhanced_code(reply: str) -> tuple[int, int, int] | None:
    """Return the enhanced status code at the start of a reply's text, or None (RFC 2034)."""
    found = _ENHANCED.match(reply)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def verdict_of(stage: Stage, code: int, reply: str) -> Verdict:
    """Return what a refusal means for the delivery.

    421 and everything before the envelope is the relay's own trouble; 4xx is temporary; 5xx at
    RCPT blames the recipient; at MAIL FROM the relay, unless it speaks of SIZE or SMTPUTF8; after
    the final dot X.1.x and X.2.x the recipient, 5.3.4 and 5.6.x the message, 5.7.x a policy that
    may pass (DELIVERY and RULES of the design).
    """
    if code == 421 or stage is Stage.CONNECT:
        return Verdict.RELAY_DOWN
    if 400 <= code < 500:
        return Verdict.DEFERRED
    status = enhanced_code(reply)
    if stage is Stage.RCPT:
        return Verdict.REFUSED
    if stage is Stage.MAIL:
        about_message = code in (552, 555) or bool(status and status[1:] in ((3, 4), (6, 7)))
        return Verdict.FAILED if about_message else Verdict.RELAY_DOWN
    if status and status[1] in (1, 2):
        return Verdict.REFUSED
    if status and status[1] == 7:
        return Verdict.DEFERRED
    return Verdict.FAILED
