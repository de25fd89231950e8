"""The suppression list: what a line does, never less than what is so already."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.domain.cells import unguarded
from digest.domain.subscribers import Subscriber, SubscriberState, Suppression
from digest.domain.suppression_list import (
    Bar,
    BarReason,
    bar_for,
    barred_of,
    reason_of,
    to_cells,
)
from tests.domain.people import INSTANTS, readers

STATES = st.sampled_from([None, *SubscriberState])
MAILED = (SubscriberState.ACTIVE, SubscriberState.PAUSED, SubscriberState.PENDING)


@given(st.sampled_from(list(BarReason)), STATES, st.none() | st.sampled_from(list(Suppression)))
def test_whoever_is_on_the_list_is_not_mailed_and_no_bar_is_weakened(
    reason: BarReason, state: SubscriberState | None, why: Suppression | None
) -> None:
    bar = bar_for(reason, state, why)
    assert (bar is Bar.KEEP_OUT) is (state is None)
    if state in MAILED:
        assert bar in (Bar.SUPPRESS, Bar.UNSUBSCRIBE)
    if state is SubscriberState.SUPPRESSED and why is not Suppression.BOUNCE:
        assert bar is Bar.NOTHING


def test_a_complaint_is_stronger_than_a_bounce_and_than_leaving() -> None:
    suppressed, left = SubscriberState.SUPPRESSED, SubscriberState.UNSUBSCRIBED
    assert bar_for(BarReason.COMPLAINT, suppressed, Suppression.BOUNCE) is Bar.SUPPRESS
    assert bar_for(BarReason.BOUNCE, suppressed, Suppression.BOUNCE) is Bar.NOTHING
    assert bar_for(BarReason.OPERATOR, left, None) is Bar.SUPPRESS
    assert bar_for(BarReason.BOUNCE, left, None) is Bar.NOTHING
    assert bar_for(BarReason.UNSUBSCRIBED, SubscriberState.ACTIVE, None) is Bar.UNSUBSCRIBE


@given(readers(), st.none() | INSTANTS)
def test_a_line_tells_address_and_reason_of_whoever_must_not_be_mailed(
    reader: Subscriber, since: None
) -> None:
    line = barred_of(reader, since)
    gone = (SubscriberState.UNSUBSCRIBED, SubscriberState.SUPPRESSED)
    assert (line is not None) is (reader.state in gone)
    if line is not None:
        cells = to_cells(line)
        assert unguarded(cells["address"]) == reader.address
        assert reason_of(cells["reason"]) is line.reason
        assert bool(cells["since"]) is (since is not None)


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("", BarReason.OPERATOR),
        (" Spam ", BarReason.COMPLAINT),
        ("hard", BarReason.BOUNCE),
        ("blocklisted", BarReason.OPERATOR),
        ("unsubscribed", BarReason.UNSUBSCRIBED),
        ("mood", None),
    ],
)
def test_others_words_are_understood(word: str, reason: BarReason | None) -> None:
    assert reason_of(word) is reason
