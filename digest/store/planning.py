"""Writing an edition into the ledger: one row a reader, made by one statement."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    String,
    case,
    cast,
    exists,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.deliveries import PRIORITY, Kind, State
from digest.domain.spreading import FACTOR, MODULUS, latest_try
from digest.store.editions import KEY_COLUMNS, Due, in_flight, is_due
from digest.store.locking_order import in_order
from digest.store.schema import delivery, edition, selection, subscriber


async def add_deliveries(
    connection: AsyncConnection,
    due: Due,
    edition_id: int,
    plan_id: int,
    planned_at: datetime,
    expires: Mapping[int, datetime],
    window_minutes: int = 0,
) -> int:
    """Plan the due readers' digests in one statement; return how many rows it made.

    A reader is joined to the selection of their very key: whoever changed a setting since the
    selections were made finds none, gets no row, and is due again. ``expires`` maps a weekday
    mask to the instant at which a digest of it is of no more use. The first tries are spread over
    ``window_minutes``.
    """
    if not expires:
        return 0
    joined = [selection.c[name] == subscriber.c[name] for name in KEY_COLUMNS]
    when = _by_weekdays(expires, planned_at)
    first_try = _first_try(expires, planned_at, window_minutes)
    chosen = _ledger_row(due, edition_id, planned_at, first_try, when).where(
        selection.c.plan_id == plan_id, *joined, is_due(due), ~exists().where(in_flight())
    )
    return await _insert_rows(connection, chosen, edition_id)


def _by_weekdays(instants: Mapping[int, datetime], otherwise: datetime) -> ColumnElement[Any]:
    instant = delivery.c.expires_at.type
    rules = [(subscriber.c.weekdays == mask, literal(at, instant)) for mask, at in instants.items()]
    return case(*rules, else_=literal(otherwise, instant))


def _first_try(
    expires: Mapping[int, datetime], planned_at: datetime, window_minutes: int
) -> ColumnElement[Any]:
    """Return `spreading.first_try` as SQL: minutes are listed, for adding differs by database."""
    instant = delivery.c.next_try_at.type
    if window_minutes <= 0:
        return literal(planned_at, instant)
    hashed = cast(subscriber.c.id, BigInteger) * FACTOR % MODULUS
    offset = hashed * window_minutes // MODULUS
    minutes = {
        n: literal(planned_at + timedelta(minutes=n), instant) for n in range(window_minutes)
    }
    spread = case(minutes, value=offset, else_=literal(planned_at, instant))
    latest = {mask: latest_try(planned_at, at) for mask, at in expires.items()}
    return case(
        (spread <= _by_weekdays(latest, planned_at), spread),
        else_=literal(planned_at, instant),
    )


async def add_busy_delivery(
    connection: AsyncConnection,
    due: Due,
    edition_id: int,
    planned_at: datetime,
    expires_at: datetime,
    subscriber_id: int,
    selection_id: int,
    next_try_at: datetime | None = None,
) -> int:
    """Plan the digest of a reader whose earlier one is still under way."""
    when = literal(expires_at, delivery.c.expires_at.type)
    first_try = literal(next_try_at or planned_at, delivery.c.next_try_at.type)
    chosen = _ledger_row(due, edition_id, planned_at, first_try, when).where(
        subscriber.c.id == subscriber_id, selection.c.id == selection_id, is_due(due)
    )
    return await _insert_rows(connection, chosen, edition_id)


def _ledger_row(
    due: Due,
    edition_id: int,
    planned_at: datetime,
    next_try_at: ColumnElement[Any],
    expires_at: ColumnElement[Any],
) -> Any:
    instant = delivery.c.planned_at.type
    state = case((selection.c.empty_reason == "", State.PENDING.value), else_=State.EMPTY.value)
    return (
        select(
            subscriber.c.id,
            literal(Kind.DIGEST.value, String),
            literal(due.key, String),
            literal(PRIORITY[Kind.DIGEST]),
            literal(edition_id),
            selection.c.id,
            state,
            selection.c.empty_reason,
            subscriber.c.address,
            subscriber.c.language,
            subscriber.c.extract,
            subscriber.c.token_generation,
            literal(planned_at, instant),
            next_try_at,
            expires_at,
        )
        .select_from(subscriber)
        .join(selection, literal(True))
    )


_LEDGER_COLUMNS = (
    "subscriber_id", "kind", "dedupe_key", "priority", "edition_id", "selection_id", "state",
    "reason", "address", "language", "extract", "token_generation", "planned_at", "next_try_at",
    "expires_at",
)  # fmt: skip


async def _insert_rows(connection: AsyncConnection, chosen: Any, edition_id: int) -> int:
    # inline: PostgreSQL counts the rows only where no key is asked back
    statement = insert(delivery).inline().from_select(list(_LEDGER_COLUMNS), chosen)
    result = await connection.execute(statement, execution_options={"preserve_rowcount": True})
    if result.rowcount:
        await connection.execute(
            update(edition)
            .where(edition.c.id == edition_id)
            .values(planned=edition.c.planned + result.rowcount)
        )
    return int(result.rowcount)


async def add_skipped(
    connection: AsyncConnection, due: Due, edition_id: int, planned_at: datetime, reason: str
) -> int:
    """Settle the due readers of an edition as SKIPPED, each with the reason."""
    instant = delivery.c.planned_at.type
    chosen = select(
        subscriber.c.id,
        literal(Kind.DIGEST.value, String),
        literal(due.key, String),
        literal(PRIORITY[Kind.DIGEST]),
        literal(edition_id),
        literal(None, delivery.c.selection_id.type),
        literal(State.SKIPPED.value, String),
        literal(reason, String),
        subscriber.c.address,
        subscriber.c.language,
        subscriber.c.extract,
        subscriber.c.token_generation,
        literal(planned_at, instant),
        literal(planned_at, instant),
        literal(planned_at, instant),
    ).where(is_due(due))
    return await _insert_rows(connection, chosen, edition_id)


async def supersede_older(connection: AsyncConnection, due: Due) -> int:
    """Settle as EXPIRED whatever older digest still waits for a due reader; return how many.

    This comes before the new rows are made: what a worker has claimed by then is under way, and
    counts as seen.
    """
    readers = select(subscriber.c.id).where(is_due(due))
    older = in_order(
        delivery.c.kind == Kind.DIGEST.value,
        delivery.c.state == State.PENDING.value,
        delivery.c.subscriber_id.in_(readers),
    )
    result = await connection.execute(
        update(delivery)
        .where(delivery.c.id.in_(older))
        .values(state=State.EXPIRED.value, reason="superseded by a newer edition")
    )
    return int(result.rowcount)
