"""One process that does everything: ticks, sender and web, until it is told to stop."""

import asyncio
import signal

import structlog

from digest.bootstrap import App, intake_of, openid_of, rounds_of
from digest.scheduler import Ticks
from digest.services import leases
from digest.services.guard import RestoredError
from digest.services.intake_running import intake_running
from digest.services.send import begin_sending
from digest.web.app import create_app
from digest.web.serving import serve

log = structlog.get_logger()


async def run_forever(app: App) -> None:
    """Serve and tick until SIGTERM or SIGINT; finish what is under way, give back the rest."""
    structlog.contextvars.bind_contextvars(worker=app.context.worker_id)
    stop = stop_on_signals()
    http = app.context.settings.http
    proxies = [str(network) for network in http.trusted_proxies]
    ticks = Ticks(app.context, app.ingestor, stop)
    # bound before anything is sent: a taken port ends the command, and nothing was begun
    async with (
        serve(
            create_app(
                app.context, rounds=rounds_of(app.context), openid=openid_of(app.context.settings)
            ),
            http.host,
            http.port,
            proxies,
        ),
        intake_running(app.context, intake_of(app.context)),
    ):
        await _begin(app)
        ticks.start()
        log.info("running", address=f"http://{http.host}:{http.port}/")
        await stop.wait()
        await ticks.finish()
    await leases.leave(app.context)
    log.info("stopped")


def stop_on_signals() -> asyncio.Event:
    """Return an event that SIGTERM and SIGINT set, instead of ending the process."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


async def _begin(app: App) -> None:
    """Take up what an earlier process left; a restored database is served, and sends nothing."""
    try:
        await begin_sending(app.context, wait=False)
    except RestoredError as error:
        log.error("running without sending", reason=str(error))  # noqa: TRY400  no trace helps
