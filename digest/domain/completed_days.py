"""Which days are completed: what a watchdog outside is told, once for each local date.

A local date is *past* when the next edition of every slot is a later one, so that nothing of it is
still to be planned; without any slot, when it is over in UTC. A past date is

- *waiting* while a digest of its editions is open, for no longer than `OVERDUE` after the last was
  due: a mail expires 20 hours after it was planned, and is planned at most 20 hours late,
- *bad* when its books do not balance, or a digest is open beyond that, as a held one may be,
- *good* otherwise, also where nobody was due.

Dates are told in their order, so that a bad one is never hidden by the next.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

OVERDUE = timedelta(hours=48)
FURTHEST = 14  # dates that are told after a long absence
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class EditionState:
    """What counts of an edition: its date, when it was due, its books, and the digests open."""

    day: date
    due_at: datetime
    balanced: bool
    open: int


@dataclass(frozen=True, slots=True)
class DayNews:
    """What there is to tell: the dates up to ``last``, and what is wrong with the ``bad`` ones."""

    first: date
    last: date
    bad: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """Whether every date is completed."""
        return not self.bad


def last_past_day(next_days: Iterable[date], now: datetime) -> date:
    """Return the last date that is past, from the date of each slot's next edition.

    ``now`` is in UTC.
    """
    return min(next_days, default=now.date()) - _DAY


def first_untold_day(told: date | None, past: date) -> date:
    """Return the first date to judge: the one after the last told, at most `FURTHEST` back.

    Without any told before, it is the last past one alone.
    """
    if told is None:
        return past
    return max(told + _DAY, past - (FURTHEST - 1) * _DAY)


def judge_days(
    first: date, past: date, editions: Sequence[EditionState], now: datetime
) -> DayNews | None:
    """Return the news of the dates from ``first`` to the last past one, None where there is none.

    The first date that is waiting ends it: those after it are told later.
    """
    last: date | None = None
    bad: list[str] = []
    day = first
    while day <= past:
        of_day = [edition for edition in editions if edition.day == day]
        if any(_waits(edition, now) for edition in of_day):
            break
        bad += _faults(day, of_day)
        last, day = day, day + _DAY
    return DayNews(first, last, tuple(bad)) if last is not None else None


def _waits(edition: EditionState, now: datetime) -> bool:
    return edition.open > 0 and now - edition.due_at <= OVERDUE


def _faults(day: date, editions: Iterable[EditionState]) -> list[str]:
    of_day = list(editions)
    faults = []
    if not all(edition.balanced for edition in of_day):
        faults.append(f"{day.isoformat()}: the books do not balance")
    left = sum(edition.open for edition in of_day)
    if left:
        faults.append(f"{day.isoformat()}: {left} digests are still open")
    return faults
