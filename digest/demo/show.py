"""The demonstration: a whole installation in a temporary folder, on loopback alone.

Three days are played on a simulated clock. Then the clock runs on, and whoever looks at the pages
can subscribe as well: the mails come into the same inboxes.
"""

import asyncio
import secrets
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import RedirectResponse, Response

from digest.bootstrap import App, open_app
from digest.catalogue import read_catalogue
from digest.clocks import SimulatedClock
from digest.demo.inbox import inbox_app
from digest.demo.server import SampleFeeds
from digest.demo.table import table_rows
from digest.domain.preferences import topics_from
from digest.domain.subscribers import Preferences
from digest.mail.catcher import MailCatcher
from digest.rehearsal import Simulation
from digest.services.operators import create_account, get_account
from digest.services.report import ReaderDay, list_days
from digest.services.signing_in import begin_session
from digest.services.subscriptions import subscribe
from digest.settings import Settings
from digest.web import routes
from digest.web.admin.desk import COOKIE
from digest.web.app import create_app
from digest.web.serving import serve

START = datetime(2026, 5, 3, 22, tzinfo=UTC)
FIRST, LAST = date(2026, 5, 4), date(2026, 5, 6)
END = datetime(2026, 5, 7, 0, tzinfo=UTC)
OPERATOR = "/operator"
_TICK = timedelta(seconds=1)

READERS: tuple[tuple[str, Preferences, dict[str, tuple[str, ...]]], ...] = (
    (
        "ada@lab.example",
        Preferences(zone="Europe/Berlin", hour=9, max_papers=8),
        {"slugs": ("mixture-of-experts", "agents", "interpretability"), "queries": ("retriev*",)},
    ),
    (
        "grace@uni.example",
        Preferences(zone="America/New_York", hour=7, max_papers=6, extract="full"),
        {"slugs": ("robotics", "reinforcement-learning"), "categories": ("cs.CV",)},
    ),
    ("kenji@news.example", Preferences(zone="Asia/Tokyo", hour=18, max_papers=10), {}),
)


@dataclass(frozen=True)
class Demo:
    """What the three days left: the caught mails, each reader's days, and the running pages.

    ``address`` is the site's; the inboxes are below it at ``/inbox/``, and ``OPERATOR`` signs in to
    the admin pages.
    """

    catcher: MailCatcher
    days: list[ReaderDay]
    address: str
    app: App
    clock: SimulatedClock

    async def go_on(self, stop: asyncio.Event) -> None:
        """Let the clock run and the ticks with it, second by second, until told to stop."""
        simulation = Simulation(self.app, self.clock)
        while not stop.is_set():
            self.clock.set(self.clock.now() + _TICK)
            await simulation.tick()
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _TICK.total_seconds())


@asynccontextmanager
async def play(port: int = 0) -> AsyncIterator[Demo]:
    """Run the three days, then serve what came of them; the folder is gone afterwards."""
    clock = SimulatedClock(START)
    stage = FastAPI(openapi_url=None)  # the mails' links need its port before it has anything
    with tempfile.TemporaryDirectory(prefix="digest-demo-") as folder:
        async with (
            SampleFeeds(clock) as feeds,
            MailCatcher(clock) as catcher,
            serve(stage, port=port) as bound,
        ):
            address = f"http://127.0.0.1:{bound}"
            settings = demo_settings(Path(folder), feeds.base_url, catcher.port, address)
            async with open_app(settings, clock=clock, rehearsal=True, seed=0) as app:
                await Simulation(app, clock).run(datetime(2026, 5, 4, 4, 30, tzinfo=UTC))
                await _subscribe(app)
                await Simulation(app, clock).run(END)
                days = await list_days(app.context, FIRST, LAST)
                live = _welcoming(app)
                await _let_operator_in(stage, live)
                stage.mount("/inbox", inbox_app(catcher, table_rows(days), site=f"{address}/"))
                stage.mount("", create_app(live.context))
                yield Demo(catcher, days, address, live, clock)


async def _let_operator_in(stage: FastAPI, app: App) -> None:
    """Add the address that signs whoever opens it in to the admin pages, for the demo alone."""
    context, name = app.context, "Demo"
    await create_account(context, name, secrets.token_urlsafe(), "demo")

    @stage.get(OPERATOR)
    async def enter() -> Response:
        who = await begin_session(context, await get_account(context, name), "", "the demo")
        answer = RedirectResponse(routes.ADMIN, 303)
        answer.set_cookie(COOKIE, who.cookie, path=routes.ADMIN, httponly=True, samesite="lax")
        return answer


def _welcoming(app: App) -> App:
    """Return the installation as visitors find it: their first digest comes at once."""
    settings = app.context.settings
    at_once = settings.digest.model_copy(update={"first_at_once": True})
    told = settings.model_copy(update={"digest": at_once})
    return replace(app, context=replace(app.context, settings=told))


def demo_settings(folder: Path, feeds: str, smtp_port: int, address: str) -> Settings:
    """Return the settings of an installation that knows this machine only."""
    return Settings.model_validate(
        {
            "data_dir": folder,
            "base_url": address,
            "site": {"name": "Paper Digest"},
            "mail": {"from": "Paper Digest <digest@demo.example>"},
            "relays": [{"name": "catcher", "host": "127.0.0.1", "port": smtp_port}],
            "sources": [
                {
                    "name": "Hugging Face",
                    "kind": "huggingface",
                    "base_url": feeds,
                    "poll_minutes": 180,
                    "allow_private": True,
                },
                {
                    "name": "arXiv",
                    "kind": "arxiv",
                    "categories": ["cs.LG", "cs.CL", "cs.CV"],
                    "rss_base_url": feeds,
                    "api_base_url": feeds,
                    "poll_minutes": 180,
                    "allow_private": True,
                },
                {
                    "name": "Lab blog",
                    "kind": "feed",
                    "url": f"{feeds}/blog/feed.xml",
                    "poll_minutes": 180,
                    "allow_private": True,
                },
            ],
            "digest": {"first_at_once": False},
        }
    )


async def _subscribe(app: App) -> None:
    catalogue = {topic.slug: topic for topic in read_catalogue()}
    for address, preferences, wanted in READERS:
        chosen = replace(preferences, topics=topics_from(catalogue, **wanted))
        await subscribe(app.context, address, chosen, confirmed=True)
