"""The day at a glance: what an operator wants to see first."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from digest.domain.day_bars import Bars, bars_of
from digest.domain.deliveries import OPEN, State
from digest.services.books import Books
from digest.services.context import Context
from digest.services.status import Status, read_status
from digest.store import day_counts

DAYS = 30
_LISTED = 7  # days whose sums are told in words
# of the chart, from the ground up
SENDS = ("sent", "open", "empty", "lost")
RETURNS = ("soft", "hard", "complaint")
_EMPTY = frozenset({State.EMPTY, State.SKIPPED, State.CANCELLED})


@dataclass(frozen=True, slots=True)
class Day:
    """One local date, its editions summed up; ``balanced`` says whether the books of each do."""

    day: date
    planned: int
    states: Mapping[str, int]
    balanced: bool


@dataclass(frozen=True, slots=True)
class Glance:
    """What the first admin page shows. Charts are None where there is nothing to draw.

    ``complaint_share`` is of the digests sent in the last 30 days, None where none was.
    """

    status: Status
    days: tuple[Day, ...]  # the latest first, those with an edition
    sends: Bars | None
    returns: Bars | None
    opens: Bars | None
    bounced: int
    complaints: int
    complaint_share: float | None


async def read_glance(context: Context) -> Glance:
    """Return the installation's day, its last week in sums and its last 30 days as charts."""
    today = context.clock.now().date() + timedelta(days=1)  # a day is ahead of UTC in the east
    first = today - timedelta(days=DAYS - 1)
    since = context.clock.now() - timedelta(days=DAYS)
    status = await read_status(context, _LISTED)
    async with context.database.read() as connection:
        states = await day_counts.count_states(connection, first, today)
        returned = await day_counts.count_returned(connection, since)
        opened = await day_counts.count_opens(connection, first)
    dates = [first + timedelta(days=place) for place in range(DAYS)]
    if today not in states:
        dates.pop()
    sent = sum(of.get(State.SENT.value, 0) for of in states.values())
    complaints = sum(of.get("complaint", 0) for of in returned.values())
    return Glance(
        status=status,
        days=_days(status.books),
        sends=bars_of([(day, _summed(states.get(day, {}))) for day in dates], SENDS),
        returns=bars_of([(day, returned.get(day, {})) for day in dates], RETURNS),
        opens=bars_of([(day, {"opened": opened.get(day, 0)}) for day in dates], ("opened",)),
        bounced=sum(of.get("hard", 0) for of in returned.values()),
        complaints=complaints,
        complaint_share=complaints / sent if sent else None,
    )


def _days(books: Sequence[Books]) -> tuple[Day, ...]:
    """Return the editions' books by date, the latest first."""
    by_date: dict[str, list[Books]] = {}
    for one in books:
        by_date.setdefault(one.date, []).append(one)
    days = []
    for day, editions in sorted(by_date.items(), reverse=True):
        states: Counter[str] = Counter()
        for one in editions:
            states.update(one.states)
        planned = sum(one.planned for one in editions)
        balanced = all(one.balanced for one in editions)
        days.append(Day(date.fromisoformat(day), planned, states, balanced))
    return tuple(days)


def _summed(states: Mapping[str, int]) -> dict[str, int]:
    """Return a day's states as the chart has them: "lost" is what should have been sent."""
    sums = dict.fromkeys(SENDS, 0)
    for name, count in states.items():
        state = State(name)
        if state is State.SENT:
            sums["sent"] += count
        elif state in OPEN:
            sums["open"] += count
        elif state in _EMPTY:
            sums["empty"] += count
        else:
            sums["lost"] += count
    return sums
