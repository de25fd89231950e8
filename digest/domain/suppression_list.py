"""The list of addresses that must not be mailed, as a file to take elsewhere and to bring here."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from digest.domain.cells import guarded
from digest.domain.subscribers import Subscriber, SubscriberState, Suppression

COLUMNS = ("address", "reason", "since")


class BarReason(StrEnum):
    """Why an address is on the list."""

    COMPLAINT = "complaint"
    OPERATOR = "operator"
    BOUNCE = "bounce"
    UNSUBSCRIBED = "unsubscribed"


# what other programs call it
_OTHERWISE = {
    "": BarReason.OPERATOR,
    "spam": BarReason.COMPLAINT,
    "abuse": BarReason.COMPLAINT,
    "blocklisted": BarReason.OPERATOR,
    "hard": BarReason.BOUNCE,
    "hard bounce": BarReason.BOUNCE,
    "bounced": BarReason.BOUNCE,
    "unsubscribe": BarReason.UNSUBSCRIBED,
    "opt-out": BarReason.UNSUBSCRIBED,
    "manual": BarReason.OPERATOR,
}


@dataclass(frozen=True, slots=True)
class BarredAddress:
    """One line: an address, why, and since when where that is known."""

    address: str
    reason: BarReason
    since: datetime | None = None


def reason_of(word: str) -> BarReason | None:
    """Return the reason that a word of a file means, None for a word that nobody knows."""
    told = word.strip().lower()
    known = {one.value: one for one in BarReason} | _OTHERWISE
    return known.get(told)


def barred_of(reader: Subscriber, since: datetime | None) -> BarredAddress | None:
    """Return a reader's line, None for whoever may be mailed."""
    if reader.state is SubscriberState.UNSUBSCRIBED:
        return BarredAddress(reader.address, BarReason.UNSUBSCRIBED, since)
    if reader.state is not SubscriberState.SUPPRESSED:
        return None
    why = reader.suppression or Suppression.OPERATOR
    return BarredAddress(reader.address, BarReason(why.value), since)


def to_cells(one: BarredAddress) -> dict[str, str]:
    """Return a line by column, safe to open in a spreadsheet."""
    since = one.since.astimezone(UTC).isoformat().replace("+00:00", "Z") if one.since else ""
    return {"address": guarded(one.address), "reason": one.reason.value, "since": since}


class Bar(StrEnum):
    """What a line does to whoever has the address."""

    KEEP_OUT = "keep out"  # nobody has it: its keyed hash is kept
    SUPPRESS = "suppress"
    UNSUBSCRIBE = "unsubscribe"
    NOTHING = "nothing"  # it is so already, or worse


def bar_for(reason: BarReason, state: SubscriberState | None, why: Suppression | None) -> Bar:
    """Return what a line does to a reader in a state; None is for an address that nobody has.

    A complaint and the operator's word are stronger than a bounce, which its owner can lift, and
    than leaving.
    """
    strong = reason in (BarReason.COMPLAINT, BarReason.OPERATOR)
    match state:
        case None:
            return Bar.KEEP_OUT
        case SubscriberState.SUPPRESSED:
            return Bar.SUPPRESS if strong and why is Suppression.BOUNCE else Bar.NOTHING
        case SubscriberState.UNSUBSCRIBED:
            return Bar.SUPPRESS if strong else Bar.NOTHING
        case _ if reason is BarReason.UNSUBSCRIBED:
            return Bar.UNSUBSCRIBE
        case _:
            return Bar.SUPPRESS
