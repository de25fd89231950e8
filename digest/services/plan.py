"""Plan: turn due slots into ledger rows.

    due slots -> keys -> pool, orders, choices (read) -> selections + rows (one write) -> slot on

Nothing is decided by the clock that wakes this: a tick that never came, or came twice, changes
only when the work is done. The slot advances last, in the transaction that made its last row.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.schedule import (
    SlotDecision,
    due_utc,
    expires_at,
    local_date,
    next_edition,
    next_slot_due,
    slot_decision,
)
from digest.domain.spreading import first_try
from digest.services.context import Context
from digest.services.selecting import Selector, load_selector
from digest.store import editions, papers, planning, selections, slots, subscribers
from digest.store.editions import BusyReader, Due, SelectionKey
from digest.store.seen_sets import get_seen, intern_seen
from digest.store.slots import Slot

log = structlog.get_logger()
_ROUNDS = 100  # readers who keep changing their settings cannot hold a tick for ever


@dataclass(frozen=True, slots=True)
class Planned:
    """What one tick planned: editions, ledger rows, and rows settled as skipped."""

    editions: int = 0
    deliveries: int = 0
    skipped: int = 0


async def plan_due_slots(context: Context, now: datetime, last: date | None = None) -> Planned:
    """Plan every slot that is due at ``now``, then whatever readers are owed at once.

    A rehearsal plans no edition after the local date ``last``.
    """
    if not await _is_anything_due(context, now):
        return Planned()
    with context.observer.run("plan") as span:
        done = await _plan_due(context, now, last)
        span.note("editions", done.editions)
        span.note("deliveries", done.deliveries)
    if done.editions or done.skipped:
        log.info("planned", editions=done.editions, rows=done.deliveries, skipped=done.skipped)
    return done


async def _is_anything_due(context: Context, now: datetime) -> bool:
    async with context.database.read() as connection:
        if await slots.list_due_slots(connection, now):
            return True
        return bool(await editions.list_at_once(connection))


async def _plan_due(context: Context, now: datetime, last: date | None) -> Planned:
    done = Planned()
    selector: Selector | None = None
    catch_up = timedelta(hours=context.settings.digest.catch_up_hours)
    while True:
        async with context.database.read() as connection:
            due_slots = await slots.list_due_slots(connection, now)
        due_slots = [slot for slot in due_slots if last is None or slot.next_date <= last]
        if not due_slots:
            break
        for slot in due_slots:
            decision = slot_decision(slot.next_due_at, now, catch_up)
            due = Due(slot.zone, slot.hour, slot.next_date)
            if decision is SlotDecision.SKIP:
                hours = context.settings.digest.catch_up_hours
                reason = f"more than {hours:g} hours late; its papers come next time"
                rows = await _skip(context, slot, due, now, reason)
                done = replace(done, skipped=done.skipped + rows)
                continue
            selector = selector or await load_selector(context, now)
            rows = await _plan_edition(context, selector, due, slot, now)
            done = Planned(done.editions + 1, done.deliveries + rows, done.skipped)
    for due in await _owed_at_once(context, now):
        selector = selector or await load_selector(context, now)
        rows = await _plan_edition(context, selector, due, None, now)
        done = Planned(done.editions + 1, done.deliveries + rows, done.skipped)
    return done


async def _owed_at_once(context: Context, now: datetime) -> list[Due]:
    """Return the editions owed at once, each for today's local date.

    A debt of a day that is over, because nobody planned meanwhile, is one of today; one of a day
    that is yet to come (the clock was set back) waits.
    """
    async with context.database.read() as connection:
        owed = await editions.list_at_once(connection)
        if not await papers.find_last_id(connection):
            return []  # no source was read yet: an empty mail would use up the first day
    found: dict[Due, None] = {}
    for due in owed:
        today = local_date(due.zone, now)
        if due.local_date > today:
            continue
        if due.local_date < today:
            async with context.database.write() as connection:
                await editions.move_at_once(connection, due, today)
        found[replace(due, local_date=today)] = None
    return list(found)


async def skip_due_slots(context: Context, now: datetime, reason: str) -> int:
    """Settle every edition that is due as SKIPPED; return how many readers that concerns."""
    rows = 0
    while True:
        async with context.database.read() as connection:
            due_slots = await slots.list_due_slots(connection, now)
        if not due_slots:
            return rows
        for slot in due_slots:
            due = Due(slot.zone, slot.hour, slot.next_date)
            rows += await _skip(context, slot, due, now, reason)


async def _skip(context: Context, slot: Slot, due: Due, now: datetime, reason: str) -> int:
    async with context.database.write() as connection:
        await subscribers.resume_paused(connection, due.zone, due.hour, due.local_date)
        edition_id = await editions.ensure_edition(connection, due, slot.next_due_at, now)
        rows = await planning.add_skipped(connection, due, edition_id, now, reason)
        await _advance(connection, slot)
    log.warning("edition skipped", zone=due.zone, hour=due.hour, day=due.key, rows=rows)
    return rows


async def _plan_edition(
    context: Context, selector: Selector, due: Due, slot: Slot | None, now: datetime
) -> int:
    rows = 0
    # who has just confirmed waits for nothing
    window = 0 if due.at_once else context.settings.digest.send_window_minutes
    if slot is not None:
        async with context.database.write() as connection:
            await subscribers.resume_paused(connection, due.zone, due.hour, due.local_date)
    for _ in range(_ROUNDS):
        async with context.database.read() as connection:
            keys = await editions.list_due_keys(connection, due)
            busy = await editions.list_busy_readers(connection, due)
            await selector.load(connection, keys, [b.key for b in busy])
        async with context.database.write() as connection:
            rows += await _write_edition(connection, selector, due, keys, busy, now, window)
            if await editions.count_due(connection, due) == 0:
                if due.at_once:
                    await editions.clear_at_once(connection, due)
                if slot is not None:
                    await _advance(connection, slot)
                return rows
    raise RuntimeError(f"readers of {due.zone} {due.hour}:00 changed faster than they were planned")


async def _write_edition(
    connection: AsyncConnection,
    selector: Selector,
    due: Due,
    keys: Iterable[SelectionKey],
    busy: Iterable[BusyReader],
    now: datetime,
    window_minutes: int,
) -> int:
    plan_id = await selector.ensure_plan(connection)
    due_at = due_utc(due.zone, due.local_date, due.hour) or now
    edition_id = await editions.ensure_edition(connection, due, due_at, now)
    wanted = list(keys)
    await planning.supersede_older(connection, due)
    await selector.store(connection, plan_id, wanted)
    expires = {key.weekdays: _expiry(due, key.weekdays, now) for key in wanted}
    rows = await planning.add_deliveries(
        connection, due, edition_id, plan_id, now, expires, window_minutes
    )
    for reader in busy:
        rows += await _write_busy(
            connection, selector, due, edition_id, plan_id, reader, window_minutes
        )
    return rows


async def _write_busy(
    connection: AsyncConnection,
    selector: Selector,
    due: Due,
    edition_id: int,
    plan_id: int,
    reader: BusyReader,
    window_minutes: int,
) -> int:
    """Plan a reader whose earlier digest is under way as if that one had arrived."""
    now = selector.pool.planned_at
    underway = await selections.get_selections(connection, reader.open_selection_ids)
    sets = await get_seen(connection, [reader.key.seen_set_id])
    seen = sets[reader.key.seen_set_id] & selector.pool.closure_ids
    seen |= {item.paper_id for chosen in underway.values() for item in chosen.items}
    key = replace(
        reader.key,
        seen_set_id=await intern_seen(connection, seen),
        fresh_since=max(reader.key.fresh_since, reader.open_planned_at),
    )
    await selector.load(connection, [key], [])
    await selector.store(connection, plan_id, [key])
    chosen_id = (await selections.find_selections(connection, plan_id))[key]
    expires = _expiry(due, key.weekdays, now)
    at = first_try(reader.subscriber_id, now, expires, window_minutes)
    return await planning.add_busy_delivery(
        connection, due, edition_id, now, expires, reader.subscriber_id, chosen_id, at
    )


def _expiry(due: Due, weekdays: int, now: datetime) -> datetime:
    _, following = next_edition(due.zone, due.hour, weekdays, due.local_date)
    return expires_at(now, following)


async def _advance(connection: AsyncConnection, slot: Slot) -> None:
    day, due_at = next_slot_due(slot.zone, slot.hour, slot.next_due_at)
    await slots.advance_slot(connection, slot, day, due_at)
