"""What a sign-up leads to, and what the link of its mail is worth."""

from datetime import timedelta
from enum import StrEnum

from digest.domain.deliveries import Kind
from digest.domain.subscribers import SubscriberState, Suppression

FORGOTTEN_AFTER = timedelta(days=30)  # somebody who never confirmed


class Worth(StrEnum):
    """What a confirmation link may still do."""

    OPEN = "open"  # it confirms
    DONE = "done"  # it has confirmed
    VOID = "void"  # superseded, renewed, barred, or of somebody who is gone


def mail_for(state: SubscriberState | None, suppression: Suppression | None) -> Kind | None:
    """Return the mail that a sign-up causes for an address in a state; None for an unknown one.

    After a bounce a confirmation proves that the address works; who complained, or was barred by
    the operator, gets nothing (RULES of the design, "People").
    """
    if suppression in (Suppression.COMPLAINT, Suppression.OPERATOR):
        return None
    match state:
        case None | SubscriberState.PENDING | SubscriberState.UNSUBSCRIBED:
            return Kind.CONFIRM
        case SubscriberState.ACTIVE | SubscriberState.PAUSED | SubscriberState.WAITING:
            return Kind.ALREADY_SUBSCRIBED
        case SubscriberState.SUPPRESSED if suppression is Suppression.BOUNCE:
            return Kind.CONFIRM
        case _:
            return None


def state_after(*, known: bool, approval: bool) -> SubscriberState:
    """Return where a confirmation leads: to the operator's desk, for readers who are new to them.

    ``known`` are those whom the operator entered, and those who were readers before.
    """
    return SubscriberState.WAITING if approval and not known else SubscriberState.ACTIVE
