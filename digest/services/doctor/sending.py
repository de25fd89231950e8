"""Sending: the guard, sender, scheduler, last digest, the books, the queue, the barred, alarms."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from digest.domain.checkups import (
    Checkup,
    green,
    in_words,
    judge_edition,
    judge_queue,
    judge_suppression,
    red,
    skipped,
)
from digest.domain.leases import LEASE, may_take_lead
from digest.domain.subscribers import SubscriberState
from digest.services import alarms, guard
from digest.services.books import Books, read_books
from digest.services.doctor.databases import is_ready
from digest.services.doctor.instruments import Round
from digest.store import deliveries, leads, meta, slots, subscribers, workers
from digest.store.workers import read_now

_LATE = timedelta(minutes=15)
_DAYS = 8  # a weekly reader's digest is in them
_NOT_READY = "the database cannot be read, see above"
_START = "start `digest run`, or its service"
Look = Callable[[Round], Awaitable[list[Checkup]]]


def _reading(name: str, look: Look) -> Look:
    """Return a check that is left out where the database cannot be read."""

    async def run(round_: Round) -> list[Checkup]:
        return await look(round_) if await is_ready(round_) else [skipped(name, _NOT_READY)]

    return run


async def look_at_guard(round_: Round) -> list[Checkup]:
    """Tell whether the database is the one that was sent from last."""
    trouble = await guard.find_trouble(round_.context)
    if trouble:
        remedy = "look at the backup that was restored, and then say `digest resume`"
        return [red("restore", trouble, remedy)]
    return [green("restore", "the database is as new as its marker")]


async def look_at_sender(round_: Round) -> list[Checkup]:
    """Tell whether a process lives that sends: its heartbeat is younger than the lease."""
    if await round_.read(meta.is_rehearsal):
        return [skipped("sender", "a database for rehearsals, which never mails")]
    now, beat = await round_.read(read_now), await round_.read(workers.find_last_beat)
    if beat is None:
        return [red("sender", "no process that sends is running", _START)]
    age = max(now - beat, timedelta(0))
    if age > LEASE:
        silent = f"the sender has said nothing for {in_words(age)}"
        return [red("sender", silent, f"see why in its log, and {_START}")]
    return [green("sender", f"alive {in_words(age)} ago")]


async def look_at_scheduler(round_: Round) -> list[Checkup]:
    """Tell whether a scheduler leads: without one, nothing is looked at and nothing planned."""
    if await round_.read(meta.is_rehearsal):
        return [skipped("scheduler", "a database for rehearsals, which plans by hand")]
    now, lead = await round_.read(read_now), await round_.read(leads.find_lead)
    if lead is None or may_take_lead(lead.kept_at, now):
        return [red("scheduler", "no process that plans is running", _START)]
    return [green("scheduler", f"alive {in_words(max(now - lead.kept_at, timedelta(0)))} ago")]


async def look_at_last_digest(round_: Round) -> list[Checkup]:
    """Tell what became of the last edition, and whether the next is planned in time."""
    now, name = round_.context.clock.now(), "last digest"
    people = await round_.read(subscribers.count_by_state)
    if not people.get(SubscriberState.ACTIVE.value):
        return [skipped(name, "there is no active reader")]
    due = await round_.read(slots.find_next_due)
    if due is not None and now - due > _LATE:
        late = f"an edition due {in_words(now - due)} ago is not planned"
        return [red(name, late, f"{_START}; its log tells where planning fails")]
    books = (await _books(round_, now)) or ()
    latest = [one for one in books if one.planned]
    if not latest:
        return [green(name, f"none in {_DAYS} days; the next is due {_when(due)}")]
    last = latest[-1]
    return [judge_edition(last.states, f"{last.date}, {last.hour:02d}:00 {last.zone}")]


async def look_at_books(round_: Round) -> list[Checkup]:
    """Tell whether every digest of the last days is accounted for."""
    books = await _books(round_, round_.context.clock.now())
    wrong = sorted({one.date for one in books if not one.balanced})
    if wrong:
        remedy = f"`digest books {wrong[0]}` shows where; report it, for this should not happen"
        return [red("books", f"the books of {', '.join(wrong)} do not balance", remedy)]
    return [green("books", f"{len(books)} editions in {_DAYS} days, all balanced")]


async def look_at_queue(round_: Round) -> list[Checkup]:
    """Tell how long the oldest mail waits that is due."""
    now = round_.context.clock.now()
    count, oldest = await round_.read(lambda connection: deliveries.count_due(connection, now))
    return [judge_queue(oldest, count, now)]


async def look_at_suppression(round_: Round) -> list[Checkup]:
    """Tell how many of those who are mailed are barred."""
    people = await round_.read(subscribers.count_by_state)
    states = (SubscriberState.ACTIVE, SubscriberState.PAUSED, SubscriberState.SUPPRESSED)
    barred = people.get(SubscriberState.SUPPRESSED.value, 0)
    return [judge_suppression(barred, sum(people.get(state.value, 0) for state in states))]


async def look_at_alarms(round_: Round) -> list[Checkup]:
    """List the alarms that are open, each a line."""
    found = [one for one in await alarms.list_alarms(round_.context) if one.cleared_at is None]
    if not found:
        return [green("alarms", "none is open")]
    return [
        red(
            f"alarms/{one.key}",
            f"since {one.raised_at:%Y-%m-%d %H:%M} UTC: {one.text}",
            f'see "Alarms" in docs/operating.md; then `digest alarms clear {one.key}`',
        )
        for one in found
    ]


async def _books(round_: Round, now: datetime) -> tuple[Books, ...]:
    async def read() -> tuple[Books, ...]:
        first, last = (now - timedelta(days=_DAYS)).date(), (now + timedelta(days=1)).date()
        return (await read_books(round_.context, first, last)).editions

    return await round_.once("books", read)


def _when(due: datetime | None) -> str:
    return f"{due:%Y-%m-%d %H:%M} UTC" if due else "once somebody is subscribed"


_LOOKS: tuple[tuple[str, Look], ...] = (
    ("restore", look_at_guard),
    ("sender", look_at_sender),
    ("scheduler", look_at_scheduler),
    ("last digest", look_at_last_digest),
    ("books", look_at_books),
    ("queue", look_at_queue),
    ("suppression", look_at_suppression),
    ("alarms", look_at_alarms),
)
CHECKS: tuple[tuple[str, Look], ...] = tuple((n, _reading(n, look)) for n, look in _LOOKS)
