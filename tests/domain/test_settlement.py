"""A verdict makes a lawful step, and blames nobody for a relay's trouble."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.deliveries import TERMINAL, State, may_follow
from digest.domain.replies import Verdict
from digest.domain.settlement import RELAY_RETRY, UNCERTAIN_RETRY, settle

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
cases = settings(max_examples=200, deadline=None)


@cases
@given(st.sampled_from(Verdict), st.integers(0, 50), st.floats(-1, 1), st.booleans())
def test_every_verdict_makes_a_step_that_the_ledger_allows(
    verdict: Verdict, attempts: int, jitter: float, hold: bool
) -> None:
    settled = settle(verdict, attempts, NOW, jitter, hold=hold)
    assert may_follow(State.SUBMITTING, settled.state)
    assert (settled.next_try_at is None) == (settled.state in TERMINAL | {State.HELD})
    assert settled.uncertain is (verdict is Verdict.UNCERTAIN)
    assert settled.next_try_at is None or settled.next_try_at > NOW
    assert bool(settled.reason) == (verdict is not Verdict.ACCEPTED)


@cases
@given(st.sampled_from(Verdict), st.integers(0, 50))
def test_only_an_unreached_relay_or_a_pace_too_fast_counts_no_attempt(
    verdict: Verdict, attempts: int
) -> None:
    counted = settle(verdict, attempts, NOW, 0).attempts - attempts
    assert counted == (0 if verdict in (Verdict.RELAY_DOWN, Verdict.THROTTLED) else 1)


@cases
@given(st.sampled_from(Verdict), st.integers(0, 9), st.integers(-60, 100_000))
def test_a_try_is_put_off_to_when_it_makes_sense_and_never_brought_forward(
    verdict: Verdict, attempts: int, seconds: int
) -> None:
    usual = settle(verdict, attempts, NOW, 0)
    later = NOW + timedelta(seconds=seconds)
    told = settle(verdict, attempts, NOW, 0, later)
    if usual.next_try_at is None:
        assert told == usual
    else:
        assert told.next_try_at == max(usual.next_try_at, later)


@pytest.mark.parametrize(
    ("verdict", "state", "wait"),
    [
        (Verdict.ACCEPTED, State.SENT, None),
        (Verdict.REFUSED, State.REFUSED, None),
        (Verdict.FAILED, State.FAILED, None),
        (Verdict.DEFERRED, State.PENDING, timedelta(minutes=5)),
        (Verdict.RELAY_DOWN, State.PENDING, RELAY_RETRY),
        (Verdict.THROTTLED, State.PENDING, RELAY_RETRY),
        (Verdict.UNCERTAIN, State.PENDING, UNCERTAIN_RETRY),
    ],
)
def test_the_first_outcome_leads_where_the_design_says(
    verdict: Verdict, state: State, wait: timedelta | None
) -> None:
    settled = settle(verdict, 0, NOW, 0)
    assert settled.state is state
    assert settled.next_try_at == (None if wait is None else NOW + wait)


@cases
@given(st.sampled_from(Verdict), st.integers(0, 50))
def test_only_a_lost_answer_is_held_and_only_where_that_is_wanted(
    verdict: Verdict, attempts: int
) -> None:
    held = settle(verdict, attempts, NOW, 0, hold=True)
    assert (held.state is State.HELD) is (verdict is Verdict.UNCERTAIN)
    assert settle(verdict, attempts, NOW, 0).state is not State.HELD
