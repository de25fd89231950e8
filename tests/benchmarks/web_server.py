"""The server process of the web benchmark.

``python -m tests.benchmarks.web_server ROLE DATABASE_URL FOLDER SMTP_PORT`` fills an empty database
or opens a filled one, and prints its port; then it obeys the words on its standard input: ``send``
mails the due readers and prints how many went out, an end of input ends it.

Roles: ``site`` is the program itself. ``limit`` answers each page by rendering the same template
with the facts of one real answer, kept in memory: no database, no decision, no cache.
"""

import asyncio
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response

from digest.bootstrap import App, open_app
from digest.clocks import SimulatedClock
from digest.domain.tokens import Claims, Purpose, make_token
from digest.logs import configure_logging
from digest.resources import templates_dir
from digest.services.plan import plan_due_slots
from digest.services.send import send_due
from digest.web.app import create_app
from digest.web.pages import Pages
from digest.web.serving import serve
from tests.benchmarks.large_site import fill, site_settings

NOW = datetime(2026, 5, 18, 8, 0, 5, tzinfo=UTC)


class Recording(Pages):
    """Pages that remember what was rendered last."""

    last: tuple[str, str, Mapping[str, Any]]

    def render(self, name: str, language: str = "en", **facts: Any) -> str:
        """Render and remember."""
        self.last = (name, language, facts)
        return super().render(name, language, **facts)


def preferences_path(app: App, reader: int) -> str:
    """Return the preferences page of a reader, as a mail links to it."""
    claims = Claims(Purpose.MAIL, reader, 0, 0, NOW)
    return f"/preferences/{make_token(app.context.token_keys[0], claims)}"


async def limit_app(app: App) -> FastAPI:
    """Return an application that renders the pages' templates from memory."""
    pages = Recording(templates_dir(), app.context.settings)
    inner = create_app(app.context, pages)
    bare = FastAPI(openapi_url=None)
    transport = httpx.ASGITransport(inner)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        for path, served in (("/", "/"), (preferences_path(app, 50_000), "/preferences/{token}")):
            answer = await client.get(path)
            assert answer.status_code == 200
            _add_page(bare, served, pages)
    return bare


def _add_page(bare: FastAPI, path: str, pages: Recording) -> None:
    name, language, told = pages.last
    facts = dict(told)
    if "card" in facts:  # its texts are made once: the limit is the template alone
        facts["card"] = _remembered(facts["card"])

    @bare.get(path)
    async def page() -> Response:
        return HTMLResponse(Pages.render(pages, name, language, **facts))


def _remembered(make: Callable[[Any], Any]) -> Callable[[Any], Any]:
    made: dict[int, Any] = {}

    def remembered(item: Any) -> Any:
        if id(item) not in made:
            made[id(item)] = make(item)
        return made[id(item)]

    return remembered


async def main(role: str, database_url: str, folder: Path, smtp_port: int) -> None:
    """Serve until the input ends."""
    configure_logging("json", "error", sys.stderr)  # what is printed is the answers alone
    settings = site_settings(folder, database_url, smtp_port)
    clock = SimulatedClock(NOW)
    async with open_app(settings, clock=clock, rehearsal=True) as app:
        if role == "fill":
            await fill(app, NOW)
            print(preferences_path(app, 50_000), flush=True)
            return
        served = await limit_app(app) if role == "limit" else create_app(app.context)
        async with serve(served) as port:
            print(port, flush=True)
            while (line := await asyncio.to_thread(sys.stdin.readline)) != "":
                if line.strip() == "plan":
                    planned = await plan_due_slots(app.context, NOW)
                    print(planned.deliveries, flush=True)
                else:
                    started = time.perf_counter()
                    counts = await send_due(app.context)
                    took = time.perf_counter() - started
                    print(counts["sent"], f"{took:.2f}", flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])))
