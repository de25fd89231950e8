"""Keeps the ways of intake going inside `digest run`: one that fails is tried again, for ever."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from digest.ports import Mailbox, MailServer
from digest.services.context import Context
from digest.services.mailboxes import look_into
from digest.services.ways import note_way

log = structlog.get_logger()
BEAT_S = 60.0
_STANDS_BY_S = 1.0
_PAUSES_S = (5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0)


@dataclass(frozen=True, slots=True)
class PolledMailbox:
    """A mailbox, its name as a way of intake, and how often it is looked into."""

    name: str
    mailbox: Mailbox
    every_s: float
    forward: bool


@dataclass(frozen=True, slots=True)
class IntakeWays:
    """What bootstrap built of the settings; ``listening`` says where, for people."""

    listener: MailServer | None = None
    listening: str = ""
    mailboxes: tuple[PolledMailbox, ...] = ()


@asynccontextmanager
async def intake_running(
    context: Context, ways: IntakeWays, leads: Callable[[], bool] = lambda: True
) -> AsyncIterator[None]:
    """Run every way while the block runs; none of them ends it by failing.

    Mailboxes are looked into while ``leads`` says so: two that look at once pass mail on twice.
    """
    stop = asyncio.Event()
    tasks = [asyncio.create_task(_poll(context, one, leads, stop)) for one in ways.mailboxes]
    if ways.listener is not None:
        listen = _listen(context, ways.listener, ways.listening, stop)
        tasks.append(asyncio.create_task(listen))
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _listen(
    context: Context, listener: MailServer, listening: str, stop: asyncio.Event
) -> None:
    async def once() -> None:
        async with listener:
            while not stop.is_set():
                await note_way(context, "listener", ok=True, text=f"listens on {listening}")
                await _wait(stop, BEAT_S)

    await _keep(context, "listener", once, 0.0, stop)


async def _poll(
    context: Context, polled: PolledMailbox, leads: Callable[[], bool], stop: asyncio.Event
) -> None:
    async def once() -> None:
        while not leads():
            await _wait(stop, _STANDS_BY_S)
            if stop.is_set():
                return
        counts = await look_into(context, polled.mailbox, polled.name, forward=polled.forward)
        told = ", ".join(f"{n} {what}" for what, n in sorted(counts.items())) or "nothing new"
        await note_way(context, polled.name, ok=True, text=told)

    await _keep(context, polled.name, once, polled.every_s, stop)


async def _keep(
    context: Context,
    name: str,
    once: Callable[[], Awaitable[None]],
    every_s: float,
    stop: asyncio.Event,
) -> None:
    """Do something again and again until the stop, after failures with pauses that grow."""
    failures = 0
    while not stop.is_set():
        try:
            await once()
            failures, pause = 0, every_s
        except Exception as error:  # noqa: BLE001  whatever it is, the process goes on
            pause = max(every_s, _PAUSES_S[min(failures, len(_PAUSES_S) - 1)])
            failures += 1
            log.warning("a way of intake failed", way=name, error=str(error), pause_s=pause)
            await _note_failure(context, name, error)
        await _wait(stop, pause)


async def _note_failure(context: Context, name: str, error: Exception) -> None:
    try:
        await note_way(context, name, ok=False, text=f"{type(error).__name__}: {error}"[:300])
    except Exception:
        log.exception("the state of a way of intake could not be written", way=name)


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    if seconds > 0:
        try:
            await asyncio.wait_for(stop.wait(), seconds)
        except TimeoutError:
            return
