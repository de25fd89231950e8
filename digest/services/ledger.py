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
from digest.ports import Outcome
from digest.services.bounces import take_session_refusal
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
            settlement = settle(mark.outcome.verdict, mark.delivery.attempts, now, jitter)
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
        rows = [
            Reply(m.delivery.id, _reply(m), s.reason, s.attempts, s.next_try_at, m.placed)
            for m, s in group
            if m.delivery.id in moved
        ]
        await deliveries.save_replies(connection, rows)
        if state is State.SENT:
            await history.advance_history(connection, moved)
        if state is State.REFUSED:
            await self._blame(connection, [m for m, _ in group if m.delivery.id in moved])
        self.counts[state] += len(moved)
        return moved

    async def _blame(self, connection: AsyncConnection, refused: Sequence[_Mark]) -> None:
        for mark in sorted(refused, key=lambda one: one.delivery.subscriber_id):
            assert mark.outcome is not None
            await take_session_refusal(self._context, connection, mark.delivery, mark.outcome)


def _reply(mark: _Mark) -> str:
    assert mark.outcome is not None
    return mark.outcome.reply[:500]
