"""The states of a delivery and the decisions about it (RFC 5321 section 4.5.4 for the retries)."""

from datetime import timedelta
from enum import StrEnum

from digest.domain.subscribers import SubscriberState


class State(StrEnum):
    """Where a delivery stands; docs/glossary.md draws every arrow."""

    PENDING = "pending"
    CLAIMED = "claimed"
    SUBMITTING = "submitting"
    SENT = "sent"
    REFUSED = "refused"
    HELD = "held"
    EMPTY = "empty"
    EXPIRED = "expired"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    FAILED = "failed"


OPEN = frozenset({State.PENDING, State.CLAIMED, State.SUBMITTING, State.HELD})
IN_FLIGHT = frozenset({State.CLAIMED, State.SUBMITTING, State.HELD})
TERMINAL = frozenset(State) - OPEN

_ARROWS: dict[State, frozenset[State]] = {
    # an uncertain one is SENT by the journal of what was accepted, HELD where `hold` is in force
    State.PENDING: frozenset(
        {State.CLAIMED, State.EXPIRED, State.CANCELLED, State.SENT, State.HELD}
    ),
    State.CLAIMED: frozenset(
        {State.SUBMITTING, State.PENDING, State.CANCELLED, State.FAILED, State.SENT}
    ),
    State.SUBMITTING: frozenset(
        {State.SENT, State.REFUSED, State.PENDING, State.HELD, State.FAILED, State.CANCELLED}
    ),
    State.HELD: frozenset({State.SENT, State.PENDING, State.CANCELLED, State.EXPIRED}),
}


def may_follow(before: State, after: State) -> bool:
    """Return whether the ledger allows the step from one state to the next."""
    return after in _ARROWS.get(before, frozenset())


class Kind(StrEnum):
    """What a delivery is; only a digest enters an edition's books and moves a seen set."""

    DIGEST = "digest"
    CONFIRM = "confirm"
    ALREADY_SUBSCRIBED = "already_subscribed"
    PREFERENCES_LINK = "preferences_link"
    ADDRESS_CHANGE = "address_change"
    ADDRESS_CHANGED_NOTICE = "address_changed_notice"
    RESEND = "resend"
    TEST = "test"
    ALARM = "alarm"


# to an address that is not, or no longer, the subscriber's
ANOTHER_ADDRESS = frozenset({Kind.ADDRESS_CHANGE, Kind.ADDRESS_CHANGED_NOTICE})


def reachable_states(kind: Kind) -> frozenset[SubscriberState]:
    """Return the states in which a subscriber may be sent a mail of a kind.

    A suppressed one is proved again by a confirmation, or given a link that shows why; who
    complained is barred whatever the state (RULES of the design, "People").
    """
    state = SubscriberState
    here = {state.ACTIVE, state.PAUSED}
    match kind:
        case Kind.CONFIRM:
            return frozenset({state.PENDING, state.UNSUBSCRIBED, state.SUPPRESSED})
        case Kind.PREFERENCES_LINK:
            return frozenset({*here, state.WAITING, state.UNSUBSCRIBED, state.SUPPRESSED})
        case Kind.ALREADY_SUBSCRIBED:
            return frozenset({*here, state.WAITING})
        case Kind.ADDRESS_CHANGE | Kind.ADDRESS_CHANGED_NOTICE:
            return frozenset(here)
        case _:
            return frozenset({state.ACTIVE})


PRIORITY: dict[Kind, int] = dict.fromkeys(Kind, 1) | {Kind.DIGEST: 5, Kind.RESEND: 3}
CONFIRM_VALID = timedelta(hours=48)
MANAGE_VALID = timedelta(hours=1)  # of a link mailed on request
RETRY_MINUTES = (5, 15, 30, 60, 120, 240, 480)
RELAY_PAUSE_SECONDS = (15, 30, 60, 120, 300, 600)


def retry_after(attempt: int, jitter: float) -> timedelta:
    """Return the wait after the ``attempt``-th temporary refusal (from 1); jitter is -1..1."""
    minutes = RETRY_MINUTES[min(attempt, len(RETRY_MINUTES)) - 1]
    return timedelta(minutes=minutes * (1 + 0.2 * max(-1.0, min(1.0, jitter))))


def relay_pause(failures: int) -> timedelta:
    """Return how long a relay is left alone after its ``failures``-th failure in a row (from 1)."""
    return timedelta(seconds=RELAY_PAUSE_SECONDS[min(failures, len(RELAY_PAUSE_SECONDS)) - 1])


def message_id(dedupe_key: str, subscriber_id: int, delivery_id: int, domain: str) -> str:
    """Return the Message-ID (RFC 5322 section 3.6.4), the same for every sending of a delivery."""
    edition = "".join(c for c in dedupe_key if c.isascii() and c.isalnum()) or "mail"
    return f"<{edition}.{subscriber_id}.{delivery_id}@{domain}>"
