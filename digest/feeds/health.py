"""Decides how a source is doing and when to ask it next. Pure: data and ``now`` in, a word out."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

BROKEN_AFTER = 3  # failures in a row
MISSED_WORKING_DAYS = 2  # one may be a holiday
REGULAR_DAYS = 5  # working days that must be known before silence means anything
LONGEST_BACK_OFF = timedelta(hours=24)
LONGEST_FRESH = timedelta(hours=6)  # a source's cache must not cost a reader the day
LONGEST_WISH = timedelta(days=7)
JITTER = 0.2


class Health(StrEnum):
    """How a source is doing, as ``digest status`` shows it."""

    FRESH = "fresh"
    QUIET = "quiet"  # empty, as on weekends and holidays
    STALE = "stale"  # it answers, but what always came has stopped to come
    BROKEN = "broken"  # it does not answer, or with nothing that can be read


@dataclass(frozen=True, slots=True)
class FeedHistory:
    """What is known of one feed. Instants are aware.

    ``last_ok_at`` is its last readable answer (304 included), ``last_entry_at`` when an entry not
    known before last came; ``failures`` counts the fetches or bodies that failed in a row since
    ``since``. ``weekday_counts`` holds the new entries of recent days (UTC), 0 where it was
    asked and had none; weekends in it are not looked at.
    """

    last_ok_at: datetime | None = None
    last_entry_at: datetime | None = None
    failures: int = 0
    last_failure: str | None = None
    since: datetime | None = None
    weekday_counts: Mapping[date, int] = field(default_factory=dict)


def assess(
    history: FeedHistory, now: datetime, expected_every: timedelta | None = None
) -> tuple[Health, str]:
    """Return the state of a feed and the reason in words.

    ``expected_every`` is how often something new should come; without it, a feed that had
    entries on each of its last working days is expected to have some on every working day, and
    any other may be silent.
    """
    if history.failures and (history.failures >= BROKEN_AFTER or history.last_ok_at is None):
        return Health.BROKEN, _failing(history)
    if history.last_ok_at is None:
        return Health.QUIET, "not asked yet"
    if history.last_entry_at is None:
        return Health.QUIET, f"no entry yet; last answer {_when(history.last_ok_at)}"
    health, reason = _by_entries(history, history.last_entry_at, now, expected_every)
    if history.failures:
        reason += f"; {_failing(history)}"
    return health, reason


def next_poll_at(
    now: datetime,
    poll_minutes: float,
    failures: int = 0,
    retry_after_s: float | None = None,
    fresh_for_s: float | None = None,
    jitter: float = 0.0,
) -> datetime:
    """Return when to ask next, never before the server's own wish.

    After failures the interval doubles each time, up to a day. ``fresh_for_s`` counts up to six
    hours, ``retry_after_s`` up to seven days. ``jitter`` from 0 to 1 adds up to a fifth, so that
    feeds that failed together do not come back together.
    """
    interval = timedelta(minutes=max(poll_minutes, 1.0))
    wait = interval
    if failures > 0:
        wait = max(interval, min(interval * 2.0 ** min(failures, 12), LONGEST_BACK_OFF))
    else:
        wait = max(interval, min(_seconds(fresh_for_s), LONGEST_FRESH))
    wait = max(wait, min(_seconds(retry_after_s), LONGEST_WISH))
    return now + wait * (1.0 + JITTER * min(max(jitter, 0.0), 1.0))


def working_days_between(after: date, before: date) -> int:
    """Count the days from Monday to Friday that lie strictly between two dates."""
    days = (before - after).days - 1
    if days <= 0:
        return 0
    weeks, rest = divmod(days, 7)
    first = after.weekday() + 1
    return weeks * 5 + sum((first + step) % 7 < 5 for step in range(rest))


def _by_entries(
    history: FeedHistory, last: datetime, now: datetime, expected_every: timedelta | None
) -> tuple[Health, str]:
    today = now.astimezone(UTC).date()
    last_day = last.astimezone(UTC).date()
    missed = working_days_between(last_day, today)
    since = f"nothing new since {_when(last)}"
    if expected_every is not None:
        allowed = expected_every + timedelta(days=1)
        elapsed = now - last - timedelta(days=_weekend_days_between(last_day, today))
        if elapsed > allowed:
            return Health.STALE, f"{since}; something is expected {_every(expected_every)}"
    elif missed >= MISSED_WORKING_DAYS and _is_regular(history, last_day):
        return Health.STALE, f"{since}: {missed} working days without, and it never missed one"
    if missed == 0 and (today.weekday() < 5 or last_day == today):
        return Health.FRESH, f"last new entry {_when(last)}"
    if missed == 0:
        return Health.QUIET, f"{since}, as on weekends"
    return Health.QUIET, f"{since}, as on holidays" if missed == 1 else since


def _is_regular(history: FeedHistory, last_day: date) -> bool:
    """Whether every working day that is known up to the last entry brought one."""
    known = [
        n for day, n in history.weekday_counts.items() if day.weekday() < 5 and day <= last_day
    ]
    return len(known) >= REGULAR_DAYS and all(known)


def _weekend_days_between(after: date, before: date) -> int:
    return max((before - after).days - 1, 0) - working_days_between(after, before)


def _failing(history: FeedHistory) -> str:
    times = "the last fetch" if history.failures == 1 else f"the last {history.failures} fetches"
    since = f" since {_when(history.since)}" if history.since else ""
    return f"{times} failed{since}: {history.last_failure or 'no reason was kept'}"


def _seconds(value: float | None) -> timedelta:
    if value is None or not math.isfinite(value) or value <= 0:
        return timedelta()
    return timedelta(seconds=min(value, 1e8))


def _when(instant: datetime) -> str:
    moment = instant.astimezone(UTC)
    return f"{moment:%a} {moment.day} {moment:%b %Y %H:%M} UTC"


def _every(interval: timedelta) -> str:
    hours = interval.total_seconds() / 3600
    return f"every {hours / 24:g} days" if hours >= 48 else f"every {hours:g} hours"
