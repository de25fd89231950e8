"""A relay that fails is left alone for longer and longer; one that refuses all is stopped."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.deliveries import RELAY_PAUSE_SECONDS
from digest.domain.relay_health import (
    LONG_DOWN,
    POLICY_REFUSALS,
    SENDER_REFUSALS,
    RelayHealth,
    after_answer,
    after_failure,
    after_policy,
    after_sender_refused,
    after_success,
)

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)


def test_the_pauses_grow_as_written() -> None:
    health, now, pauses = RelayHealth(), NOW, []
    for _ in range(8):
        health = after_failure(health, now, "no")
        assert health.paused_until is not None
        pauses.append((health.paused_until - now).total_seconds())
        now = health.paused_until
    assert pauses == [*RELAY_PAUSE_SECONDS, 600, 600]


def test_failures_that_began_before_the_pause_ends_are_one_failure() -> None:
    health = after_failure(RelayHealth(), NOW, "no")
    assert after_failure(health, NOW + timedelta(seconds=14), "no") == health
    assert after_failure(health, NOW + timedelta(seconds=15), "no").failures == 2


def test_a_short_trouble_is_nobodys_business_a_long_or_urgent_one_is_told() -> None:
    health, now = RelayHealth(), NOW
    for number in range(1, LONG_DOWN + 1):
        health = after_failure(health, now, f"no {number}")
        assert health.paused_until is not None
        assert bool(health.trouble) == (number == LONG_DOWN)
        now = health.paused_until
    assert after_failure(RelayHealth(), NOW, "bad password", urgent=True).trouble == "bad password"


def test_five_different_messages_in_a_row_stop_a_relay_that_refuses_the_sender() -> None:
    health = RelayHealth()
    for number in range(SENDER_REFUSALS - 1):
        for _ in range(3):  # the same message again proves nothing
            health = after_sender_refused(health, f"<{number}>", NOW, "550 no")
    assert not health.is_paused(NOW)
    stopped = after_sender_refused(health, "<last>", NOW, "550 no")
    assert stopped.is_paused(NOW)
    assert "550 no" in stopped.trouble
    again = after_sender_refused(stopped, "<next>", NOW + timedelta(seconds=15), "550 no")
    assert (again.failures, again.refused) == (2, stopped.refused)
    assert after_answer(health).refused == frozenset()


def test_twenty_refusals_by_policy_in_a_row_stop_a_relay_and_one_success_mends_it() -> None:
    health = RelayHealth()
    for _ in range(POLICY_REFUSALS - 1):
        health = after_answer(after_policy(health, NOW, "550 5.7.1 spam"))
    assert not health.is_paused(NOW)
    stopped = after_policy(health, NOW, "550 5.7.1 spam")
    assert stopped.is_paused(NOW)
    assert "spam" in stopped.trouble
    assert after_answer(stopped).trouble == stopped.trouble
    assert after_success() == RelayHealth()


steps = st.sampled_from(["fail", "sender", "policy", "answer", "success"])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(steps, st.floats(0, 700)), max_size=80))
def test_whatever_happens_a_relay_is_tried_again_within_ten_minutes(
    story: list[tuple[str, float]],
) -> None:
    health, now = RelayHealth(), NOW
    for number, (step, wait) in enumerate(story):
        now += timedelta(seconds=wait)
        match step:
            case "fail":
                health = after_failure(health, now, "no")
            case "sender":
                health = after_sender_refused(health, f"<{number}>", now, "no")
            case "policy":
                health = after_policy(health, now, "no")
            case "answer":
                health = after_answer(health)
            case _:
                health = after_success()
        assert not health.is_paused(now + timedelta(minutes=10))
        assert health.policy <= POLICY_REFUSALS
        assert len(health.refused) <= SENDER_REFUSALS
