"""The arrows between a delivery's states, and how long it waits."""

from datetime import UTC, datetime, timedelta
from email.utils import make_msgid

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.deliveries import (
    IN_FLIGHT,
    OPEN,
    PRIORITY,
    RELAY_PAUSE_SECONDS,
    RETRY_MINUTES,
    TERMINAL,
    Kind,
    State,
    may_follow,
    message_id,
    relay_pause,
    retry_after,
)

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)


def test_nothing_follows_a_terminal_state() -> None:
    assert not [(a, b) for a in TERMINAL for b in State if may_follow(a, b)]


def test_every_open_state_leads_to_an_end() -> None:
    reached = set(TERMINAL)
    for _ in State:
        reached |= {a for a in OPEN if any(may_follow(a, b) for b in reached)}
    assert reached == set(State)


def test_only_a_claimed_row_is_submitted_and_any_open_one_may_turn_out_to_be_sent() -> None:
    assert [a for a in State if may_follow(a, State.SUBMITTING)] == [State.CLAIMED]
    # waiting and claimed ones by the journal alone: swept, and known to be accepted after all
    assert {a for a in State if may_follow(a, State.SENT)} == OPEN


def test_every_open_row_can_be_called_off() -> None:
    assert {a for a in State if may_follow(a, State.CANCELLED)} == OPEN


def test_what_was_begun_never_expires_without_waiting_or_a_person_first() -> None:
    assert {a for a in State if may_follow(a, State.EXPIRED)} == {State.PENDING, State.HELD}


def test_every_state_is_open_or_terminal_and_in_flight_is_open() -> None:
    assert set(State) == OPEN | TERMINAL
    assert not OPEN & TERMINAL
    assert OPEN - {State.PENDING} == IN_FLIGHT


def test_every_kind_has_a_priority_and_a_digest_waits_for_all_others() -> None:
    assert set(PRIORITY) == set(Kind)
    assert all(PRIORITY[kind] < PRIORITY[Kind.DIGEST] for kind in Kind if kind is not Kind.DIGEST)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 10_000), st.floats(-3, 3))
def test_a_retry_waits_its_step_give_or_take_a_fifth(attempt: int, jitter: float) -> None:
    minutes = RETRY_MINUTES[min(attempt, 7) - 1]
    wait = retry_after(attempt, jitter) / timedelta(minutes=1)
    assert 0.8 * minutes - 1e-6 <= wait <= 1.2 * minutes + 1e-6


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 100))
def test_waits_grow_and_stop_growing(attempt: int) -> None:
    assert retry_after(attempt, 0) <= retry_after(attempt + 1, 0) <= timedelta(hours=8)
    assert relay_pause(attempt) <= relay_pause(attempt + 1) <= timedelta(minutes=10)


def test_a_relay_is_left_alone_by_the_written_steps() -> None:
    pauses = [relay_pause(n).total_seconds() for n in range(1, 8)]
    assert pauses == [*RELAY_PAUSE_SECONDS, 600]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.integers(1, 2**48), st.integers(1, 2**48))
def test_a_message_id_is_one_token_that_headers_carry_and_differs_by_delivery(
    key: str, subscriber: int, delivery: int
) -> None:
    made = message_id(key, subscriber, delivery, "papers.example")
    assert made.isascii()
    assert made.startswith("<")
    assert made.endswith("@papers.example>")
    assert not set(made[1:-1]) & set(" \t\r\n<>,;\"'()")
    assert made != message_id(key, subscriber, delivery + 1, "papers.example")
    assert make_msgid(domain="papers.example").count("@") == made.count("@") == 1
