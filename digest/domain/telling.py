"""When an operator may be written to again, and what a mail about alarms is called."""

from collections.abc import Sequence
from datetime import timedelta

MOST_DOUBLINGS = 5


def mail_pause(minutes: int, failures: int) -> timedelta:
    """Return how long to wait after the last try: so many minutes, doubled for each failure.

    Doubled five times at most, so that a relay that refuses is not asked for ever at that pace.
    """
    return timedelta(minutes=minutes * 2 ** min(max(failures, 0), MOST_DOUBLINGS))


def alarm_subject(site: str, news: Sequence[str], over: Sequence[str]) -> str:
    """Return the subject of a mail about alarms by their keys; one of the two is not empty."""
    if len(news) + len(over) == 1:
        return f"{site}: {'alarm' if news else 'over'}: {(*news, *over)[0]}"
    parts = [
        f"{len(keys)} {word}"
        for keys, word in ((news, "alarm" if len(news) == 1 else "alarms"), (over, "over"))
        if keys
    ]
    return f"{site}: {', '.join(parts)}"
