"""What a relay's verdict makes of a delivery."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from digest.domain.deliveries import State, retry_after
from digest.domain.replies import Verdict

RELAY_RETRY = timedelta(seconds=15)
UNCERTAIN_RETRY = timedelta(seconds=60)
EXPIRED = "not delivered before it expired"
EXPIRED_UNCERTAIN = "it expired after the relay's answer was lost; it may have arrived"
LOST_ANSWER = "the relay's answer was lost; sent again under the same Message-ID"
HELD_ANSWER = "the relay's answer was lost; held until somebody says whether it arrived"


@dataclass(frozen=True, slots=True)
class Settlement:
    """The next state of a row: its reason, when to try again (None: never), attempts so far.

    ``uncertain`` says that this very attempt may have been accepted.
    """

    state: State
    reason: str
    next_try_at: datetime | None
    attempts: int
    uncertain: bool = False


def settle(
    verdict: Verdict,
    attempts: int,
    now: datetime,
    jitter: float,
    not_before: datetime | None = None,
    *,
    hold: bool = False,
) -> Settlement:
    """Return what follows a verdict after ``attempts`` earlier tries; jitter is -1..1.

    A relay that could not be reached, or a pace that was too fast, is nobody's attempt. A later
    ``not_before``, where known, puts the next try off so far. Where the answer was lost, ``hold``
    leaves it to a person; else the mail is sent again.
    """
    settled = _settled(verdict, attempts, now, jitter, hold=hold)
    if settled.next_try_at is None or not_before is None or not_before <= settled.next_try_at:
        return settled
    return replace(settled, next_try_at=not_before)


def _settled(
    verdict: Verdict, attempts: int, now: datetime, jitter: float, *, hold: bool
) -> Settlement:
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
            if hold:
                return Settlement(State.HELD, HELD_ANSWER, None, tried, uncertain=True)
            again = now + UNCERTAIN_RETRY
            return Settlement(State.PENDING, LOST_ANSWER, again, tried, uncertain=True)
