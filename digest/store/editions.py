"""Editions: who is due, which selections they need, and whether the books balance."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    ColumnElement,
    and_,
    exists,
    func,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.deliveries import IN_FLIGHT, Kind
from digest.store.inserting import insert_new
from digest.store.schema import delivery, edition, subscriber

KEY_COLUMNS = ("topic_set_id", "seen_set_id", "max_papers", "min_papers", "weekdays", "fresh_since")


@dataclass(frozen=True, slots=True)
class Due:
    """The readers of one edition: those of a slot on their day, or those owed one at once."""

    zone: str
    hour: int
    local_date: date
    at_once: bool = False

    @property
    def key(self) -> str:
        """The digest's dedupe key: the slot's local date."""
        return self.local_date.isoformat()


@dataclass(frozen=True, slots=True)
class SelectionKey:
    """What readers must have in common to be sent the same papers, the plan instant apart."""

    topic_set_id: int
    seen_set_id: int
    max_papers: int
    min_papers: int
    weekdays: int
    fresh_since: datetime


@dataclass(frozen=True, slots=True)
class BusyReader:
    """A due reader whose earlier digest is still under way: it counts as seen."""

    subscriber_id: int
    key: SelectionKey
    open_selection_ids: tuple[int, ...]
    open_planned_at: datetime


def _has_row(due: Due) -> ColumnElement[bool]:
    had = delivery.alias("had")  # an alias, lest it correlate with an UPDATE of the ledger
    return exists().where(
        had.c.subscriber_id == subscriber.c.id,
        had.c.kind == Kind.DIGEST.value,
        had.c.dedupe_key == due.key,
    )


_under_way = delivery.alias("under_way")


def in_flight() -> ColumnElement[bool]:
    """Return the join of a subscriber with their digests that are under way."""
    return and_(
        _under_way.c.subscriber_id == subscriber.c.id,
        _under_way.c.kind == Kind.DIGEST.value,
        _under_way.c.state.in_([state.value for state in IN_FLIGHT]),
    )


def is_due(due: Due) -> ColumnElement[bool]:
    """Return the condition that a reader belongs to an edition and has no row in it yet."""
    at = and_(
        subscriber.c.zone == due.zone,
        subscriber.c.hour == due.hour,
        subscriber.c.state == "active",
        ~_has_row(due),
    )
    if due.at_once:
        return and_(at, subscriber.c.at_once_on == due.local_date)
    return and_(at, subscriber.c.weekdays.op("&")(1 << due.local_date.weekday()) != 0)


async def list_due_keys(connection: AsyncConnection, due: Due) -> list[SelectionKey]:
    """Return the distinct selection keys of the due readers without a digest under way."""
    rows = await connection.execute(
        select(*(subscriber.c[name] for name in KEY_COLUMNS))
        .where(is_due(due), ~exists().where(in_flight()))
        .distinct()
    )
    return [SelectionKey(*row) for row in rows]


async def list_busy_readers(connection: AsyncConnection, due: Due) -> list[BusyReader]:
    """Return the due readers whose earlier digest is claimed, in submission or held."""
    rows = await connection.execute(
        select(
            subscriber.c.id,
            *(subscriber.c[name] for name in KEY_COLUMNS),
            _under_way.c.selection_id,
            _under_way.c.planned_at,
        )
        .join(_under_way, in_flight())
        .where(is_due(due))
        .order_by(subscriber.c.id, _under_way.c.planned_at)
    )
    readers: dict[int, BusyReader] = {}
    for row in rows:
        held = readers.get(row.id)
        selections = (*held.open_selection_ids, row.selection_id) if held else (row.selection_id,)
        readers[row.id] = BusyReader(row.id, SelectionKey(*row[1:7]), selections, row.planned_at)
    return list(readers.values())


async def ensure_edition(
    connection: AsyncConnection, due: Due, due_at: datetime, planned_at: datetime
) -> int:
    """Return the id of the edition of a zone, hour and local date, made where it is new."""
    where = (
        edition.c.zone == due.zone,
        edition.c.hour == due.hour,
        edition.c.local_date == due.local_date,
    )
    query = select(edition.c.id).where(*where)
    found: int | None = await connection.scalar(query)
    if found is None:
        values = {
            "zone": due.zone,
            "hour": due.hour,
            "local_date": due.local_date,
            "due_at": due_at,
            "planned_at": planned_at,
        }
        await insert_new(connection, edition, values)
        found = (await connection.execute(query)).scalar_one()
    return found


async def count_due(connection: AsyncConnection, due: Due) -> int:
    """Return how many readers of an edition have no row yet."""
    found = await connection.scalar(select(func.count()).select_from(subscriber).where(is_due(due)))
    return int(found or 0)


async def list_at_once(connection: AsyncConnection) -> list[Due]:
    """Return the editions that readers are owed at once."""
    rows = await connection.execute(
        select(subscriber.c.zone, subscriber.c.hour, subscriber.c.at_once_on)
        .where(subscriber.c.at_once_on.is_not(None), subscriber.c.state == "active")
        .distinct()
    )
    return [Due(row.zone, row.hour, row.at_once_on, at_once=True) for row in rows]


async def move_at_once(connection: AsyncConnection, due: Due, today: date) -> None:
    """Carry what readers of a zone and hour were owed on a day that is over on to today."""
    await connection.execute(
        update(subscriber)
        .where(
            subscriber.c.zone == due.zone,
            subscriber.c.hour == due.hour,
            subscriber.c.at_once_on == due.local_date,
        )
        .values(at_once_on=today)
    )


async def clear_at_once(connection: AsyncConnection, due: Due) -> None:
    """Forget that readers were owed an edition at once: they have its row now."""
    await connection.execute(
        update(subscriber)
        .where(
            subscriber.c.zone == due.zone,
            subscriber.c.hour == due.hour,
            subscriber.c.at_once_on == due.local_date,
            _has_row(due),
        )
        .values(at_once_on=None)
    )


async def get_slots(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, tuple[str, int]]:
    """Return the zone and hour of editions, by id."""
    rows = await connection.execute(
        select(edition.c.id, edition.c.zone, edition.c.hour).where(
            edition.c.id.in_(sorted(set(ids)))
        )
    )
    return {row.id: (row.zone, row.hour) for row in rows}
