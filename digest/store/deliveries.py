"""The ledger's marks: every one is fenced by owner and expected state (ADR 2)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.deliveries import ANOTHER_ADDRESS, PRIORITY, Kind, State, reachable_states
from digest.store.schema import delivery, edition, subscriber


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
    uncertain: bool


_FIELDS = tuple(Delivery.__dataclass_fields__)


def _to_delivery(row: Row[Any]) -> Delivery:
    values = {name: getattr(row, name) for name in _FIELDS}
    return Delivery(**values | {"kind": Kind(row.kind), "state": State(row.state)})


async def claim(
    connection: AsyncConnection, owner: str, now: datetime, limit: int = 500
) -> list[Delivery]:
    """Take the next waiting deliveries in (priority, next try, id) order for one worker."""
    waiting = (
        select(delivery.c.id)
        .where(
            delivery.c.state == State.PENDING.value,
            delivery.c.next_try_at <= now,
            delivery.c.expires_at > now,
        )
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
    claimed = [(row.priority, _to_delivery(row)) for row in rows]
    claimed.sort(key=lambda pair: (pair[0], pair[1].next_try_at, pair[1].id))
    return [item for _, item in claimed]


async def mark_submitting(
    connection: AsyncConnection, owner: str, ids: Iterable[int], render_version: str
) -> set[int]:
    """Mark claimed deliveries as being submitted; return those that may be.

    In the same statement the reader must still be one whom a mail of this kind may reach
    (`reachable_states`), and at the address that was planned for.
    """
    reader = exists().where(subscriber.c.id == delivery.c.subscriber_id, _may_reach())
    rows = await connection.execute(
        update(delivery)
        .where(
            delivery.c.id.in_(sorted(ids)),
            delivery.c.owner == owner,
            delivery.c.state == State.CLAIMED.value,
            reader,
        )
        .values(state=State.SUBMITTING.value, render_version=render_version)
        .returning(delivery.c.id)
    )
    return {row.id for row in rows}


def _may_reach() -> ColumnElement[bool]:
    """Return whether the subscriber of a delivery may be sent a mail of its kind."""
    same_address = subscriber.c.address == delivery.c.address
    allowed = []
    for kind in Kind:
        states = [state.value for state in reachable_states(kind)]
        rule = (delivery.c.kind == kind.value) & subscriber.c.state.in_(states)
        allowed.append(rule if kind in ANOTHER_ADDRESS else rule & same_address)
    # a complaint ends every mail; whom the operator barred is barred
    lifted = or_(subscriber.c.suppression.is_(None), subscriber.c.suppression == "bounce")
    return or_(*allowed) & lifted


async def mark(
    connection: AsyncConnection,
    owner: str,
    expected: State,
    to: State,
    ids: Iterable[int],
    values: Mapping[str, Any] | None = None,
) -> set[int]:
    """Move deliveries that ``owner`` holds in ``expected`` on to a state; return those moved."""
    rows = await connection.execute(
        update(delivery)
        .where(
            delivery.c.id.in_(sorted(ids)),
            delivery.c.owner == owner,
            delivery.c.state == expected.value,
        )
        .values(state=to.value, **(values or {}))
        .returning(delivery.c.id)
    )
    return {row.id for row in rows}


@dataclass(frozen=True, slots=True)
class Reply:
    """What is written beside a mark; ``placed`` papers of its selection stood in the mail.

    ``relay`` is the one that spoke last; ``uncertain`` where its answer was lost.
    """

    delivery_id: int
    reply: str
    reason: str
    attempts: int
    next_try_at: datetime | None = None
    placed: int | None = None
    relay: str | None = None
    uncertain: bool = False


async def save_replies(connection: AsyncConnection, replies: Sequence[Reply]) -> None:
    """Write replies of deliveries just marked, in id order."""
    for again in (True, False):
        chosen = [r for r in replies if (r.next_try_at is not None) == again]
        if not chosen:
            continue
        names = ["reply", "reason", "attempts", "placed", "relay", "uncertain"]
        names += ["next_try_at"] if again else []
        values: dict[str, Any] = {name: bindparam(f"b_{name}") for name in names}
        rows = [
            {f"b_{name}": getattr(r, name) for name in ("delivery_id", *names)}
            for r in sorted(chosen, key=lambda r: r.delivery_id)
        ]
        await connection.execute(
            update(delivery).where(delivery.c.id == bindparam("b_delivery_id")).values(values),
            rows,
        )


async def expire(connection: AsyncConnection, now: datetime) -> int:
    """Settle as EXPIRED whatever waited past its time; return how many."""
    result = await connection.execute(
        update(delivery)
        .where(delivery.c.state == State.PENDING.value, delivery.c.expires_at <= now)
        .values(state=State.EXPIRED.value, reason="not delivered before it expired")
    )
    return int(result.rowcount)


async def cancel_open(connection: AsyncConnection, subscriber_id: int, reason: str) -> int:
    """Cancel a reader's deliveries that nobody has begun to submit; return how many."""
    result = await connection.execute(
        update(delivery)
        .where(
            delivery.c.subscriber_id == subscriber_id,
            delivery.c.state.in_([State.PENDING.value, State.CLAIMED.value]),
        )
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
    return _to_delivery(row) if row else None


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
    return _to_delivery(row) if row else None


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
    return [_to_delivery(row) for row in rows]


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
    return [(_to_delivery(row), row.zone) for row in rows]


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


async def find_next_try(connection: AsyncConnection) -> datetime | None:
    """Return when the next waiting delivery may be tried, or None."""
    found: datetime | None = await connection.scalar(
        select(func.min(delivery.c.next_try_at)).where(delivery.c.state == State.PENDING.value)
    )
    return found
