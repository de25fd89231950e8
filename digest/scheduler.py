"""APScheduler wakes the ticks and remembers nothing: the database says what is to be done.

Interval ticks only, in UTC, kept in memory; a tick that was missed is made up by the next one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator
from datetime import UTC, datetime, timedelta
from functools import wraps

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from digest.parts import ALIVE_S, EVERY_PART, Part, say_alive, say_gone
from digest.services import guard, held, leases
from digest.services.alarm_mail import mail_alarms
from digest.services.books import check_books
from digest.services.bounces import review
from digest.services.collect import collect_due
from digest.services.complaints import review_complaints
from digest.services.context import Context
from digest.services.dead_man import ping_completed_days
from digest.services.erasure import finish_erasures
from digest.services.housekeeping import keep_house
from digest.services.ingest import Ingestor
from digest.services.leading import Leading
from digest.services.plan import plan_due_slots
from digest.services.send import send_due
from digest.services.source_watch import forget_absent
from digest.services.template_alarms import tell_faults
from digest.store import deliveries

log = structlog.get_logger()
COLLECT_S, PLAN_S, SEND_S, SWEEP_S, LEAD_S = 60, 15, 5, 10, 10
AUDIT_S, REVIEW_S, WATCH_S, HOUSEKEEP_S = 600, 300, 60, 6 * 3600
# When a tick comes first, in seconds after the start; others after their interval. Whoever looks
# then finds parts that live and a scheduler that leads, soon papers too; and a process that never
# lives for six hours keeps house all the same.
FIRST = {"sweep": 0, "lead": 0, "say_alive": 0, "collect": 2, "housekeep": 900}
LONGEST_FINISH_S = 75.0  # and some seconds to leave: service managers kill after 90


Tick = Callable[[], Awaitable[None]]


class Ticks:
    """The ticks of one process. Setting ``stop`` keeps sends from beginning another mail.

    ``leading`` says which of several schedulers works; the web has no ticks.
    """

    def __init__(
        self,
        context: Context,
        ingestor: Ingestor,
        stop: asyncio.Event,
        parts: Collection[Part] = EVERY_PART,
    ) -> None:
        self._context = context
        self._ingestor = ingestor
        self._stop = stop
        self._ticking = [part for part in Part if part in parts and part is not Part.WEB]
        self.leading = Leading(context)
        self._running: set[asyncio.Task[None]] = set()
        self._scheduler = AsyncIOScheduler(
            timezone="UTC",
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        for tick, seconds in self.list_ticks():
            job, name = self._guarded(tick), tick.__name__
            self._scheduler.add_job(job, "interval", seconds=seconds, id=name)
        for name, after_s in FIRST.items():
            if self._scheduler.get_job(name):
                first = datetime.now(UTC) + timedelta(seconds=after_s)
                self._scheduler.modify_job(name, next_run_time=first)

    def list_ticks(self) -> Iterator[tuple[Tick, int]]:
        """Return the ticks of this process's parts, each with its seconds."""
        if Part.SCHEDULER in self._ticking:
            yield self.lead, LEAD_S
            yield self._leading(self.collect), COLLECT_S
            yield self._leading(self.plan), PLAN_S
            yield self._leading(self.audit), AUDIT_S
            yield self._leading(self.review), REVIEW_S
            yield self._leading(self.mail), WATCH_S
            yield self._leading(self.ping), WATCH_S
            yield self._leading(self.housekeep), HOUSEKEEP_S
        if Part.SENDER in self._ticking:
            yield self.send, SEND_S
            yield self.sweep, SWEEP_S
        if self._ticking:
            yield self.say_alive, ALIVE_S

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()

    async def finish(self) -> None:
        """Tick no more, and let what is under way come to its end: a mail in DATA is not cut."""
        self._scheduler.pause()
        if self._running:
            await asyncio.wait(self._running, timeout=LONGEST_FINISH_S)
        self._scheduler.shutdown(wait=False)
        await self.leading.leave()
        for part in self._ticking:
            say_gone(self._context.settings.data_dir, part)

    async def say_alive(self) -> None:
        """Say, for whoever watches over this process, that its ticks go on."""
        for part in self._ticking:
            say_alive(self._context.settings.data_dir, part)

    async def lead(self) -> None:
        """Keep the lead of the schedulers, or take it where it is free."""
        await self.leading.keep()

    async def collect(self) -> None:
        """Look at the sources that are due."""
        await collect_due(self._context, self._ingestor, self._context.clock.now())

    async def plan(self) -> None:
        """Plan the editions that are due; not from a restored database, which knows too little."""
        if await self._may_send():
            await plan_due_slots(self._context, self._context.clock.now())

    async def send(self) -> None:
        """Send what is due; a look that finds nothing writes nothing."""
        async with self._context.database.read() as connection:
            due = await deliveries.find_next_try(connection)
        waits = due is not None and due <= self._context.clock.now()
        if (waits or self._context.lease.kept) and await self._may_send():
            await send_due(self._context, stop=self._stop)

    async def sweep(self) -> None:
        """Say that this worker lives, and settle what dead ones held."""
        await leases.beat(self._context)
        if await self._may_send():
            await leases.sweep_dead_workers(self._context)
        await finish_erasures(self._context)
        await tell_faults(self._context)

    async def _may_send(self) -> bool:
        try:
            await guard.check(self._context)
        except guard.RestoredError:
            return False  # the operator was told, and is shown it by `digest status`
        return True

    async def audit(self) -> None:
        """See that the books balance, and whether mails are held."""
        await check_books(self._context)
        await held.tell(self._context)

    async def review(self) -> None:
        """Tell the operator where what comes back piles up."""
        await review(self._context)
        await review_complaints(self._context)
        await forget_absent(self._context)

    async def mail(self) -> None:
        """Mail the operator what there is to know, also from a restored database."""
        await mail_alarms(self._context)

    async def ping(self) -> None:
        """Tell the watchdog outside of days that are completed."""
        await ping_completed_days(self._context)

    async def housekeep(self) -> None:
        """Take away what nothing points to any more."""
        await keep_house(self._context)

    def _leading(self, tick: Tick) -> Tick:
        """Return a tick that only the scheduler that leads does."""

        @wraps(tick)
        async def run() -> None:
            if self.leading.holds() or await self.leading.keep():
                await tick()

        return run

    def _guarded(self, tick: Tick) -> Tick:
        async def run() -> None:
            task = asyncio.current_task()
            assert task is not None
            self._running.add(task)
            try:
                await tick()
            except Exception:
                # the next tick finds the same work in the database, and tries again
                log.exception("tick failed", tick=getattr(tick, "__name__", ""))
            finally:
                self._running.discard(task)

        return run
