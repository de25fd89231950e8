"""The two marks of every sending, written by one task with natural group commit.

While one commit runs, the marks of all connections queue up; the next commit takes them all. A
mark is durable before the caller goes on: SUBMITTING before MAIL FROM, the outcome after the reply.

A database that is away loses nothing: what a relay accepted goes into a journal beside it at once,
and the commit is tried again for ten minutes. Nobody goes on meanwhile, so nothing more is sent.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from types import TracebackType
from typing import Self

import structlog

from digest.ports import Outcome, Verdict
from digest.services import accepted_journal, guard, held
from digest.services.context import Context
from digest.services.lease import Result
from digest.services.marks import Mark, write_marks
from digest.store import workers
from digest.store.database import is_away, is_clash
from digest.store.deliveries import Delivery

log = structlog.get_logger()
KEEP_TRYING_S = 600.0
STOPPING_S = 20.0  # how long a process that was told to stop waits for its database
_PAUSES_S = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0)


class DatabaseAwayError(Exception):
    """The database did not come back in time; what was to be written is kept."""


_Asked = tuple[Mark, "asyncio.Future[bool]"]


class LedgerWriter:
    """Writes marks for one worker; ``counts`` tells what they came to.

    With ``stop`` set, a database that is away is waited for no longer than `STOPPING_S`.
    """

    def __init__(
        self,
        context: Context,
        stop: asyncio.Event | None = None,
        *,
        keep_trying_s: float = KEEP_TRYING_S,
    ) -> None:
        self._context = context
        self._stop = stop
        self._keep_trying_s = keep_trying_s
        self._queue: asyncio.Queue[_Asked | None] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self._given_up = False
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

    async def submitting(self, delivery: Delivery, placed: int | None = None) -> bool:
        """Mark a claimed delivery; return False where its reader left or moved.

        ``placed`` says how many papers stand in a mail that has no room for all of them.
        """
        return await self._ask(Mark(delivery, None, placed))

    async def settled(
        self, delivery: Delivery, outcome: Outcome, placed: int | None = None
    ) -> bool:
        """Write an outcome down; return False where another worker owns the row by now."""
        return await self._ask(Mark(delivery, outcome, placed))

    async def unmade(self, delivery: Delivery, why: str) -> bool:
        """Set a claimed delivery aside whose mail cannot be made; nothing of it was sent."""
        return await self._ask(Mark(delivery, Outcome(Verdict.FAILED, None, why), begun=False))

    async def _ask(self, mark: Mark) -> bool:
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        await self._queue.put((mark, done))
        return await done

    async def _run(self) -> None:
        while not self._stopping:
            batch = [await self._queue.get()]
            while not self._queue.empty():
                batch.append(self._queue.get_nowait())
            asked = self._without_end(batch)
            try:
                await self._persist(asked)
            except Exception as error:  # noqa: BLE001  nobody may wait for ever
                for _, done in asked:
                    if not done.done():
                        done.set_exception(error)

    def _without_end(self, batch: Sequence[_Asked | None]) -> list[_Asked]:
        self._stopping = self._stopping or None in batch
        return [one for one in batch if one is not None]

    async def _persist(self, asked: list[_Asked]) -> None:
        """Write what was asked, however long the database is away, within bounds."""
        loop = asyncio.get_running_loop()
        began, failures = loop.time(), 0
        while asked:
            try:
                moved = await self._commit([mark for mark, _ in asked], again=failures > 0)
            except Exception as error:  # noqa: BLE001  each caller gets it where it waits
                if is_clash(error):  # nothing was written, and the other one goes first
                    await asyncio.sleep(_PAUSES_S[0])
                    continue
                if not is_away(error):
                    await self._one_by_one(asked, error)
                    return
                await self._keep(asked, error, first=failures == 0)
                if self._must_give_up(loop.time() - began):
                    self._give_up(asked, error)
                    return
                asked += await self._wait(_PAUSES_S[min(failures, len(_PAUSES_S) - 1)])
                failures += 1
            else:
                await self._written(asked, moved, after_failures=failures)
                return

    async def _commit(self, wanted: Sequence[Mark], *, again: bool) -> set[int]:
        context = self._context
        async with context.database.write() as connection:
            moved, counts = await write_marks(context, connection, wanted, again=again)
            if again:  # the results first, and then that we live
                asked_at = context.lease.time()
                now = await context.lease_now(connection)
                await workers.beat(connection, context.worker_id, now)
            line = await guard.advance(context, connection)
        if again:
            context.lease.renewed(asked_at)
        if line is not None:
            await guard.keep_marker(context, line)
        self.counts += counts
        return moved

    async def _written(self, asked: Sequence[_Asked], moved: set[int], after_failures: int) -> None:
        if after_failures:
            self._context.lease.kept.clear()
            await accepted_journal.forget(self._context)
            log.warning("the database is back", results=len(asked), tries=after_failures + 1)
        for mark, done in asked:
            if not done.done():
                done.set_result(mark.delivery.id in moved)

    async def _keep(self, asked: Sequence[_Asked], error: Exception, *, first: bool) -> None:
        """Keep results until they are written: in memory, and what was accepted in the journal."""
        kept = [
            Result(mark.delivery, mark.outcome, mark.placed)
            for mark, _ in asked
            if mark.outcome is not None and mark.begun
        ]
        new = [result for result in kept if result not in self._context.lease.kept]
        self._context.lease.kept.extend(new)
        self._context.lease.watch.lose()
        await accepted_journal.note(self._context, new)
        if first:
            log.error("the database is away; results are kept", results=len(kept), error=str(error))

    async def _wait(self, pause_s: float) -> list[_Asked]:
        """Pause, and return what was asked meanwhile; a result is kept the moment it comes."""
        loop = asyncio.get_running_loop()
        until, asked = loop.time() + pause_s, []
        while (left := until - loop.time()) > 0:
            try:
                one = await asyncio.wait_for(self._queue.get(), left)
            except TimeoutError:
                break
            came = self._without_end([one])
            asked += came
            if came:
                await self._keep(came, OSError("still away"), first=False)
        return asked

    def _must_give_up(self, waited_s: float) -> bool:
        if self._given_up:
            return True
        stopped = self._stop is not None and self._stop.is_set()
        return waited_s >= (
            min(STOPPING_S, self._keep_trying_s) if stopped else self._keep_trying_s
        )

    def _give_up(self, asked: Sequence[_Asked], error: Exception) -> None:
        self._given_up = True
        sentence = (
            f"the database is away: {error}; {len(self._context.lease.kept)} results are kept"
        )
        for _, done in asked:
            if not done.done():
                done.set_exception(DatabaseAwayError(sentence))

    async def _one_by_one(self, asked: Sequence[_Asked], error: Exception) -> None:
        """Write marks apart from each other, for one of them cannot be written at all."""
        log.error("marks cannot be written together", marks=len(asked), error=str(error))
        for mark, done in asked:
            try:
                moved = await self._commit([mark], again=False)
                outcome = mark.delivery.id in moved
            except Exception as reason:
                if is_away(reason):
                    await self._persist([(mark, done)])
                    continue
                log.exception("a mark cannot be written", delivery=mark.delivery.id)
                await held.hold_unwritten(self._context, mark.delivery, str(reason))
                outcome = False
            if not done.done():
                done.set_result(outcome)
