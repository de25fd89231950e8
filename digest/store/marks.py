"""The ledger's marks: every one is fenced by owner and expected state (ADR 2)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    exists,
    false,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.deliveries import ANOTHER_ADDRESS, Kind, State, reachable_states
from digest.domain.tries import Try, to_json
from digest.store.locking_order import in_order
from digest.store.schema import delivery, subscriber


async def mark_submitting(
    connection: AsyncConnection, owner: str, ids: Iterable[int], render_version: str
) -> set[int]:
    """Mark claimed deliveries as being submitted; return those that may be.

    In the same statement the reader must still be one whom a mail of this kind may reach
    (`reachable_states`), and at the address that was planned for; and the submission is counted,
    as one in other bytes where the installation has changed since the one before.
    """
    reader = exists().where(subscriber.c.id == delivery.c.subscriber_id, _may_reach())
    other_bytes = and_(delivery.c.submissions > 0, delivery.c.render_version != render_version)
    rows = await connection.execute(
        update(delivery)
        .where(
            delivery.c.id.in_(_held(owner, State.CLAIMED, ids)),
            delivery.c.owner == owner,
            delivery.c.state == State.CLAIMED.value,
            reader,
        )
        .values(
            state=State.SUBMITTING.value,
            render_version=render_version,
            submissions=delivery.c.submissions + 1,
            rewritten=or_(delivery.c.rewritten, func.coalesce(other_bytes, false())),
        )
        .returning(delivery.c.id)
    )
    return {row.id for row in rows}


async def list_begun(connection: AsyncConnection, owner: str, ids: Iterable[int]) -> set[int]:
    """Return which deliveries are in submission by ``owner``: a mark of theirs had been durable."""
    rows = await connection.execute(
        select(delivery.c.id).where(
            delivery.c.id.in_(sorted(ids)),
            delivery.c.owner == owner,
            delivery.c.state == State.SUBMITTING.value,
        )
    )
    return {row.id for row in rows}


async def save_placed(connection: AsyncConnection, placed: Mapping[int, int]) -> None:
    """Write how many papers stand in mails that have no room for their whole selection.

    It is written before the mail is sent: should the outcome be lost, what stood in it is known.
    """
    if placed:
        await connection.execute(
            update(delivery)
            .where(delivery.c.id == bindparam("b_id"))
            .values(placed=bindparam("b_placed")),
            [{"b_id": i, "b_placed": count} for i, count in sorted(placed.items())],
        )


def _held(owner: str, expected: State, ids: Iterable[int]) -> Select[tuple[int]]:
    return in_order(
        delivery.c.id.in_(sorted(ids)),
        delivery.c.owner == owner,
        delivery.c.state == expected.value,
    )


def _may_reach() -> ColumnElement[bool]:
    """Return whether the subscriber of a delivery may be sent a mail of its kind."""
    same_address = subscriber.c.address == delivery.c.address
    allowed = []
    for kind in Kind:
        states = [state.value for state in reachable_states(kind)]
        rule = and_(delivery.c.kind == kind.value, subscriber.c.state.in_(states))
        allowed.append(rule if kind in ANOTHER_ADDRESS else and_(rule, same_address))
    # a complaint ends every mail; whom the operator barred is barred
    lifted = or_(subscriber.c.suppression.is_(None), subscriber.c.suppression == "bounce")
    return and_(or_(*allowed), lifted)


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
            delivery.c.id.in_(_held(owner, expected, ids)),
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

    ``relay`` is through which it went, where that is known; ``uncertain`` that it may have arrived;
    ``tries`` the transcript with this try, None where it was taken: then the column stays.
    """

    delivery_id: int
    reply: str
    reason: str
    attempts: int
    next_try_at: datetime | None = None
    placed: int | None = None
    relay: str = ""
    uncertain: bool = False
    tries: tuple[Try, ...] | None = None


async def save_replies(connection: AsyncConnection, replies: Sequence[Reply]) -> None:
    """Write replies of deliveries just marked, in id order."""
    groups: dict[tuple[bool, bool], list[Reply]] = {}
    for one in replies:
        groups.setdefault((one.next_try_at is not None, one.tries is not None), []).append(one)
    for (again, told), chosen in groups.items():
        names = ["reply", "reason", "attempts", "placed", *(["next_try_at"] if again else [])]
        values: dict[str, Any] = {name: bindparam(f"b_{name}") for name in names}
        # an earlier hand-over stays uncertain, and its relay known, whatever came after it
        relay = bindparam("b_relay", type_=delivery.c.relay.type)
        values["relay"] = func.coalesce(relay, delivery.c.relay)
        uncertain = bindparam("b_uncertain", type_=delivery.c.uncertain.type)
        values["uncertain"] = or_(delivery.c.uncertain, uncertain)
        if told:
            values["tries"] = bindparam("b_tries", type_=delivery.c.tries.type)
        rows = [
            {f"b_{name}": getattr(r, name) for name in ("delivery_id", "uncertain", *names)}
            | {"b_relay": r.relay or None}
            | ({"b_tries": to_json(r.tries or ())} if told else {})
            for r in sorted(chosen, key=lambda r: r.delivery_id)
        ]
        await connection.execute(
            update(delivery).where(delivery.c.id == bindparam("b_delivery_id")).values(values),
            rows,
        )
