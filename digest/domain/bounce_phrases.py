"""What mail systems say when they turn a mail down, in the words they use, by what it means.

Written from RFC 3463 and RFC 5321 and from replies as servers give them. A phrase is a line (one
that is indented goes on with the line above), a regular expression that begins where a word does;
``…`` are a few more words of the same sentence, ``<gap>`` such that name nothing else that may be
missing, ``<who>`` and ``<person>`` ways to call a mailbox and its owner. Text is matched as
`bounce_reasons.plain_reply` leaves it: small letters, single spaces, ``@`` for an address, without
URLs and hosts. What may lie between two words is bounded, so that no text takes more than linear
time.
"""

import re
from functools import cache

from digest.domain import absence_phrases as absence
from digest.domain import foreign_phrases as foreign
from digest.domain import refusal_phrases as refusals
from digest.domain import trouble_phrases as troubles
from digest.domain.reports import BounceReason

_SENTENCE = "[^.;!]{0,60}?"
_PERSON = (
    "(?:account|mail ?box|inbox|user(?:name)?|recipient(?:'s)?|addressee|customer|subscriber|"
    "e-?mail (?:address|account)|compte)"
)
_MAILBOX_FULL = r"""
(?:mailbox|mail drop|mail ?folder|inbox|in-box|account|mail file|mailstore|postfach|
    maildir|customer)…(?:\bfull\b|\bover ?quota\b|over (?:its |the |their )?(?:quota|limit|size)|
    exceed|no (?:free )?space|out of (?:space|storage|disk)|too (?:large|full)|\bvoll\b|
    (?:at|reached|hit) its|capacity)
over (?:the )?(?:its |his |her |their |your )?(?:maximum |allowed |disk |mail |storage |
    mailbox ){0,3}quota\b
quota\b…(?:exceed|violat|full|reached|over\b|exhausted)
(?:exceed|violat|over)\w*…\b(?:disk |mail |mailbox |storage )?(?:quota|storage)\b
(?:insufficient|not enough|no|lacks?|out of|low on) (?:free |available |system |disk |mail |
    mailbox |storage ){0,3}(?:space|storage|quota)
disk (?:is )?full
(?:mailbox|storage) (?:size )?limit
shut ?off ?quota
(?:user|recipient)(?:'s)? (?:is )?full\b
box is full
messages in recipient's mailbox exceeded
too much mail data
too many messages in
(?:recipient|user|mailbox|account|mail|inbox)(?:'s)? (?:storage|space|quota|disk) (?:is |has been )?
    (?:full|exceeded|exhausted|used up)
(?:exceed|exhaust|reach|us)\w* (?:up )?(?:all |the |their |his |its )?…(?:allowed |allotted )?(?:
    disk|storage|mailbox|mail) ?space
user…(?:exceeded$|too many messages|out of space|over (?:their|his) limit)
quota issues
(?:no|not enough|insufficient|lack of) room\b
quota\b…used up
"""
_DISABLED = r"""
<person>[^.;!]{0,40}?\b(?:disabled|suspended|inactive|deactivated|de-activated|locked|frozen|
    (?<!:)blocked(?! (?:you|senders?|by|for|list|using|due)\b)|
    (?<!envelope )(?<!message )(?<!time )expired|closed|
    discontinued|terminated|dormant|cancell?ed|bloqu[eé]|archiv|
    inactivity|not (?:been )?(?:active|activated|enabled)|on hold|(?:temporarily|
    currently) (?:limited|restricted|suspended|disabled|locked)|out of service|
    not currently (?:active|in use)|abandoned)
(?:disabled|suspended|inactive|deactivated|locked|frozen|dormant|expired|
    blocked) (?:e-?mail )?<person>
mailbox (?:is )?(?:currently |temporarily )?unavailable…(?:disabled|inactive)
(?:shut|closed) down by
(?:extended|prolonged|due to) inactivity
new mail is not currently being accepted
user (?:has )?(?:not paid|unpaid)
(?:domain|customer|address|organi[sz]ation)(?:'s)?…(?:disabled|suspended|deactivated)
archived recipient
is now disabled
mail is not currently being accepted
inactive[- ]mailbox
"""
_ADVICE = r"""
check (?:if|that|whether)…address…correct
"""

_IN_ORDER = (
    (BounceReason.AUTH_FAILURE, refusals.AUTH_FAILURE),
    (BounceReason.RELAYING, refusals.RELAYING),
    (BounceReason.RATE, refusals.RATE),
    (BounceReason.BLOCKED, refusals.BLOCKED + foreign.BLOCKED),
    (BounceReason.SPAM, refusals.SPAM + foreign.SPAM),
    (BounceReason.VIRUS, refusals.VIRUS),
    (BounceReason.MAILBOX_FULL, _MAILBOX_FULL + foreign.MAILBOX_FULL),
    (BounceReason.SIZE, refusals.SIZE),
    (BounceReason.USER_UNKNOWN, absence.DELETED),
    (BounceReason.DISABLED, _DISABLED + foreign.DISABLED),
    (BounceReason.SYSTEM, troubles.FILES),
    (BounceReason.REJECTED, refusals.REJECTED),
    (BounceReason.MOVED, absence.MOVED),
    (BounceReason.NOT_ACCEPT, absence.NOT_ACCEPT),
    (BounceReason.HOST_UNKNOWN, absence.HOST_UNKNOWN + foreign.HOST_UNKNOWN),
    (BounceReason.USER_UNKNOWN, absence.USER_UNKNOWN + foreign.USER_UNKNOWN),
    (BounceReason.CONTENT, refusals.CONTENT),
    (BounceReason.POLICY, refusals.POLICY + foreign.POLICY),
    (BounceReason.NETWORK, troubles.NETWORK),
    (BounceReason.EXPIRED, troubles.EXPIRED),
    (BounceReason.SYSTEM, troubles.SYSTEM),
    (BounceReason.USER_UNKNOWN, absence.NEARLY),
    (BounceReason.USER_UNKNOWN, _ADVICE),  # many add it, whatever the cause
)


_PLACES = {
    "<who>": absence.WHO,
    "<gap>": absence.GAP,
    "<hostgap>": absence.HOST_GAP,
    "<person>": _PERSON,
    **foreign.WORDS,
}


def _compiled(phrases: str) -> re.Pattern[str]:
    lines = re.sub(r"\n +", "", phrases.strip()).splitlines()
    lines = [line for line in lines if line]
    one = "|".join(lines)
    for name, words in _PLACES.items():
        one = one.replace(name, words)
    return re.compile(f"(?<![a-z])(?:{one.replace('…', _SENTENCE)})")


@cache  # compiled with the first reply that is read: it takes longer than all else at a start
def meanings() -> tuple[tuple[BounceReason, re.Pattern[str]], ...]:
    """Return what phrases mean, in order of how exactly they tell why.

    Who names a list or a limit means that, even where the same line calls the recipient invalid; a
    general word ("error", "denied") only counts alone.
    """
    return tuple((reason, _compiled(phrases)) for reason, phrases in _IN_ORDER)
