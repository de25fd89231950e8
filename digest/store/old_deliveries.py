"""Deliveries that are old enough to go; what they add up to stays in their editions' books."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.deliveries import TERMINAL
from digest.store.delivery_schema import bounce, edition_total
from digest.store.locking_order import in_order
from digest.store.reader_schema import signup, vote
from digest.store.schema import delivery

_REASON_LENGTH = 500  # a key of PostgreSQL holds 2,700 octets
_COUNTED = ("count", "repeated", "rewritten")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some deliveries in the order of their ids: those that may go, and where to read on.

    ``last`` is None where the next ones are too young, or there are none.
    """

    ids: list[int]
    last: int | None


async def read_stretch(
    connection: AsyncConnection, before: datetime, after: int, limit: int
) -> Stretch:
    """Look at the next ``limit`` deliveries after an id.

    Ids grow with time, so that the walk ends at the first young row and never sees the others.
    """
    mails = exists().where(signup.c.delivery_id == delivery.c.id)
    rows = await connection.execute(
        select(delivery.c.id, delivery.c.planned_at, delivery.c.state, mails.label("consent"))
        .where(delivery.c.id > after)
        .order_by(delivery.c.id)
        .limit(limit)
    )
    found = rows.all()
    old = [row for row in found if row.planned_at < before]
    # SQLite gives the highest id out again, and links of mails name deliveries by their ids
    newest = await connection.scalar(select(func.max(delivery.c.id)))
    ids = [
        row.id
        for row in old
        if row.state in TERMINAL and not row.consent and row.id != newest
    ]  # fmt: skip
    whole = len(found) == limit and len(old) == len(found)
    return Stretch(ids, found[-1].id if whole else None)


async def remove_deliveries(
    connection: AsyncConnection, before: datetime, ids: Sequence[int]
) -> int:
    """Delete settled deliveries and add them to the sums of their editions; return how many."""
    states = [state.value for state in TERMINAL]
    proves = exists().where(signup.c.delivery_id == delivery.c.id)
    locked = await connection.execute(
        in_order(
            delivery.c.id.in_(ids),
            delivery.c.planned_at < before,
            delivery.c.state.in_(states),
            ~proves,
        )
    )
    gone = [row.id for row in locked]
    if not gone:
        return 0
    await _add_up(connection, gone)
    for table in (vote, bounce):  # they are kept by rules of their own
        named = table.c.delivery_id.in_(gone)
        await connection.execute(update(table).where(named).values(delivery_id=None))
    await connection.execute(delete(delivery).where(delivery.c.id.in_(gone)))
    return len(gone)


async def _add_up(connection: AsyncConnection, ids: Sequence[int]) -> None:
    again = and_(delivery.c.uncertain, delivery.c.submissions > 1)
    reason = func.substr(delivery.c.reason, 1, _REASON_LENGTH)
    rows = await connection.execute(
        select(
            delivery.c.edition_id,
            delivery.c.state,
            reason.label("reason"),
            func.count().label("count"),
            func.sum(case((again, 1), else_=0)).label("repeated"),
            func.sum(case((and_(again, delivery.c.rewritten), 1), else_=0)).label("rewritten"),
        )
        .where(delivery.c.id.in_(ids), delivery.c.edition_id.is_not(None))
        .group_by(delivery.c.edition_id, delivery.c.state, reason)
        .order_by(delivery.c.edition_id, delivery.c.state, reason)
    )
    sums = [dict(row._mapping) for row in rows]
    if not sums:
        return
    insert: Any = pg_insert if connection.dialect.name == "postgresql" else sqlite_insert
    new = insert(edition_total)
    grown = {name: edition_total.c[name] + new.excluded[name] for name in _COUNTED}
    key = list(edition_total.primary_key)
    await connection.execute(new.on_conflict_do_update(index_elements=key, set_=grown), sums)
