"""The marks of a ledger, many in one transaction: SUBMITTING, then what became of each."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.deliveries import State
from digest.domain.settlement import Settlement, settle
from digest.domain.tries import Try, add_try
from digest.ports import Outcome
from digest.services.bounces import take_session_refusal
from digest.services.context import Context
from digest.store import history, marks
from digest.store.deliveries import Delivery
from digest.store.marks import Reply

GONE = "the reader left, paused, or changed address"


@dataclass(frozen=True, slots=True)
class Mark:
    """A row's next step. Without an outcome: SUBMITTING.

    ``placed`` papers stand in the mail. ``begun`` is False of a mail that was never made.
    """

    delivery: Delivery
    outcome: Outcome | None
    placed: int | None = None
    begun: bool = True


async def write_marks(
    context: Context, connection: AsyncConnection, wanted: Sequence[Mark], *, again: bool
) -> tuple[set[int], Counter[str]]:
    """Write marks; return the deliveries that moved, and how many came to each state.

    ``again`` says that the marks were tried before, and may be in the database: a commit whose
    answer was lost with the connection.
    """
    counts: Counter[str] = Counter()
    moved = await _submit(context, connection, [m for m in wanted if m.outcome is None], counts)
    if again:
        me = context.worker_id
        asked = {m.delivery.id for m in wanted if m.outcome is None} - moved
        moved |= await marks.list_begun(connection, me, asked)
    for begun in (False, True):
        told = [m for m in wanted if m.outcome is not None and m.begun is begun]
        moved |= await _settle(context, connection, told, counts, begun=begun)
    return moved, counts


async def _submit(
    context: Context, connection: AsyncConnection, wanted: Sequence[Mark], counts: Counter[str]
) -> set[int]:
    ids = {mark.delivery.id for mark in wanted}
    if not ids:
        return set()
    me, version = context.worker_id, context.render_version
    moved = await marks.mark_submitting(connection, me, ids, version)
    placed = {m.delivery.id: m.placed for m in wanted if m.placed is not None}
    await marks.save_placed(connection, {i: n for i, n in placed.items() if i in moved})
    gone = await marks.mark(
        connection, me, State.CLAIMED, State.CANCELLED, ids - moved, {"reason": GONE}
    )
    counts[State.CANCELLED] += len(gone)
    return moved


async def _settle(
    context: Context,
    connection: AsyncConnection,
    told: Sequence[Mark],
    counts: Counter[str],
    *,
    begun: bool,
) -> set[int]:
    now = context.clock.now()
    hold = context.settings.delivery.on_uncertain == "hold"
    groups: dict[State, list[tuple[Mark, Settlement]]] = {}
    for mark in told:
        assert mark.outcome is not None
        jitter = context.rng.uniform(-1, 1)
        outcome, attempts = mark.outcome, mark.delivery.attempts
        settlement = settle(outcome.verdict, attempts, now, jitter, outcome.not_before, hold=hold)
        groups.setdefault(settlement.state, []).append((mark, settlement))
    moved: set[int] = set()
    before = State.SUBMITTING if begun else State.CLAIMED
    for state, group in groups.items():
        came = await _settle_group(context, connection, before, state, group, now)
        counts[state] += len(came)
        moved |= came
    return moved


async def _settle_group(
    context: Context,
    connection: AsyncConnection,
    before: State,
    state: State,
    group: Sequence[tuple[Mark, Settlement]],
    now: datetime,
) -> set[int]:
    values: dict[str, Any] = {"sent_at": now} if state is State.SENT else {}
    if state in (State.PENDING, State.HELD):
        values["owner"] = None
    ids = [mark.delivery.id for mark, _ in group]
    moved = await marks.mark(connection, context.worker_id, before, state, ids, values)
    rows = [_reply_of(m, s, now) for m, s in group if m.delivery.id in moved]
    await marks.save_replies(connection, rows)
    if state is State.SENT:
        await history.advance_history(connection, moved)
    if state is State.REFUSED:
        refused = [mark for mark, _ in group if mark.delivery.id in moved]
        for mark in sorted(refused, key=lambda one: one.delivery.subscriber_id):
            assert mark.outcome is not None
            await take_session_refusal(context, connection, mark.delivery, mark.outcome)
    return moved


def _reply_of(mark: Mark, settlement: Settlement, now: datetime) -> Reply:
    outcome = mark.outcome
    assert outcome is not None
    return Reply(
        mark.delivery.id,
        printable(outcome.reply),
        settlement.reason,
        settlement.attempts,
        settlement.next_try_at,
        mark.placed,
        printable(outcome.relay)[:64],
        settlement.uncertain,
        None if settlement.state is State.SENT else _with_try(mark, settlement, now),
    )


def _with_try(mark: Mark, settlement: Settlement, now: datetime) -> tuple[Try, ...]:
    """Return the transcript of a delivery with the try that a mark tells of."""
    outcome = mark.outcome
    assert outcome is not None
    stage = outcome.stage.value if outcome.stage else ""
    told = Try(now, outcome.relay, stage, outcome.code, outcome.reply, settlement.reason)
    return add_try(mark.delivery.tries, told)


def printable(reply: str) -> str:
    """Return a relay's words as any database keeps them: no NUL, no halves of characters."""
    whole = reply.encode("utf-8", "replace").decode("utf-8")
    return whole.replace("\x00", "")[:500]
