"""What a relay's verdict makes of a delivery."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from digest.domain.deliveries import State, retry_after
from digest.domain.replies import Verdict

RELAY_RETRY = timedelta(seconds=15)
UNCERTAIN_RETRY = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Settlement:
    """The next state of a row: its reason, when to try again (None: never), attempts so far."""

    state: State
    reason: str
    next_try_at: datetime | None
    attempts: int


def settle(
    verdict: Verdict,
    attempts: int,
    now: datetime,
    jitter: float,
    not_before: datetime | None = None,
) -> Settlement:
    """Return what follows a verdict after ``attempts`` earlier tries; jitter is -1..1.

    A relay that could not be reached, or a pace that was too fast, is nobody's attempt. A later
    ``not_before``, where known, puts the next try off so far.
    """
    settled = _settled(verdict, attempts, now, jitter)
    if settled.next_try_at is None or not_before is None or not_before <= settled.next_try_at:
        return settled
    return replace(settled, next_try_at=not_before)


def _settled(verdict: Verdict, attempts: int, now: datetime, jitter: float) -> Settlement:
    tried = attempts + 1
    match verdict:
        case Verdict.ACCEPTED:
            return Settlement(State.SENT, "", None, tried)
        case Verdict.REFUSED:
            return Settlement(State.REFUSED, "the recipient was refused", None, tried)
        case Verdict.FAILED:
            return Settlement(State.FAILED, "the message was refused", None, tried)
        case Verdict.DEFERRED:
            again = now + retry_after(tried, jitter)
            return Settlement(State.PENDING, "put off by the relay", again, tried)
        case Verdict.RELAY_DOWN:
            again = now + RELAY_RETRY
            return Settlement(State.PENDING, "no relay answered", again, attempts)
        case Verdict.THROTTLED:
            again = now + RELAY_RETRY
            return Settlement(State.PENDING, "asked to go slower", again, attempts)
        case Verdict.UNCERTAIN:
            reason = "the relay's answer was lost; sent again under the same Message-ID"
            return Settlement(State.PENDING, reason, now + UNCERTAIN_RETRY, tried)
