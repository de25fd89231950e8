"""What a mail that came back does to its reader: bars the address at once, by points, or not.

RULES and DELIVERY of the design: hard bars at once; soft is a point a day, 5 within 14 days bar; a
good delivery takes one off; what is said of us (policy, spam, blocked, rate) blames nobody.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum

from digest.domain.reports import BounceReason, MailReport, ReportedRecipient
from digest.domain.subscribers import address_key

ENOUGH_POINTS = 5
WINDOW = timedelta(days=14)
SAID_LENGTH = 500  # characters that are kept of what the other side wrote
_FLOOD, _FLOOD_SHARE = 50, 10

_AT_ONCE = frozenset(
    {
        BounceReason.USER_UNKNOWN,
        BounceReason.HOST_UNKNOWN,
        BounceReason.MOVED,
        BounceReason.DISABLED,
        BounceReason.NOT_ACCEPT,
        BounceReason.UNKNOWN,
    }
)
# never permanent, whatever the code: a full mailbox gets emptied, a server repaired
_BY_POINTS = frozenset(
    {
        BounceReason.MAILBOX_FULL,
        BounceReason.EXPIRED,
        BounceReason.SYSTEM,
        BounceReason.NETWORK,
    }
)
COUNTED = _AT_ONCE | _BY_POINTS
"""The reasons of which each gives an address a point at least."""

# what is said of the installation and not of one of its readers: many of them are an alarm
ABOUT_US = frozenset(
    {
        BounceReason.BLOCKED,
        BounceReason.SPAM,
        BounceReason.POLICY,
        BounceReason.AUTH_FAILURE,
        BounceReason.RATE,
        BounceReason.RELAYING,
        BounceReason.REJECTED,
        BounceReason.VIRUS,
    }
)
_WHY = {
    BounceReason.USER_UNKNOWN: "mail to it came back: there is no such mailbox",
    BounceReason.HOST_UNKNOWN: "mail to it came back: its domain was not found",
    BounceReason.MOVED: "mail to it came back: the mailbox has moved",
    BounceReason.DISABLED: "mail to it came back: the mailbox is closed",
    BounceReason.NOT_ACCEPT: "mail to it came back: its domain takes no mail",
}
CAME_BACK = "mail to it came back as undeliverable"
CAME_BACK_OFTEN = "mail to it came back on several days"
COMPLAINED = "a mail to it was reported as spam"


class Weight(StrEnum):
    """How far a report speaks against an address."""

    HARD = "hard"
    SOFT = "soft"
    NOBODY = "nobody"


def weigh(told: ReportedRecipient) -> Weight:
    """Return how far a report counts against the address that it is about."""
    reason = reason_of(told)
    if reason in _AT_ONCE:
        return Weight.HARD if told.hard else Weight.SOFT
    return Weight.SOFT if reason in _BY_POINTS else Weight.NOBODY


def reason_of(told: ReportedRecipient) -> BounceReason:
    """Return the reason that counts: a code of security or policy is never the address's fault.

    Those are X.7.Z (RFC 3463 section 3.8), whatever words stand beside them.
    """
    ours = told.reason in ABOUT_US or told.status.split(".")[1:2] != ["7"]
    return told.reason if ours else BounceReason.POLICY


def recipient_for(report: MailReport, address: str) -> ReportedRecipient:
    """Return what a bounce says of the delivery to ``address``.

    A single recipient counts whoever it is: an alias or a forward is reported under another name.
    Of several strangers, the members of an alias, some failed and the others may have been
    reached: that is soft at most. A bounce that names nobody is soft as well.
    """
    for told in report.recipients:
        if address_key(address) in (address_key(told.mailed), address_key(told.address)):
            return told
    if not report.recipients:
        return ReportedRecipient(address, "", hard=False, reason=BounceReason.UNKNOWN)
    first = report.recipients[0]
    return first if len(report.recipients) == 1 else replace(first, hard=False)


def points(bounced: Iterable[date], good: Iterable[date], today: date) -> int:
    """Return how many points an address has: the days it bounced, less the good ones after each.

    Days of the last fourteen count. A day with a bounce is no good day, whatever was taken on it:
    most of what bounces was accepted by a relay first.
    """
    first = today - WINDOW + timedelta(days=1)
    bad = {day for day in bounced if first <= day <= today}
    fine = {day for day in good if first <= day <= today} - bad
    held = 0
    for day in sorted(bad | fine):
        held = held + 1 if day in bad else max(0, held - 1)
    return held


def is_flood(hard_within_hour: int, readers: int) -> bool:
    """Return whether so many addresses cannot have died in an hour: something else is broken.

    A relay whose directory is lost calls everybody unknown; until it is well, each is a point.
    """
    return hard_within_hour >= max(_FLOOD, readers // _FLOOD_SHARE)


def why_barred(reason: BounceReason) -> str:
    """Return in plain words why a hard bounce bars an address (`domain.reasons` translates)."""
    return _WHY.get(reason, CAME_BACK)


def one_line(said: str) -> str:
    """Return what the other side wrote as one line that a database and a terminal can hold."""
    plain = "".join(c if c.isprintable() else " " for c in said)
    return " ".join(plain.split())[:SAID_LENGTH]
