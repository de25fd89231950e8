"""Send: claim what is due, compose it, hand it to a relay, and write down what became of it.

check -> settle what was kept -> expire -> claim (500) -> compose -> SUBMITTING -> relay -> outcome

Whatever fails in between, nothing is lost: a result is kept until it is written, a row that was
only claimed goes back, and a hand-over that broke off is uncertain.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.deliveries import State
from digest.domain.leases import LEASE
from digest.ports import Outcome, OutgoingMessage, Verdict
from digest.services import accepted_journal, guard, held, leases, opt_outs
from digest.services.compose import Composed, Composer, CompositionError
from digest.services.context import Context
from digest.services.ledger import LedgerWriter
from digest.services.marks import Mark, write_marks
from digest.services.pacing import Pacer, Place, relays_paused
from digest.services.template_alarms import settle_alarms, tell_faults
from digest.store import deliveries, marks
from digest.store import held as held_rows
from digest.store.deliveries import Delivery

log = structlog.get_logger()
BATCH = 500
STOPPED = "this worker was stopped for longer than its lease; nothing was handed over"


async def begin_sending(context: Context, *, wait: bool) -> None:
    """Make sure, at a process's start, that it may send, and take up what dead ones left.

    With ``wait`` it takes the time of a lease where that needs it; without, sweeps come later.
    Raises `guard.RestoredError` for a database that was restored from a backup.
    """
    await settle_alarms(context)
    await guard.check(context)
    await opt_outs.replay_unknown(context)
    await accepted_journal.replay(context)
    if wait or context.database.is_sqlite:
        await leases.sweep_left_behind(context)


async def send_due(context: Context, *, stop: asyncio.Event | None = None) -> Counter[str]:
    """Send everything that is due now; return how many rows came to each state.

    Deliveries put off by a relay are not tried again within one call. With ``stop`` set, nothing
    more is claimed, what is under way is finished, and claimed rows go back. Raises
    `guard.RestoredError` for a restored database, and whatever the database or a relay's client
    raises, when nothing of it can be lost any more.
    """
    with (
        structlog.contextvars.bound_contextvars(worker=context.worker_id),
        context.observer.run("send") as span,
    ):
        total = await _send_due(context, stop)
        span.note("sent", total[State.SENT])
        return total


async def _send_due(context: Context, stop: asyncio.Event | None) -> Counter[str]:
    await guard.check(context)
    await _settle_kept(context)
    started = context.clock.now()
    expired = await context.database.transact(lambda c: _open(context, c, started))
    context.lease.unsent.clear()
    total: Counter[str] = Counter({State.EXPIRED: expired})
    await leases.beat(context)
    composer = Composer(context)
    context.lease.marked_at = None  # the first commit counts the ledger on
    while not (stop and stop.is_set()) and not relays_paused(context):
        claimed = await context.database.transact(
            lambda c: deliveries.claim(
                c, context.worker_id, context.clock.now(), BATCH, begun=started
            )
        )
        if not claimed:
            break
        total += await _send_batch(context, composer, claimed, stop)
    if total[State.SENT]:
        await guard.advance_now(context)
    if total[State.HELD]:
        await held.tell(context)
    await tell_faults(context)
    if sum(total.values()):
        log.info("sent", **{str(k): v for k, v in total.items() if v})
    return total


async def _settle_kept(context: Context) -> None:
    """Write down what the database did not take before; raises where it still does not."""
    kept = context.lease.kept
    if kept:
        wanted = [Mark(one.delivery, one.outcome, one.placed) for one in kept]
        async with context.database.write() as connection:
            moved, _ = await write_marks(context, connection, wanted, again=True)
        log.warning("results that were kept are written", results=len(wanted), moved=len(moved))
        kept.clear()
    await accepted_journal.replay(context)


async def _open(context: Context, connection: AsyncConnection, now: datetime) -> int:
    """Settle what is over, and take back what an earlier call left when it failed; count those."""
    me, unsent = context.worker_id, sorted(context.lease.unsent)
    free = {"owner": None}
    await marks.mark(connection, me, State.SUBMITTING, State.PENDING, unsent, free)
    await leases.sweep_own(context, connection)
    if leases.holds(context):
        await held_rows.hold_uncertain(connection)
    return await deliveries.expire(connection, now)


@dataclass
class _Batch:
    """Claimed deliveries on their way; a failure ends it, when what is under way is done."""

    context: Context
    composer: Composer
    ledger: LedgerWriter
    pacer: Pacer
    waiting: list[Delivery]
    stop: asyncio.Event | None
    failures: list[Exception] = field(default_factory=list)
    unmarked: list[Delivery] = field(default_factory=list)

    async def run_connection(self) -> None:
        """Send one after the other; never raises, so that no other connection is cut off."""
        while self.waiting and not self.failures and not (self.stop and self.stop.is_set()):
            delivery = self.waiting.pop()
            # on every line that is written on its way, down to the wire
            with structlog.contextvars.bound_contextvars(delivery=delivery.id):
                try:
                    await self._send_one(delivery)
                except Exception as error:
                    log.exception("a send failed")
                    self.failures.append(error)
                    self.unmarked.append(delivery)

    async def _send_one(self, delivery: Delivery) -> None:
        place = await self.pacer.admit(delivery)
        if place is None:  # it waits for its turn, which `Pacer.finish` writes down
            return
        try:
            composed = self.composer.compose(delivery)
        except CompositionError as error:
            log.exception("a mail cannot be composed")
            self.pacer.unused(place)
            await self.ledger.unmade(delivery, str(error))
            return
        if await self._may_hand_over(delivery, composed):
            began = time.perf_counter()
            outcome = await self._hand_over(place.routed(composed.message))
            self._tell(outcome, place, began)
            outcome = await self.pacer.note(place, outcome)
            await self.ledger.settled(delivery, outcome, composed.placed)
        else:
            self.pacer.unused(place)

    async def _may_hand_over(self, delivery: Delivery, composed: Composed) -> bool:
        try:
            return await self.ledger.submitting(delivery, composed.placed if composed.cut else None)
        except Exception:
            # the mark may be durable, though nobody heard of it: nothing was handed over
            self.context.lease.unsent.add(delivery.id)
            raise

    def _tell(self, outcome: Outcome, place: Place, began: float) -> None:
        relay, verdict = outcome.relay or place.relay, outcome.verdict.value
        self.context.observer.sent(verdict, place.provider, relay, began)
        say = log.debug if outcome.verdict is Verdict.ACCEPTED else log.info
        say("handed over", outcome=verdict, relay=relay, code=outcome.code, reply=outcome.reply)

    async def _hand_over(self, message: OutgoingMessage) -> Outcome:
        if not self.context.lease.holds():
            return Outcome(Verdict.RELAY_DOWN, None, STOPPED)
        message = replace(message, may_finish=self.context.lease.holds)
        try:
            return await self.context.transport.send(message)
        except Exception as error:
            # a client that breaks off may have handed the message over: nobody knows
            log.exception("a relay's client broke off")
            self.failures.append(error)
            return Outcome(Verdict.UNCERTAIN, None, f"{type(error).__name__}: {error}")


async def _send_batch(
    context: Context,
    composer: Composer,
    claimed: Sequence[Delivery],
    stop: asyncio.Event | None,
) -> Counter[str]:
    await composer.prepare(claimed)
    pacer = Pacer(context)
    await pacer.prepare(claimed)
    async with LedgerWriter(context, stop) as ledger, _heartbeat(context):
        batch = _Batch(context, composer, ledger, pacer, list(reversed(claimed)), stop)
        async with asyncio.TaskGroup() as group:
            for _ in range(min(context.connections, len(claimed))):
                group.create_task(batch.run_connection())
    ledger.counts[State.PENDING] += await pacer.finish()
    back = [delivery.id for delivery in (*batch.waiting, *batch.unmarked)]
    if back:
        async with context.database.write() as database:
            await marks.mark(
                database, context.worker_id, State.CLAIMED, State.PENDING, back, {"owner": None}
            )
    if batch.failures:
        raise batch.failures[0]
    return ledger.counts


@asynccontextmanager
async def _heartbeat(context: Context) -> AsyncIterator[None]:
    """Keep this worker's lease while a batch is under way, however often the database is away."""

    async def beat() -> None:
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 3)
            try:
                await leases.beat(context)
            except Exception as error:  # noqa: BLE001  the next one may come through
                log.warning("no heartbeat", error=str(error))

    task = asyncio.create_task(beat())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
