"""Which mail a sign-up causes; the ledger must be willing to send it."""

import pytest

from digest.domain.deliveries import Kind, reachable_states
from digest.domain.signups import mail_for, state_after
from digest.domain.subscribers import SubscriberState, Suppression

State = SubscriberState


@pytest.mark.parametrize(
    ("state", "suppression", "kind"),
    [
        (None, None, Kind.CONFIRM),
        (State.PENDING, None, Kind.CONFIRM),
        (State.UNSUBSCRIBED, None, Kind.CONFIRM),
        (State.ACTIVE, None, Kind.ALREADY_SUBSCRIBED),
        (State.PAUSED, None, Kind.ALREADY_SUBSCRIBED),
        (State.WAITING, None, Kind.ALREADY_SUBSCRIBED),
        (State.SUPPRESSED, Suppression.BOUNCE, Kind.CONFIRM),
        (State.SUPPRESSED, Suppression.COMPLAINT, None),
        (State.SUPPRESSED, Suppression.OPERATOR, None),
        (State.SUPPRESSED, None, None),
        (State.UNSUBSCRIBED, Suppression.COMPLAINT, None),
        (State.ERASED, None, None),
    ],
)
def test_a_state_decides_which_mail_comes(
    state: SubscriberState | None, suppression: Suppression | None, kind: Kind | None
) -> None:
    assert mail_for(state, suppression) is kind


def test_every_mail_that_is_decided_may_be_sent() -> None:
    for state in State:
        for suppression in (None, *Suppression):
            kind = mail_for(state, suppression)
            assert kind is None or state in reachable_states(kind)


def test_approval_is_for_those_who_are_new_to_the_operator() -> None:
    assert state_after(known=False, approval=True) is State.WAITING
    assert state_after(known=True, approval=True) is State.ACTIVE
    assert state_after(known=False, approval=False) is State.ACTIVE
