"""The ledger as an operator looks through it: a page at a time, what is wrong first."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.deliveries import OPEN, Kind, State
from digest.store.deliveries import Delivery, to_delivery
from digest.store.schema import delivery, edition

_FAILING = (State.FAILED, State.REFUSED, State.EXPIRED)
_WAITING = (State.PENDING, State.CLAIMED, State.SUBMITTING)
_DAY = timedelta(days=1)
TROUBLE = (State.HELD, *_FAILING, *_WAITING)
"""The states that are listed where no state and no day is asked for, in this order."""


def _in(states: tuple[State, ...]) -> ColumnElement[bool]:
    return delivery.c.state.in_([state.value for state in states])


_rank = case(
    (delivery.c.state == State.HELD.value, 0), (_in(_FAILING), 1), (_in(_WAITING), 2), else_=3
)


@dataclass(frozen=True, slots=True)
class MailFilter:
    """Which mails are wanted. ``day`` is a digest's local date, and another mail's date of UTC.

    ``since`` leaves out what was planned before, but for mails that are open.
    """

    day: date | None = None
    states: tuple[State, ...] = ()
    kind: Kind | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the list ends: the rank of its last mail, and that mail's id."""

    rank: int
    id: int


async def list_mails(
    connection: AsyncConnection, wanted: MailFilter, limit: int, after: Place | None = None
) -> list[tuple[Delivery, int]]:
    """Return mails with their ranks: held, failing, waiting, then the others; the newest first."""
    conditions = await _conditions(connection, wanted)
    if after is not None:
        passed = and_(_rank == after.rank, delivery.c.id < after.id)
        conditions.append(or_(_rank > after.rank, passed))
    newest = delivery.c.id.desc()
    # ids alone are sorted: a day has as many mails as there are readers, and each row is long
    places = select(delivery.c.id, _rank.label("rank")).where(*conditions).limit(limit)
    places = places.order_by(newest) if _only_others(wanted) else places.order_by(_rank, newest)
    ranks = {row.id: row.rank for row in await connection.execute(places)}
    rows = await connection.execute(select(delivery).where(delivery.c.id.in_(list(ranks))))
    found = {row.id: to_delivery(row) for row in rows}
    return [(found[one], rank) for one, rank in ranks.items()]


async def list_of_reader(
    connection: AsyncConnection, subscriber_id: int, limit: int, before: int | None = None
) -> list[Delivery]:
    """Return a reader's mails of every kind and of ids below ``before``, the newest first."""
    query = (
        select(delivery)
        .where(delivery.c.subscriber_id == subscriber_id)
        .order_by(delivery.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(delivery.c.id < before)
    return [to_delivery(row) for row in await connection.execute(query)]


async def first_id_since(connection: AsyncConnection, instant: datetime) -> int:
    """Return the id below which every mail was planned before an instant.

    Ids grow with time and no index holds the instants: it halves the ids until one is left.
    """
    low, high = 0, 1 + (await connection.scalar(select(func.max(delivery.c.id))) or 0)
    while low < high:
        middle = (low + high) // 2
        row = (
            await connection.execute(
                select(delivery.c.id, delivery.c.planned_at)
                .where(delivery.c.id >= middle)
                .order_by(delivery.c.id)
                .limit(1)
            )
        ).one_or_none()
        if row is None or row.planned_at >= instant:
            high = middle
        else:
            low = row.id + 1
    return low


def _only_others(wanted: MailFilter) -> bool:
    """Return whether all that is wanted has one rank, and is most of the ledger."""
    return bool(wanted.states) and not set(TROUBLE) & set(wanted.states)


async def _conditions(connection: AsyncConnection, wanted: MailFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if _only_others(wanted) and wanted.day is None:
        # no index of states: the newest are found by walking the ids, and are most of them
        states = [state.value for state in wanted.states]
        found.append(func.coalesce(delivery.c.state, "").in_(states))
    elif wanted.states:
        found.append(_in(wanted.states))
    if wanted.kind is not None:
        found.append(delivery.c.kind == wanted.kind.value)
    if wanted.day is not None:
        found.append(await _of_day(connection, wanted.day))
    elif wanted.since is not None:
        first = await first_id_since(connection, wanted.since)
        recent = delivery.c.id >= first
        found.append(recent if _only_others(wanted) else or_(recent, _in(tuple(sorted(OPEN)))))
    return found


async def _of_day(connection: AsyncConnection, day: date) -> ColumnElement[bool]:
    slots = await connection.execute(select(edition.c.id).where(edition.c.local_date == day))
    start = datetime.combine(day, time(), UTC)
    first = await first_id_since(connection, start)
    last = await first_id_since(connection, start + _DAY) if day < date.max else first
    single = and_(
        delivery.c.kind != Kind.DIGEST.value, delivery.c.id >= first, delivery.c.id < last
    )
    return or_(delivery.c.edition_id.in_([row.id for row in slots]), single)
