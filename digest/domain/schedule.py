"""When an edition is due: local hours and dates against UTC instants, in every IANA zone.

A slot is (zone, hour). Its edition of a date is due at that local hour: of a doubled hour at its
first instant, of a skipped hour at the first instant after the jump; a date that the zone skips
altogether (Samoa had no 30 December 2011) has no edition. Functions raise ValueError for an unknown
zone, an hour outside 0..23 and a naive instant.
"""

import datetime as dt
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from digest.domain.sentences import SentenceError

EXPIRY = dt.timedelta(hours=20)
EVERY_DAY = 0b1111111
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY_NAMES = {
    name: place
    for place, full in enumerate(
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    )
    for name in (full, full[:3])
}
_SECOND = dt.timedelta(seconds=1)
_DAY = dt.timedelta(days=1)
_LONGEST_SEARCH = 16  # dates: a week without an edition, a date that is skipped, and some more
# Links and fillers of a system's own; what they mean differs from machine to machine.
_NOT_PLACES = frozenset({"localtime", "posixrules", "Factory"})


class SlotDecision(StrEnum):
    """What becomes of a slot's edition at an instant."""

    WAIT = "wait"
    PLAN = "plan"
    SKIP = "skip"


@lru_cache(maxsize=1)
def _places() -> frozenset[str]:
    return frozenset(available_timezones()) - _NOT_PLACES


def known_zone(name: str) -> bool:
    """Say whether `name` is an IANA zone, in its own spelling ("Europe/Berlin")."""
    return name in _places()


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    if not known_zone(name):
        raise ValueError(f"unknown time zone {name!r}")
    return ZoneInfo(name)


def local_date(zone: str, instant: dt.datetime) -> dt.date:
    """Return the date that the zone's calendars show at an aware instant."""
    return _aware(instant).astimezone(_zone(zone)).date()


def due_utc(zone: str, date: dt.date, hour: int) -> dt.datetime | None:
    """Return the UTC instant of a local hour, or None for a date that the zone skips."""
    if not 0 <= hour <= 23:
        raise ValueError(f"hour must be 0 to 23, not {hour}")
    place = _zone(zone)
    wanted = dt.datetime.combine(date, dt.time(hour), tzinfo=place)  # fold 0: the first of two
    instant = wanted.astimezone(dt.UTC)
    if instant.astimezone(place).replace(tzinfo=None) == wanted.replace(tzinfo=None):
        return instant
    after = wanted.replace(fold=1).astimezone(dt.UTC)
    jump = _jump_between(place, min(instant, after), max(instant, after))
    return None if _skips_whole_date(place, jump, date) else jump


def next_slot_due(zone: str, hour: int, after: dt.datetime) -> tuple[dt.date, dt.datetime]:
    """Return the date and instant of a slot's first edition strictly after an instant."""
    # Two days back: a zone may have moved over the date line, and jumps put editions past midnight.
    date = local_date(zone, after) - 2 * _DAY
    for _ in range(_LONGEST_SEARCH):
        due = due_utc(zone, date, hour)
        if due is not None and due > after:
            return date, due
        date += _DAY
    raise AssertionError(f"no edition within {_LONGEST_SEARCH} days in {zone}")


def next_edition(
    zone: str, hour: int, weekdays: int, after_date: dt.date
) -> tuple[dt.date, dt.datetime]:
    """Return the next edition date strictly after a local date, with its instant.

    `weekdays` is a mask, bit 0 Monday to bit 6 Sunday; an empty one raises ValueError. A date that
    the zone skips has no edition, whatever its weekday.
    """
    _checked(weekdays)
    date = after_date
    for _ in range(_LONGEST_SEARCH):
        date += _DAY
        due = due_utc(zone, date, hour) if weekdays >> date.weekday() & 1 else None
        if due is not None:
            return date, due
    raise AssertionError(f"no edition within {_LONGEST_SEARCH} days in {zone}")


def weekdays_mask(names: Iterable[str]) -> int:
    """Return the mask of weekday names ("mon" or "Monday"); SentenceError for an unknown one."""
    mask = 0
    for name in names:
        place = _WEEKDAY_NAMES.get(name.strip().casefold())
        if place is None:
            known = ", ".join(_WEEKDAYS)
            raise SentenceError("unknown weekday {day}: use {days}", day=repr(name), days=known)
        mask |= 1 << place
    return mask


def weekday_names(mask: int) -> tuple[str, ...]:
    """Return the short names of a mask's weekdays, Monday first."""
    return tuple(name for place, name in enumerate(_WEEKDAYS) if mask >> place & 1)


def cadence_days(mask: int) -> int:
    """Return the longest gap between a mask's editions in days: 1 daily, 3 Mon-Fri, 7 weekly."""
    _checked(mask)
    places = [place for place in range(7) if mask >> place & 1]
    following = [*places[1:], places[0] + 7]
    return max(then - now for now, then in zip(places, following, strict=True))


def expires_at(planned_at: dt.datetime, next_due: dt.datetime) -> dt.datetime:
    """Return when an unsent digest is given up: 20 hours on, or at the reader's next edition."""
    return min(_aware(planned_at) + EXPIRY, _aware(next_due))


def slot_decision(due: dt.datetime, now: dt.datetime, catch_up: dt.timedelta) -> SlotDecision:
    """Return PLAN from the due instant until `catch_up` later, WAIT before, SKIP after."""
    late = _aware(now) - _aware(due)
    if late < dt.timedelta(0):
        return SlotDecision.WAIT
    return SlotDecision.PLAN if late <= catch_up else SlotDecision.SKIP


def _jump_between(place: ZoneInfo, before: dt.datetime, after: dt.datetime) -> dt.datetime:
    """Return the first instant, to the second, with the offset that the zone has at `after`."""
    offset = after.astimezone(place).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // (2 * _SECOND) * _SECOND
        if middle.astimezone(place).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after


def _skips_whole_date(place: ZoneInfo, jump: dt.datetime, date: dt.date) -> bool:
    """Say whether the local time left out by a jump covers the date from midnight to midnight."""
    last = (jump - _SECOND).astimezone(place).replace(tzinfo=None) + _SECOND
    first = jump.astimezone(place).replace(tzinfo=None)
    midnight = dt.datetime.combine(date, dt.time())
    return last <= midnight and first >= midnight + _DAY


def _aware(instant: dt.datetime) -> dt.datetime:
    if instant.utcoffset() is None:
        raise ValueError(f"instant without a time zone: {instant}")
    return instant


def was_due_between(
    zone: str, hour: int, weekdays: int, after: dt.datetime, until: dt.datetime
) -> bool:
    """Say whether an edition was due after one instant and up to another."""
    if after >= until:
        return False
    # as in `next_slot_due`: jumps may put an edition into the next date or the one before
    date = max(local_date(zone, after), local_date(zone, until) - 16 * _DAY) - 2 * _DAY
    while True:
        date, due = next_edition(zone, hour, weekdays, date)
        if due > until:
            return False
        if due > after:
            return True


def _checked(weekdays: int) -> None:
    if not 0 < weekdays <= EVERY_DAY:
        raise ValueError(f"weekdays must be a mask of 1 to {EVERY_DAY}, not {weekdays}")
