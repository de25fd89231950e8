"""How a relay has fared: left alone after failures for a while that grows, stopped by refusals.

Pure: every function returns the new state. A relay that is stopped is tried again after its pause,
by one message.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from digest.domain.deliveries import relay_pause

SENDER_REFUSALS = 5  # different messages in a row whose MAIL FROM got a 5xx
POLICY_REFUSALS = 20  # messages in a row that a policy refused
LONG_DOWN = 5  # failures in a row, about four minutes, that an operator should know of


@dataclass(frozen=True, slots=True)
class RelayHealth:
    """``failures`` in a row; ``trouble`` says in words what an operator has to see to, or ""."""

    failures: int = 0
    paused_until: datetime | None = None
    refused: frozenset[str] = frozenset()  # Message-IDs whose sender was refused, in a row
    policy: int = 0
    trouble: str = ""

    def is_paused(self, now: datetime) -> bool:
        """Return whether the relay is to be left alone."""
        return self.paused_until is not None and self.paused_until > now


_WELL = RelayHealth()


def after_success() -> RelayHealth:
    """Return the state after a message was taken: as good as new."""
    return _WELL


def after_answer(health: RelayHealth) -> RelayHealth:
    """Return the state after a reply about a recipient or a message: the relay itself works."""
    trouble = health.trouble if health.policy >= POLICY_REFUSALS else ""
    return RelayHealth(policy=health.policy, trouble=trouble)


def after_failure(
    health: RelayHealth, began: datetime, said: str, *, urgent: bool = False
) -> RelayHealth:
    """Return the state after a failed attempt that began at ``began``.

    Attempts that ran side by side are one failure. ``urgent`` troubles (a wrong password, a
    certificate) are told at once, others when they last.
    """
    if health.is_paused(began):
        return health
    failures = health.failures + 1
    told = said if urgent or failures >= LONG_DOWN else health.trouble
    until = began + relay_pause(failures)
    return replace(health, failures=failures, paused_until=until, trouble=told)


def after_sender_refused(
    health: RelayHealth, message_id: str, began: datetime, said: str
) -> RelayHealth:
    """Return the state after a 5xx at MAIL FROM: five different messages in a row stop the relay.

    Fewer may be about those messages alone.
    """
    enough = len(health.refused) >= SENDER_REFUSALS  # no more than that is kept
    counted = health if enough else replace(health, refused=health.refused | {message_id})
    if len(counted.refused) < SENDER_REFUSALS:
        return counted
    return after_failure(counted, began, f"the sender is refused: {said}", urgent=True)


def after_policy(health: RelayHealth, began: datetime, said: str) -> RelayHealth:
    """Return the state after a policy refused a message: twenty in a row stop the relay."""
    counted = replace(health, policy=min(health.policy + 1, POLICY_REFUSALS))
    if counted.policy < POLICY_REFUSALS:
        return after_answer(counted)
    return after_failure(counted, began, f"mails are refused by a policy: {said}", urgent=True)
