"""What a relay's reply says about whom (RFC 5321 section 4.2, RFC 3463 enhanced codes).

The order of doubt: a reply that may be about us, or about a policy, never blames the address.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

_ENHANCED = re.compile(r"^\s*([245])\.(\d{1,3})\.(\d{1,3})\b")
_GREYLISTED = re.compile(r"gr[ea]y.?list", re.IGNORECASE)
_OUR_RATE = re.compile(
    r"throttling failure|(sending|message|submission) (rate|limit|quota)"
    r"|(daily|hourly|maximum) .{0,40}(rate|quota|limit)",
    re.IGNORECASE,
)
_POLICY = re.compile(
    r"\b(spam\w*|block(ed|list\w*|ing)?|black.?list\w*|deny.?list\w*|dnsbl|rbl|spamhaus|barracuda"
    r"|polic(y|ies)|reputation|unsolicited|abus(e|ive)|spf|dkim|dmarc|banned|listed (at|by|in|on)"
    r"|prohibited|relay(ing)? (access )?(is )?(denied|not (allowed|permitted))"
    r"|(unable|not (allowed|permitted)) to relay|authentication (is )?required|ptr|reverse dns)\b",
    re.IGNORECASE,
)
_NOBODY_THERE = re.compile(
    r"\b(unknown (user|recipient|mailbox|address)"
    r"|(user|recipient|mailbox|address|account)\W+(\S+ )?(is )?"
    r"(unknown|not found|(does ?n.t|does not) exist)"
    r"|no such (user|recipient|mailbox|address)|no mailbox"
    r"|invalid (recipient|mailbox|user)|nosuchuser)",
    re.IGNORECASE,
)
_UNAVAILABLE = re.compile(r"mail ?box (is )?(unavailable|not available)", re.IGNORECASE)
_TOO_LARGE = re.compile(r"\b(message|mail|size)\b.{0,40}\b(size|large|big|length)\b", re.IGNORECASE)


class Verdict(StrEnum):
    """What a relay's answer means for the message (DELIVERY.md of the design; ADR 2)."""

    ACCEPTED = "accepted"  # 250 after the final dot
    DEFERRED = "deferred"  # 4xx about this message, or a policy that may pass: try later
    THROTTLED = "throttled"  # too fast, for the relay or a provider: nobody's attempt
    REFUSED = "refused"  # 5xx that blames the recipient
    FAILED = "failed"  # 5xx that blames the message itself
    RELAY_DOWN = "relay down"  # connection, TLS, AUTH, timeout before the final dot: nobody's fault
    UNCERTAIN = "uncertain"  # the final dot was written and no answer came


class Blame(StrEnum):
    """Who has to change something before it goes better."""

    NOBODY = "nobody"
    RECIPIENT = "recipient"  # the address
    PROVIDER = "provider"  # who takes mail for the address: slower, please
    RELAY = "relay"  # the server that takes our mail
    MESSAGE = "message"  # this one mail: its size, its characters
    POLICY = "policy"  # us: a block, a missing name, a mark of spam


class Stage(StrEnum):
    """Where in the session the reply came."""

    CONNECT = "connect"  # greeting, EHLO, STARTTLS
    AUTH = "auth"
    MAIL = "mail from"
    RCPT = "rcpt to"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a refusal means, and whom it blames."""

    verdict: Verdict
    blame: Blame


_RELAY_DOWN = Judgement(Verdict.RELAY_DOWN, Blame.RELAY)
_SENDER_REFUSED = Judgement(Verdict.DEFERRED, Blame.RELAY)  # this mail's, or every one's
_RELAY_SLOW = Judgement(Verdict.THROTTLED, Blame.RELAY)
_PROVIDER_SLOW = Judgement(Verdict.THROTTLED, Blame.PROVIDER)
_PROVIDER_PUT_OFF = Judgement(Verdict.DEFERRED, Blame.PROVIDER)
_BAD_MESSAGE = Judgement(Verdict.FAILED, Blame.MESSAGE)
_BAD_ADDRESS = Judgement(Verdict.REFUSED, Blame.RECIPIENT)
_POLICY_SAYS_NO = Judgement(Verdict.DEFERRED, Blame.POLICY)


def enhanced_code(reply: str) -> tuple[int, int, int] | None:
    """Return the enhanced status code at the start of a reply's text, or None (RFC 2034)."""
    found = _ENHANCED.match(reply)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def judge(stage: Stage, code: int, reply: str) -> Judgement:
    """Return what a refusal means for the delivery, and whom it blames.

    421 and everything before the envelope is the relay's own trouble, but for a 421 that comes
    once the recipient is named: their provider is asked to, or asks, for less. Other 4xx are
    temporary. 5xx at RCPT blames the recipient, at MAIL FROM the relay, unless it speaks of the
    size or of SMTPUTF8. After the final dot X.1.x and X.2.x blame the recipient, 5.3.4 and 5.6.x
    the message. X.7.x and words of blocking are a policy wherever they come, and what nobody can
    place is treated likewise: it may pass, and an alarm tells (DELIVERY and RULES of the design).
    """
    status = enhanced_code(reply)
    detail = status[1:] if status else (0, 0)
    if stage in (Stage.CONNECT, Stage.AUTH) or not 400 <= code < 600:
        return _RELAY_DOWN
    if code == 421:
        own = stage is Stage.MAIL or detail[0] == 3
        return _RELAY_DOWN if own else _PROVIDER_SLOW
    if code < 500:
        return _temporary(stage, code, detail, reply)
    if stage is Stage.MAIL:
        about_message = code in (552, 555) or detail in ((3, 4), (6, 7))
        return _BAD_MESSAGE if about_message else _SENDER_REFUSED
    if code in (503, 530, 534, 535, 538):  # out of step, or not let in: not about this mail
        return _RELAY_DOWN
    return _permanent(stage, code, detail, reply)


def _temporary(stage: Stage, code: int, detail: tuple[int, int], reply: str) -> Judgement:
    too_fast = code == 454 or (code in (450, 451) and detail[0] == 7)
    if too_fast and not _GREYLISTED.search(reply):
        if stage is Stage.MAIL or _OUR_RATE.search(reply):
            return _RELAY_SLOW
        return _PROVIDER_PUT_OFF
    if stage is Stage.MAIL or (stage is Stage.DATA and detail[0] not in (1, 2)):
        return Judgement(Verdict.DEFERRED, Blame.RELAY)
    return Judgement(Verdict.DEFERRED, Blame.RECIPIENT)


def _permanent(stage: Stage, code: int, detail: tuple[int, int], reply: str) -> Judgement:
    nobody_there = bool(_NOBODY_THERE.search(reply))
    if detail in ((3, 4), (2, 3)) or detail[0] == 6 or code == 555:
        return _BAD_MESSAGE
    if detail[0] == 7 or detail in ((1, 7), (1, 8)):  # 5.1.7 and 5.1.8 are about the sender
        return _POLICY_SAYS_NO
    if _POLICY.search(reply) and not nobody_there:
        return _POLICY_SAYS_NO
    if detail[0] in (1, 2) or nobody_there:
        return _BAD_ADDRESS
    if _TOO_LARGE.search(reply):
        return _BAD_MESSAGE
    if stage is Stage.RCPT and (detail[0] not in (3, 5) or _UNAVAILABLE.search(reply)):
        return _BAD_ADDRESS
    return _BAD_MESSAGE if code == 552 else _POLICY_SAYS_NO
