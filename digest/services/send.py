"""Send: claim what is due, compose it, hand it to a relay, and write down what became of it.

expire -> claim (500) -> compose -> SUBMITTING -> relay -> SENT | REFUSED | PENDING | ...
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

import structlog

from digest.domain.deliveries import State
from digest.ports import Outcome, Verdict
from digest.services.compose import Composer, CompositionError
from digest.services.context import Context
from digest.services.ledger import LedgerWriter
from digest.services.pacing import Pacer, relays_paused
from digest.store import deliveries, workers
from digest.store.deliveries import Delivery

log = structlog.get_logger()
BATCH = 500


async def send_due(context: Context, *, stop: asyncio.Event | None = None) -> Counter[str]:
    """Send everything that is due now; return how many rows came to each state.

    Deliveries put off by a relay are not tried again within one call. With ``stop`` set, nothing
    more is claimed, what is under way is finished, and claimed rows go back.
    """
    total: Counter[str] = Counter()
    started = context.clock.now()
    async with context.database.write() as connection:
        total[State.EXPIRED] += await deliveries.expire(connection, started)
        # what an earlier call of ours left behind when it failed is nobody's now
        await workers.sweep(connection, context.worker_id, hold=False)
        await workers.beat(connection, context.worker_id, started)
    composer = Composer(context)
    while not (stop and stop.is_set()) and not relays_paused(context):
        async with context.database.write() as connection:
            claimed = await deliveries.claim(connection, context.worker_id, started, BATCH)
        if not claimed:
            break
        total += await _send_batch(context, composer, claimed, stop)
    if sum(total.values()):
        log.info("sent", **{str(k): v for k, v in total.items() if v})
    return total


async def _send_batch(
    context: Context,
    composer: Composer,
    claimed: Sequence[Delivery],
    stop: asyncio.Event | None,
) -> Counter[str]:
    await composer.prepare(claimed)
    pacer = Pacer(context)
    await pacer.prepare(claimed)
    waiting = list(reversed(claimed))
    async with LedgerWriter(context) as ledger, _heartbeat(context):

        async def connection() -> None:
            while waiting and not (stop and stop.is_set()):
                await _send_one(context, composer, ledger, pacer, waiting.pop())

        async with asyncio.TaskGroup() as group:
            for _ in range(min(context.connections, len(claimed))):
                group.create_task(connection())
    ledger.counts[State.PENDING] += await pacer.finish()
    if waiting:
        async with context.database.write() as database:
            back = [delivery.id for delivery in waiting]
            await deliveries.mark(
                database, context.worker_id, State.CLAIMED, State.PENDING, back, {"owner": None}
            )
    return ledger.counts


async def _send_one(
    context: Context,
    composer: Composer,
    ledger: LedgerWriter,
    pacer: Pacer,
    delivery: Delivery,
) -> None:
    place = await pacer.admit(delivery)
    if place is None:
        return
    try:
        composed = composer.compose(delivery)
    except CompositionError as error:
        log.exception("a mail cannot be composed", delivery=delivery.id)
        pacer.unused(place)
        if await ledger.submitting(delivery):
            await ledger.settled(delivery, Outcome(Verdict.FAILED, None, str(error)))
        return
    if await ledger.submitting(delivery):
        outcome = await context.transport.send(place.routed(composed.message))
        outcome = await pacer.note(place, outcome)
        await ledger.settled(delivery, outcome, composed.placed)
    else:
        pacer.unused(place)


@asynccontextmanager
async def _heartbeat(context: Context) -> AsyncIterator[None]:
    """Keep this worker's lease while a batch is under way."""

    async def beat() -> None:
        while True:
            await asyncio.sleep(workers.LEASE.total_seconds() / 3)
            async with context.database.write() as connection:
                await workers.beat(connection, context.worker_id, context.clock.now())

    task = asyncio.create_task(beat())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def sweep_dead_workers(context: Context, now: datetime) -> tuple[int, int]:
    """Give back what workers without a heartbeat held; return (given back, uncertain)."""
    back = uncertain = 0
    async with context.database.write() as connection:
        for owner in await workers.list_dead(connection, context.worker_id, now):
            given, unclear = await workers.sweep(connection, owner, hold=False)
            back, uncertain = back + given, uncertain + unclear
    if back or uncertain:
        log.warning("swept a dead worker", given_back=back, uncertain=uncertain)
    return back, uncertain
