"""One process that does everything, or some parts of it, until it is told to stop."""

import asyncio
import signal
from collections.abc import Collection
from contextlib import AsyncExitStack

import structlog

from digest.bootstrap import App, intake_of, openid_of, rounds_of
from digest.parts import EVERY_PART, Part
from digest.scheduler import Ticks
from digest.services import guard, leases, opt_outs, resuming
from digest.services.guard import RestoredError
from digest.services.intake_running import intake_running
from digest.services.send import begin_sending
from digest.web.app import create_app
from digest.web.serving import serve

log = structlog.get_logger()


async def run_forever(
    app: App, parts: Collection[Part] = EVERY_PART, *, join: bool = False
) -> None:
    """Serve and tick until SIGTERM or SIGINT; finish what is under way, give back the rest.

    ``parts`` are what this process does. With ``join``, a machine without a marker of its own
    takes the ledger to be as the others have it.
    """
    structlog.contextvars.bind_contextvars(worker=app.context.worker_id)
    stop = stop_on_signals()
    ticks = Ticks(app.context, app.ingestor, stop, parts)
    # bound before anything is sent: a taken port ends the command, and nothing was begun
    async with AsyncExitStack() as stack:
        await _open_ways(app, parts, ticks, stack)
        if join and guard.read_text(app.context) is None:
            await resuming.join(app.context)
        await _begin(app, parts)
        ticks.start()
        log.info("running", parts=[part.value for part in Part if part in parts])
        await stop.wait()
        await ticks.finish()
    if Part.SENDER in parts:
        await leases.leave(app.context)
    log.info("stopped")


async def _open_ways(
    app: App, parts: Collection[Part], ticks: Ticks, stack: AsyncExitStack
) -> None:
    """Open what others come in by: the pages, and the ways by which mail comes back."""
    if Part.WEB in parts:
        http = app.context.settings.http
        proxies = [str(network) for network in http.trusted_proxies]
        site = create_app(
            app.context, rounds=rounds_of(app.context), openid=openid_of(app.context.settings)
        )
        await stack.enter_async_context(serve(site, http.host, http.port, proxies))
        log.info("serves", address=f"http://{http.host}:{http.port}/")
    if Part.SCHEDULER in parts:
        ways = intake_of(app.context)
        await stack.enter_async_context(intake_running(app.context, ways, ticks.leading.holds))


def stop_on_signals() -> asyncio.Event:
    """Return an event that SIGTERM and SIGINT set, instead of ending the process."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


async def _begin(app: App, parts: Collection[Part]) -> None:
    """Take up what an earlier process left; a restored database is served, and sends nothing."""
    if Part.SENDER not in parts:
        # this machine's journal may know of somebody who left, and no sender's does
        await opt_outs.replay_unknown(app.context)
        return
    try:
        await begin_sending(app.context, wait=False)
    except RestoredError as error:
        log.error("running without sending", reason=str(error))  # noqa: TRY400  no trace helps
