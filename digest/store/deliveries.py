"""The ledger: rows queued, claimed, expired, cancelled and found; `marks` has the others."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, case, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.deliveries import PRIORITY, Kind, State
from digest.domain.settlement import EXPIRED, EXPIRED_UNCERTAIN
from digest.domain.tries import Try, from_json
from digest.store.locking_order import in_order
from digest.store.schema import delivery, edition


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row of the ledger."""

    id: int
    subscriber_id: int
    kind: Kind
    dedupe_key: str
    edition_id: int | None
    selection_id: int | None
    state: State
    reason: str
    address: str
    language: str
    extract: str
    token_generation: int
    planned_at: datetime
    next_try_at: datetime
    expires_at: datetime
    attempts: int
    owner: str | None
    render_version: str | None
    sent_at: datetime | None
    reply: str
    placed: int | None
    relay: str | None
    submissions: int
    uncertain: bool
    rewritten: bool
    tries: tuple[Try, ...] = ()


_FIELDS = tuple(Delivery.__dataclass_fields__)


def to_delivery(row: Row[Any]) -> Delivery:
    """Return a row of the table as a delivery."""
    values = {name: getattr(row, name) for name in _FIELDS}
    read = {"kind": Kind(row.kind), "state": State(row.state), "tries": from_json(row.tries)}
    return Delivery(**values | read)


async def claim(
    connection: AsyncConnection,
    owner: str,
    now: datetime,
    limit: int = 500,
    begun: datetime | None = None,
) -> list[Delivery]:
    """Take the next waiting deliveries in (priority, next try, id) order for one worker.

    Of digests only those that were due when the sending had ``begun``: what was put off since is
    not tried again. Single mails count by ``now``: none waits for the end of a day's digests.
    """
    single = delivery.c.priority < PRIORITY[Kind.DIGEST]
    due = or_(delivery.c.next_try_at <= (begun or now), and_(single, delivery.c.next_try_at <= now))
    waiting = (
        select(delivery.c.id)
        .where(delivery.c.state == State.PENDING.value, due, delivery.c.expires_at > now)
        .order_by(delivery.c.priority, delivery.c.next_try_at, delivery.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = await connection.execute(
        update(delivery)
        .where(delivery.c.id.in_(waiting))
        .values(state=State.CLAIMED.value, owner=owner)
        .returning(*delivery.c)
    )
    claimed = [(row.priority, to_delivery(row)) for row in rows]
    claimed.sort(key=lambda pair: (pair[0], pair[1].next_try_at, pair[1].id))
    return [item for _, item in claimed]


async def expire(connection: AsyncConnection, now: datetime) -> int:
    """Settle as EXPIRED whatever waited past its time; return how many.

    An uncertain one counts as not sent: its papers come again, for a loss is worse than a
    repetition. Where it is not, the installation holds such mails, and HELD never expires.
    """
    over = in_order(delivery.c.state == State.PENDING.value, delivery.c.expires_at <= now)
    result = await connection.execute(
        update(delivery)
        .where(delivery.c.id.in_(over))
        .values(
            state=State.EXPIRED.value,
            reason=case((delivery.c.uncertain, EXPIRED_UNCERTAIN), else_=EXPIRED),
        )
    )
    return int(result.rowcount)


async def cancel_open(connection: AsyncConnection, subscriber_id: int, reason: str) -> int:
    """Cancel a reader's deliveries that nobody has begun to submit; return how many."""
    stopped = in_order(
        delivery.c.subscriber_id == subscriber_id,
        delivery.c.state.in_([State.PENDING.value, State.CLAIMED.value]),
    )
    result = await connection.execute(
        update(delivery)
        .where(delivery.c.id.in_(stopped))
        .values(state=State.CANCELLED.value, reason=reason)
    )
    return int(result.rowcount)


async def add_delivery(
    connection: AsyncConnection,
    subscriber_id: int,
    kind: Kind,
    dedupe_key: str,
    address: str,
    language: str,
    token_generation: int,
    now: datetime,
    valid_for: timedelta,
) -> int:
    """Queue one mail that is no digest; raises IntegrityError where its key was used before."""
    result = await connection.execute(
        insert(delivery)
        .values(
            subscriber_id=subscriber_id,
            kind=kind.value,
            dedupe_key=dedupe_key,
            priority=PRIORITY[kind],
            state=State.PENDING.value,
            address=address,
            language=language,
            extract="short",
            token_generation=token_generation,
            planned_at=now,
            next_try_at=now,
            expires_at=now + valid_for,
        )
        .returning(delivery.c.id)
    )
    return int(result.scalar_one())


async def find_delivery(connection: AsyncConnection, delivery_id: int) -> Delivery | None:
    """Return a delivery by id, or None."""
    row = (
        await connection.execute(select(delivery).where(delivery.c.id == delivery_id))
    ).one_or_none()
    return to_delivery(row) if row else None


async def find_digest(
    connection: AsyncConnection, subscriber_id: int, day: date
) -> Delivery | None:
    """Return a reader's digest of a local date, or None."""
    row = (
        await connection.execute(
            select(delivery).where(
                delivery.c.subscriber_id == subscriber_id,
                delivery.c.kind == Kind.DIGEST.value,
                delivery.c.dedupe_key == day.isoformat(),
            )
        )
    ).one_or_none()
    return to_delivery(row) if row else None


async def list_digests(
    connection: AsyncConnection, subscriber_id: int, limit: int = 30
) -> list[Delivery]:
    """Return a reader's digests, the newest first."""
    rows = await connection.execute(
        select(delivery)
        .where(delivery.c.subscriber_id == subscriber_id, delivery.c.kind == Kind.DIGEST.value)
        .order_by(delivery.c.planned_at.desc(), delivery.c.id.desc())
        .limit(limit)
    )
    return [to_delivery(row) for row in rows]


async def list_between(
    connection: AsyncConnection, first: date, last: date
) -> list[tuple[Delivery, str]]:
    """Return the digests of local dates from first to last with the zone of their edition."""
    rows = await connection.execute(
        select(delivery, edition.c.zone)
        .join(edition, edition.c.id == delivery.c.edition_id)
        .where(edition.c.local_date >= first, edition.c.local_date <= last)
        .order_by(delivery.c.planned_at, delivery.c.id)
    )
    return [(to_delivery(row), row.zone) for row in rows]


async def count_waiting(connection: AsyncConnection) -> tuple[int, datetime | None]:
    """Return how many deliveries wait, and since when the oldest does."""
    row = (
        await connection.execute(
            select(func.count(), func.min(delivery.c.planned_at)).where(
                delivery.c.state == State.PENDING.value
            )
        )
    ).one()
    oldest: datetime | None = row[1]
    return int(row[0]), oldest


async def count_due(connection: AsyncConnection, now: datetime) -> tuple[int, datetime | None]:
    """Return how many deliveries should be leaving, and since when the oldest could have."""
    states = [State.PENDING.value, State.CLAIMED.value, State.SUBMITTING.value]
    row = (
        await connection.execute(
            select(func.count(), func.min(delivery.c.next_try_at)).where(
                delivery.c.state.in_(states), delivery.c.next_try_at <= now
            )
        )
    ).one()
    oldest: datetime | None = row[1]
    return int(row[0]), oldest


async def find_next_try(connection: AsyncConnection) -> datetime | None:
    """Return when the next waiting delivery may be tried, or None."""
    found: datetime | None = await connection.scalar(
        select(func.min(delivery.c.next_try_at)).where(delivery.c.state == State.PENDING.value)
    )
    return found
