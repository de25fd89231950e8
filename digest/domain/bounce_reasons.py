"""Why a mail was turned down, from a status, a reply code and the words beside them.

One function for all who are told: reports that come back, a relay's reply in the session and the
webhooks of providers. The words count for more than the codes, which servers give carelessly
("550 5.1.1 ... too many recipients this hour"); a code decides where the words say nothing.
"""

import re
from functools import lru_cache

from digest.domain.bounce_phrases import meanings
from digest.domain.replies import Stage
from digest.domain.reports import BounceReason

_TEXT_LIMIT = 900  # characters of a reply that are looked at; the cause stands early
_JOINED = re.compile(r"(?<=[a-z]{3})(?=[A-Z])|_")  # names of errors: RecipNotFound, OVER_QUOTA
_MAILBOX = re.compile(r"mail[ -]box")
_URL = re.compile(r"https?://\S{0,300}", re.IGNORECASE)
_ADDRESS = re.compile(r"<?[^\s<>@]{1,64}@[^\s<>@,;:\])]{1,255}>?")
_IP = re.compile(r"\[?\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b\]?")
_HOST = re.compile(
    r"\b(host|domain|from|for|of|server|mta|by|at|while talking to|connect to|remote-mta:?|dns;)"
    r" ?\[?[\w-]{1,63}(?:\.[\w-]{1,63}){1,9}\.?\]?(?:\[[\d.:a-f]{3,45}\])?",
)
_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
_CODE = re.compile(r"(?<![\d.])([45][0-5]\d)(?=[\s:,;)-]|$)(?![-\d]*\.\d)")

# "Host not found, try again" is what a resolver says that got no answer.
_PASSING = re.compile(
    r"tr(?:y|ied|ying) again (?:later|in (?:a|\d|some))|not found, try again|later time|servfail"
    r"|temporar(?:y|ily)\b|come back later|right now\b|at (?:this|the) (?:time|moment)\b",
    re.IGNORECASE,
)
# Such a mailbox is there, and its owner may get it back, even where the code says "no such".
_WITHHELD = re.compile(r"suspend|disabled|locked|frozen|blocked|limited|on hold", re.IGNORECASE)

ALWAYS_HARD = frozenset(
    {
        BounceReason.USER_UNKNOWN,
        BounceReason.HOST_UNKNOWN,
        BounceReason.MOVED,
        BounceReason.NOT_ACCEPT,
    }
)

# RFC 3463 and its registry, subject and detail: what is meant where no word tells.
_BY_STATUS = {
    (1, 0): BounceReason.UNKNOWN,
    (1, 1): BounceReason.USER_UNKNOWN,
    (1, 2): BounceReason.HOST_UNKNOWN,
    (1, 3): BounceReason.USER_UNKNOWN,
    (1, 4): BounceReason.USER_UNKNOWN,
    (1, 6): BounceReason.MOVED,
    (1, 7): BounceReason.REJECTED,
    (1, 8): BounceReason.REJECTED,
    (1, 9): BounceReason.SYSTEM,
    (1, 10): BounceReason.NOT_ACCEPT,  # RFC 7505: a null MX
    (1, 351): BounceReason.USER_UNKNOWN,  # Microsoft's
    (2, 1): BounceReason.DISABLED,
    (2, 2): BounceReason.MAILBOX_FULL,
    (2, 3): BounceReason.SIZE,
    (2, 4): BounceReason.SYSTEM,
    (3, 1): BounceReason.MAILBOX_FULL,
    (3, 2): BounceReason.NOT_ACCEPT,
    (3, 4): BounceReason.SIZE,
    (4, 4): BounceReason.HOST_UNKNOWN,  # no route: the domain's DNS tells of no host
    (4, 7): BounceReason.EXPIRED,
    (5, 3): BounceReason.RATE,
    (4, 310): BounceReason.HOST_UNKNOWN,  # Microsoft's: no such domain
    (7, 0): BounceReason.POLICY,
    (7, 13): BounceReason.DISABLED,
    (7, 25): BounceReason.BLOCKED,
    (7, 27): BounceReason.REJECTED,
    (7, 28): BounceReason.RATE,
}
_BY_SUBJECT = {
    3: BounceReason.SYSTEM,
    4: BounceReason.NETWORK,
    5: BounceReason.SYSTEM,
    6: BounceReason.CONTENT,
    7: BounceReason.POLICY,
}
_AUTH_DETAILS = (*range(20, 25), 26, 29, 30, 509)  # RFC 7372 and 7489's replies: SPF, DKIM, DMARC
_BY_STAGE = {
    Stage.CONNECT: BounceReason.BLOCKED,
    Stage.AUTH: BounceReason.SYSTEM,
    Stage.MAIL: BounceReason.REJECTED,
    Stage.RCPT: BounceReason.UNKNOWN,
    Stage.DATA: BounceReason.UNKNOWN,
}


def classify(
    status: str, code: int | None, text: str, stage: Stage | None = None
) -> tuple[BounceReason, bool]:
    """Return why a mail was turned down and whether that is for good (hard).

    ``status`` is an enhanced code ("5.1.1", RFC 3463) or "", ``code`` the SMTP reply code if one
    was given, ``text`` what was said beside them, ``stage`` the command it answered, if known.
    Only a reason that blames the address is ever hard, and none that is called temporary.
    """
    early, detail = text[:_TEXT_LIMIT], _subject_and_detail(status)
    reason = meaning(text)
    if reason is BounceReason.USER_UNKNOWN and detail and detail[0] == 7:
        reason = reason if stage is Stage.RCPT else BounceReason.POLICY  # a rule (X.7) hides it
    if reason is BounceReason.DISABLED and detail == (1, 1) and not _WITHHELD.search(early):
        reason = BounceReason.USER_UNKNOWN
    if reason in ALWAYS_HARD and stage in (Stage.MAIL, Stage.CONNECT, Stage.AUTH):
        reason = _BY_STAGE[stage]  # said of the sender or of us: no recipient was named yet
    if reason is BounceReason.UNKNOWN:
        reason = _by_codes(detail, code, stage)
    temporary = status.startswith("4") or (not status and code is not None and 400 <= code < 500)
    temporary = temporary or (reason in ALWAYS_HARD and _may_pass(early))
    if temporary and reason is BounceReason.NOT_ACCEPT:
        reason = BounceReason.SYSTEM  # a host that is shutting down or busy blames no address
    hard = reason in ALWAYS_HARD and not temporary
    if hard and reason is BounceReason.USER_UNKNOWN:
        hard = _is_sure(detail, stage)
    return reason, hard


@lru_cache(maxsize=32)  # a report's pieces are asked for again when one of them was chosen
def meaning(text: str) -> BounceReason:
    """Return why a mail was turned down by the words alone, ``UNKNOWN`` if they say nothing."""
    said = plain_reply(text)
    found = (reason for reason, pattern in meanings() if pattern.search(said))
    return next(found, BounceReason.UNKNOWN)


def _by_codes(
    detail: tuple[int, int] | None, code: int | None, stage: Stage | None
) -> BounceReason:
    if detail and detail[0] == 7 and detail[1] in _AUTH_DETAILS:
        return BounceReason.AUTH_FAILURE
    told = _BY_STATUS.get(detail) or _BY_SUBJECT.get(detail[0]) if detail else None
    if told:
        return told
    if code in (552, 452):
        return BounceReason.MAILBOX_FULL
    if code is not None and (code == 421 or (430 <= code < 530 and code not in (450, 451))):
        return BounceReason.SYSTEM
    return _BY_STAGE[stage] if stage else BounceReason.UNKNOWN


def _may_pass(text: str) -> bool:
    """Return whether a refusal calls itself temporary: what stands before its code is another's."""
    final = [found.start() for found in _CODE.finditer(text) if found[1][0] == "5"]
    return bool(_PASSING.search(text, final[-1] if final else 0))


def _is_sure(detail: tuple[int, int] | None, stage: Stage | None) -> bool:
    """Return whether "user unknown" may be believed.

    A host that took the recipient and says so only after the data is a filter, or hides what it
    means; so may one whose code speaks of a mailbox that is there (X.2).
    """
    if detail and detail[0] == 1:
        return True
    if stage is not None:
        return stage is Stage.RCPT
    return detail is None or detail[0] != 2


def plain_reply(text: str) -> str:
    """Return a reply as the phrases expect it: small letters, single spaces, names taken out.

    Names of hosts and people say nothing of the cause, yet may read like it (``spam.example``).
    """
    named = _URL.sub(" ", text[:_TEXT_LIMIT].replace("’", "'"))
    if "@" in named:
        named = _ADDRESS.sub("@", named)
    lower = " ".join(_JOINED.sub(" ", named).lower().split())
    lower = _MAILBOX.sub("mailbox", lower)
    return " ".join(_IP.sub(" ", _HOST.sub(r"\1", lower)).split())


def told_status(text: str) -> str:
    """Return the enhanced status code (RFC 3463) that a text tells most exactly, or ""."""
    found = [match[0] for match in _ENHANCED.finditer(text[:_TEXT_LIMIT])]
    exact = [status for status in found if not status.endswith(".0") and status[0] != "2"]
    failing = [status for status in found if status[0] != "2"]
    return (exact or failing or [""])[0]


def told_code(text: str) -> int | None:
    """Return the SMTP reply code of a refusal (400 to 559) in a text: the first final one, else
    the first temporary one, or None."""
    codes = [int(found[1]) for found in _CODE.finditer(text[:_TEXT_LIMIT])]
    return next((code for code in codes if code >= 500), codes[0] if codes else None)


def _subject_and_detail(status: str) -> tuple[int, int] | None:
    found = _ENHANCED.match(status)
    if found is None:
        return None
    subject, detail = int(found[2]), int(found[3])
    return (subject, detail) if subject else None
