"""Reads the dates of feeds into aware instants in UTC."""

import time
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)  # zero values of many languages lie before


def instant_of(value: object) -> datetime | None:
    """Return the instant of an RFC 3339 or RFC 5322 date, or of a UTC struct_time, or None.

    A date without zone is taken as UTC. Years before 1900 are the zero values of some language,
    not dates.
    """
    try:
        found = _read(value)
        if found is None:
            return None
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return found if found >= _EARLIEST else None


def date_of(value: str) -> date | None:
    """Return the day of ``YYYY-MM-DD``, or None."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _read(value: object) -> datetime | None:
    if isinstance(value, time.struct_time):
        return datetime(*value[:6], tzinfo=UTC)
    if not isinstance(value, str) or not 8 <= len(value.strip()) <= 64:
        return None
    text = value.strip()
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return parsedate_to_datetime(text)
