"""Spreading a slot's digests over a window: each reader has a minute of their own, every day.

A digest keeps the instant of its plan in all that it says; only its first try is put off.
"""

from datetime import datetime, timedelta

# Fibonacci hashing: neighbouring numbers land far apart, and any run of them is spread evenly
FACTOR, MODULUS = 2_654_435_769, 2**32


def offset_minutes(subscriber_id: int, window_minutes: int) -> int:
    """Return how many minutes of the window a reader waits: 0 to one less than the window."""
    return subscriber_id * FACTOR % MODULUS * window_minutes // MODULUS


def latest_try(planned_at: datetime, expires_at: datetime) -> datetime:
    """Return until when a digest may be put off: half of its time is kept for retries."""
    return planned_at + (expires_at - planned_at) / 2


def first_try(
    subscriber_id: int, planned_at: datetime, expires_at: datetime, window_minutes: int
) -> datetime:
    """Return when a digest is tried first; one whose time is short is tried at once."""
    wait = timedelta(minutes=offset_minutes(subscriber_id, window_minutes))
    at = planned_at + wait
    return at if at <= latest_try(planned_at, expires_at) else planned_at
