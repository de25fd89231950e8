"""Makes one recipient of a report from what was said of it."""

import re
from collections.abc import Iterable

from digest.domain.bounce_reasons import classify, meaning, told_code, told_status
from digest.domain.replies import Stage
from digest.domain.reports import BounceReason, ReportedRecipient
from digest.mail.bounces import signs

SAID_LIMIT = 300  # characters kept of what was said, for the operator to read
STAGE_LIMIT = 2000
_PIPELINED = re.compile(  # an answer to RCPT is shown under DATA then
    r"<<< 5\d\d (?:\d\.\d\.\d )?(?:error: )?(?:no valid recipient|need rcpt|all recipients)",
    re.IGNORECASE,
)
_PASSED_ON = re.compile(r"generated from[ :]{1,3}([^\s<>()]{1,128}@[^\s<>()]{1,255})")
_STATUS = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_STAGES = (
    (Stage.DATA, signs.AT_DATA),
    (Stage.RCPT, signs.AT_RCPT),
    (Stage.MAIL, signs.AT_MAIL),
    (Stage.CONNECT, signs.AT_CONNECT),
)


def stage_told(text: str) -> Stage | None:
    """Return which command of the session was turned down, if a report tells."""
    line = " ".join(text[:STAGE_LIMIT].split())
    if "<<< " in line and _PIPELINED.search(line):
        return Stage.RCPT if signs.AT_RCPT.search(line) else None
    return next((stage for stage, pattern in _STAGES if pattern.search(line)), None)


def judge(
    address: str,
    pieces: Iterable[str],
    status: str = "",
    *,
    original: str = "",
    delayed: bool = False,
    formal: bool = True,
) -> ReportedRecipient:
    """Return what became of one recipient.

    ``pieces`` are texts from the most to the least exact: the first whose words have a meaning
    counts. ``status`` is that of its field (RFC 3464 section 2.3.4), which the words may refine.
    A report that breaks its own form (``formal`` is false) is not believed that nobody is there,
    unless it has a status that says so.
    """
    texts = [piece for piece in pieces if piece.strip()]
    told = (piece for piece in texts if meaning(piece) is not BounceReason.UNKNOWN)
    telling = next(told, texts[0] if texts else "")
    exact = _refined(_status_in(status), telling, texts)
    stage = next((stage for piece in texts if (stage := stage_told(piece))), None)
    reason, hard = classify(exact, told_code(telling), telling, stage)
    if not formal and reason is BounceReason.USER_UNKNOWN:
        hard = hard and (exact[2:4] == "1." or stage is Stage.RCPT)
    if delayed:
        reason, hard = BounceReason.DELAYED, False
    said = " ".join(telling.split())[:SAID_LIMIT]
    if passed_on := _PASSED_ON.search(texts[0] if texts else ""):
        original = passed_on[1].rstrip(".,:;")
    original = "" if original == address else original
    return ReportedRecipient(address, exact, hard, reason, said, original)


def _status_in(value: str) -> str:
    found = _STATUS.search(value[:200])
    return found[1] if found else ""


def _refined(field: str, telling: str, texts: list[str]) -> str:
    told = told_status(telling) or (told_status(texts[0]) if texts else "")
    if not told or (told.endswith(".0") and field and not field.endswith(".0.0")):
        return field
    return told
