"""Rehearsals: whole days on a simulated clock, with the ticks that `digest run` has.

The clock jumps from one thing that is due to the next: a feed's poll, a slot, a second try.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from digest.bootstrap import App, RehearsalError
from digest.clocks import SimulatedClock
from digest.domain.schedule import EVERY_DAY, due_utc, next_edition
from digest.mail.reading import html_of, parse
from digest.ports import Outcome, OutgoingMessage, Verdict
from digest.services.collect import collect_due
from digest.services.plan import plan_due_slots
from digest.services.send import send_due
from digest.store import deliveries, feeds, meta, rewinding, slots

CLOCK_KEY = "rehearsal_clock"
COPY_KEY = "rehearsal_copy"  # set in the temporary copy of a live database
_SHORTEST = timedelta(minutes=1)
_LONGEST = timedelta(hours=1)
_GRID = timedelta(minutes=15)


class Simulation:
    """Runs an installation's ticks on a clock that it moves."""

    def __init__(self, app: App, clock: SimulatedClock, last: date | None = None) -> None:
        self._app = app
        self._clock = clock
        self._last = last  # no edition after this local date is planned

    async def run(
        self,
        until: datetime,
        on_step: Callable[[datetime], Awaitable[None] | None] = lambda _: None,
    ) -> None:
        """Run every tick from the clock's now up to ``until``, inclusive; state is kept."""
        while self._clock.now() <= until:
            await self.tick()
            waiting = on_step(self._clock.now())
            if waiting is not None:
                await waiting
            following = await self._next_instant()
            if following > until:
                break
            self._clock.set(following)
        self._clock.set(until)

    async def tick(self) -> None:
        """Do what is due now, once."""
        context, now = self._app.context, self._clock.now()
        await collect_due(context, self._app.ingestor, now)
        await plan_due_slots(context, now, last=self._last)
        await send_due(context)
        async with context.database.write() as connection:
            await meta.save_value(connection, CLOCK_KEY, now.isoformat())

    async def _next_instant(self) -> datetime:
        now = self._clock.now()
        async with self._app.database.read() as connection:
            candidates = [
                await slots.find_next_due(connection),
                await deliveries.find_next_try(connection),
                _on_grid(await feeds.find_next_poll(connection, now)),
            ]
        ahead = [instant for instant in candidates if instant is not None and instant > now]
        return min(max(min(ahead, default=now + _LONGEST), now + _SHORTEST), now + _LONGEST)


async def begin(app: App, clock: SimulatedClock, first: date, last: date) -> datetime:
    """Set a rehearsal to the start of its first day anywhere; return the end of its last.

    A copy that holds days or papers from after the start keeps its readers only. A rehearsal
    database goes on where it stands; raises RehearsalError where the days are behind it.
    """
    async with app.database.write() as connection:
        readers = await slots.list_slots(connection)
        edges = [edge for s in readers if (edge := due_utc(s.zone, first, s.hour)) is not None]
        start = min([*edges, datetime.combine(first, time(), UTC)])
        day, seen = await rewinding.find_latest(connection)
        copied = await meta.find_value(connection, COPY_KEY) is not None
        if day is not None and day >= first and not copied:
            raise RehearsalError(
                f"this rehearsal database holds days from {first} on already; rehearse later "
                "ones, or create another database"
            )
        if (copied or day is None) and max(seen or start, _midnight(day) or start) > start:
            await rewinding.forget_history(connection)
        start = max(start, await meta.find_instant(connection, CLOCK_KEY) or start)
        await rewinding.move_due(connection, start)
        for one in readers:
            due_day, due_at = next_edition(one.zone, one.hour, EVERY_DAY, first - timedelta(days=1))
            await slots.advance_slot(connection, one, due_day, due_at)
    clock.set(start)
    ends = [edge for s in readers if (edge := due_utc(s.zone, last, s.hour)) is not None]
    return max([*ends, datetime.combine(last + timedelta(days=1), time(), UTC)])


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), UTC) + timedelta(days=1) if day else None


def _on_grid(poll: datetime | None) -> datetime | None:
    """Return the quarter of an hour at or after a poll: feeds due close together go together."""
    if poll is None:
        return None
    late = (poll - poll.replace(minute=0, second=0, microsecond=0)) % _GRID
    return poll if not late else poll - late + _GRID


class FileTransport:
    """Writes each mail to ``DIR/DATE/ADDRESS.eml`` and its HTML beside it; sends nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.written = 0

    async def send(self, message: OutgoingMessage) -> Outcome:
        """Write one mail down."""
        day = self._folder / _edition_of(message)
        day.mkdir(parents=True, exist_ok=True)
        name = "".join(c if c.isalnum() or c in "@.+-_" else "_" for c in message.envelope_to)
        path, count = day / f"{name}.eml", 1
        while path.exists() and path.read_bytes() != message.data:
            count += 1
            path = day / f"{name}.{count}.eml"
        path.write_bytes(message.data)
        path.with_suffix(".html").write_text(html_of(message.data), "utf-8")
        self.written += 1
        return Outcome(Verdict.ACCEPTED, 250, f"written to {path}")

    async def close(self) -> None:
        """Nothing is open."""


def _edition_of(message: OutgoingMessage) -> str:
    """Return the local date of a mail's edition, which begins its Message-ID."""
    written = message.message_id.lstrip("<")[:8]
    if written.isdigit():
        return f"{written[:4]}-{written[4:6]}-{written[6:]}"
    return str(parse(message.data)["Date"].datetime.date())
