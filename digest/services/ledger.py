"""The two marks of every sending, written by one task with natural group commit.

While one commit runs, the marks of all connections queue up; the next commit takes them all. A
mark is durable before the caller goes on: SUBMITTING before MAIL FROM, the outcome after the reply.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.deliveries import State
from digest.domain.settlement import Settlement, settle
from digest.ports import Outcome, Verdict
from digest.services.context import Context
from digest.store import deliveries, history
from digest.store.deliveries import Delivery, Reply


@dataclass(frozen=True, slots=True)
class _Mark:
    delivery: Delivery
    outcome: Outcome | None  # None asks for SUBMITTING
    done: asyncio.Future[bool]
    placed: int | None = None


class LedgerWriter:
    """Writes marks for one worker; ``counts`` tells what they came to."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._queue: asyncio.Queue[_Mark | None] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self.counts: Counter[str] = Counter()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._task is not None
        await self._queue.put(None)
        await self._task

    async def submitting(self, delivery: Delivery) -> bool:
        """Mark a claimed delivery; return False where its reader left or moved."""
        return await self._mark(delivery, None)

    async def settled(
        self, delivery: Delivery, outcome: Outcome, placed: int | None = None
    ) -> bool:
        """Write an outcome down; return False where another worker owns the row by now."""
        return await self._mark(delivery, outcome, placed)

    async def _mark(
        self, delivery: Delivery, outcome: Outcome | None, placed: int | None = None
    ) -> bool:
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        await self._queue.put(_Mark(delivery, outcome, done, placed))
        return await done

    async def _run(self) -> None:
        stopping = False
        while not stopping:
            batch = [await self._queue.get()]
            while not self._queue.empty():
                batch.append(self._queue.get_nowait())
            stopping = None in batch
            marks = [mark for mark in batch if mark is not None]
            if marks:
                await self._commit(marks)

    async def _commit(self, marks: Sequence[_Mark]) -> None:
        try:
            async with self._context.database.write() as connection:
                moved = await self._submit(connection, [m for m in marks if m.outcome is None])
                moved |= await self._settle(connection, [m for m in marks if m.outcome])
        except Exception as error:  # noqa: BLE001  each caller gets it where it waits
            for mark in marks:
                if not mark.done.done():
                    mark.done.set_exception(error)
            return
        for mark in marks:
            if not mark.done.done():
                mark.done.set_result(mark.delivery.id in moved)

    async def _submit(self, connection: AsyncConnection, marks: Sequence[_Mark]) -> set[int]:
        ids = {mark.delivery.id for mark in marks}
        if not ids:
            return set()
        me, version = self._context.worker_id, self._context.render_version
        moved = await deliveries.mark_submitting(connection, me, ids, version)
        reason = {"reason": "the reader left, paused, or changed address"}
        gone = await deliveries.mark(
            connection, me, State.CLAIMED, State.CANCELLED, ids - moved, reason
        )
        self.counts[State.CANCELLED] += len(gone)
        return moved

    async def _settle(self, connection: AsyncConnection, marks: Sequence[_Mark]) -> set[int]:
        now = self._context.clock.now()
        moved: set[int] = set()
        groups: dict[State, list[tuple[_Mark, Settlement]]] = {}
        for mark in marks:
            assert mark.outcome is not None
            jitter = self._context.rng.uniform(-1, 1)
            outcome, attempts = mark.outcome, mark.delivery.attempts
            settlement = settle(outcome.verdict, attempts, now, jitter, outcome.not_before)
            groups.setdefault(settlement.state, []).append((mark, settlement))
        for state, group in groups.items():
            moved |= await self._settle_group(connection, state, group, now)
        return moved

    async def _settle_group(
        self,
        connection: AsyncConnection,
        state: State,
        group: Sequence[tuple[_Mark, Settlement]],
        now: datetime,
    ) -> set[int]:
        values: dict[str, Any] = {"sent_at": now} if state is State.SENT else {}
        if state is State.PENDING:
            values["owner"] = None
        ids = [mark.delivery.id for mark, _ in group]
        me = self._context.worker_id
        moved = await deliveries.mark(connection, me, State.SUBMITTING, state, ids, values)
        rows = [_reply(m, s) for m, s in group if m.delivery.id in moved]
        await deliveries.save_replies(connection, rows)
        if state is State.SENT:
            await history.advance_history(connection, moved)
        self.counts[state] += len(moved)
        return moved


def _reply(mark: _Mark, settlement: Settlement) -> Reply:
    outcome = mark.outcome
    assert outcome is not None
    return Reply(
        mark.delivery.id,
        outcome.reply[:500],
        settlement.reason,
        settlement.attempts,
        settlement.next_try_at,
        mark.placed,
        outcome.relay or mark.delivery.relay,
        _is_uncertain(mark, settlement),
    )


def _is_uncertain(mark: _Mark, settlement: Settlement) -> bool:
    """Return whether the relay may have the message though it did not say so, now or before."""
    assert mark.outcome is not None
    before = mark.delivery.uncertain and settlement.state is State.PENDING
    return before or mark.outcome.verdict is Verdict.UNCERTAIN
