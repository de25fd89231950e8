"""`digest demo`: three days in a minute, on sample papers, with the mails shown in a browser."""

import asyncio
import signal
import webbrowser
from contextlib import AsyncExitStack, suppress
from typing import Annotated

import typer

from digest.cli.common import err, out, print_json_lines, run
from digest.demo.show import OPERATOR, Demo, play
from digest.demo.table import render_table, table_rows
from digest.logs import configure_logging


def demo(
    once: Annotated[bool, typer.Option("--once", help="Print the table and end.")] = False,
    browser: Annotated[bool, typer.Option(help="Open the browser at the inboxes.")] = True,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 0,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Three readers in three zones, three simulated days, mail over SMTP into a local catcher.

    Everything happens in an empty temporary folder; no mail leaves this machine.
    """
    configure_logging("auto", "warning", None)

    async def work() -> None:
        async with AsyncExitStack() as stack:
            with err.status("Three days of sample papers"):
                shown = await stack.enter_async_context(play(port))
            if json:
                print_json_lines(table_rows(shown.days))
            else:
                out.print(render_table(table_rows(shown.days)))
                out.print(f"{len(shown.catcher.mails)} mails came in over SMTP.")
            if not once:
                await _show(shown, browser=browser)

    with suppress(KeyboardInterrupt):
        run(work)


async def _show(shown: Demo, *, browser: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    inboxes = f"{shown.address}/inbox/"
    out.print(f"The site that readers see is at {shown.address}/ – subscribe there.", markup=False)
    out.print(f"What its operator sees is at {shown.address}{OPERATOR}", markup=False)
    out.print(f"The inboxes are at {inboxes} – Ctrl-C ends the demo.", markup=False)
    if browser:
        await asyncio.to_thread(webbrowser.open, inboxes)
    await shown.go_on(stop)
