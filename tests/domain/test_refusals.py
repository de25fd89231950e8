"""A refused recipient, as a bounce of it would say it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.domain.refusals import refusal_of
from digest.domain.reports import BounceReason
from digest.domain.suppression import Weight, weigh

ADDRESS = "ada@example.org"


@pytest.mark.parametrize(
    ("code", "reply", "reason", "how"),
    [
        (550, "5.1.1 <ada@example.org>: user unknown", BounceReason.USER_UNKNOWN, Weight.HARD),
        (550, "550 5.1.1 no such user here", BounceReason.USER_UNKNOWN, Weight.HARD),
        (552, "5.2.2 mailbox full", BounceReason.MAILBOX_FULL, Weight.SOFT),
        (550, "5.7.1 message rejected as spam", BounceReason.SPAM, Weight.NOBODY),
        (550, "550 No such user here", BounceReason.USER_UNKNOWN, Weight.HARD),
        (450, "4.2.1 try again", BounceReason.DISABLED, Weight.SOFT),
    ],
)
def test_only_a_dead_address_is_hard(
    code: int, reply: str, reason: BounceReason, how: Weight
) -> None:
    told = refusal_of(ADDRESS, code, reply)
    assert weigh(told) is how
    assert told.address == ADDRESS
    if how is Weight.HARD:
        assert told.reason is reason


@given(st.none() | st.integers(200, 599), st.text(max_size=100), st.sampled_from(["", "5.1.1"]))
def test_any_reply_can_be_read(code: int | None, reply: str, status: str) -> None:
    told = refusal_of(ADDRESS, code, reply, status)
    assert told.said == reply.strip()
    assert not status or told.status == status
