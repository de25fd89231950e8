"""The books: every digest that was planned is in one state, and whoever got none has a reason."""

from dataclasses import dataclass
from datetime import date, timedelta

from digest.domain.deliveries import OPEN, State
from digest.services.alarms import clear_alarm, raise_alarm
from digest.services.context import Context
from digest.store import books as pages
from digest.store.books import Page

ALARM = "books"
_DAYS = 3
_EXPLAINED = frozenset({State.SENT, *OPEN})  # a row in one of these needs no reason


@dataclass(frozen=True, slots=True)
class Reasoned:
    """How many rows of an edition are in a state for a reason."""

    state: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class Books:
    """One edition's books: they balance when ``planned`` is what all states add up to.

    ``unexplained`` rows are settled without a mail and without a reason; there must be none.
    ``pruned`` rows were too old to be kept: their sums were.
    """

    zone: str
    hour: int
    date: str
    planned: int
    states: dict[str, int]
    unexplained: int = 0
    pruned: int = 0

    @property
    def balanced(self) -> bool:
        """Whether every planned row is in some state, and every person skipped has a reason."""
        return self.planned == sum(self.states.values()) and not self.unexplained

    @property
    def settled(self) -> bool:
        """Whether nothing of it is open, and it balances."""
        return self.balanced and not any(self.states.get(state.value) for state in OPEN)


@dataclass(frozen=True, slots=True)
class Account:
    """The books of some days: each edition's, why which rows were not sent, and the sums.

    ``repeated`` mails were handed over again after a lost answer, and may have come twice;
    ``rewritten`` of them in other bytes.
    """

    first: date
    last: date
    editions: tuple[Books, ...]
    reasons: tuple[Reasoned, ...]
    planned: int
    states: dict[str, int]
    repeated: int
    rewritten: int

    @property
    def balanced(self) -> bool:
        """Whether the books of every edition balance."""
        return all(books.balanced for books in self.editions)


async def read_books(context: Context, first: date, last: date) -> Account:
    """Return the books of the editions of local dates from first to last."""
    async with context.database.read() as connection:
        found = await pages.list_pages(connection, first, last)
        doubts = await pages.count_doubts(connection, first, last)
    editions = tuple(books_of(page) for page in found)
    states: dict[str, int] = {}
    reasons: dict[tuple[str, str], int] = {}
    for page in found:
        for (state, reason), count in page.counts.items():
            states[state] = states.get(state, 0) + count
            if reason or State(state) not in _EXPLAINED:
                reasons[(state, reason)] = reasons.get((state, reason), 0) + count
    return Account(
        first=first,
        last=last,
        editions=editions,
        reasons=tuple(Reasoned(s, r, n) for (s, r), n in sorted(reasons.items())),
        planned=sum(books.planned for books in editions),
        states=states,
        repeated=doubts.repeated,
        rewritten=doubts.rewritten,
    )


def books_of(page: Page) -> Books:
    """Return an edition's books from its rows' counts."""
    states: dict[str, int] = {}
    unexplained = 0
    for (state, reason), count in page.counts.items():
        states[state] = states.get(state, 0) + count
        if not reason and State(state) not in _EXPLAINED:
            unexplained += count
    day = page.local_date.isoformat()
    return Books(page.zone, page.hour, day, page.planned, states, unexplained, page.pruned)


async def check_books(context: Context) -> bool:
    """Return whether the last days' books balance; raise the alarm where they do not."""
    today = context.clock.now().date()
    account = await read_books(context, today - timedelta(days=_DAYS), today + timedelta(days=1))
    wrong = sorted({books.date for books in account.editions if not books.balanced})
    if wrong:
        text = f"the books of {', '.join(wrong)} do not balance: `digest books DATE` shows where"
        await raise_alarm(context, ALARM, text)
    else:
        await clear_alarm(context, ALARM)
    return not wrong
