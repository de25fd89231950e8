"""The demonstration: a whole installation in a temporary folder, on loopback alone."""

import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from digest.bootstrap import App, open_app
from digest.catalogue import read_catalogue
from digest.clocks import SimulatedClock
from digest.demo.server import SampleFeeds
from digest.domain.preferences import topics_from
from digest.domain.subscribers import Preferences
from digest.mail.catcher import MailCatcher
from digest.rehearsal import Simulation
from digest.services.report import ReaderDay, list_days
from digest.services.subscriptions import subscribe
from digest.settings import Settings

START = datetime(2026, 5, 3, 22, tzinfo=UTC)
FIRST, LAST = date(2026, 5, 4), date(2026, 5, 6)
END = datetime(2026, 5, 7, 0, tzinfo=UTC)

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
    """What the three days left: the caught mails, and each reader's days."""

    catcher: MailCatcher
    days: list[ReaderDay]


async def play() -> Demo:
    """Run the three days and return their mails; the folder is gone afterwards."""
    clock = SimulatedClock(START)
    with tempfile.TemporaryDirectory(prefix="digest-demo-") as folder:
        async with SampleFeeds(clock) as feeds, MailCatcher(clock) as catcher:
            settings = demo_settings(Path(folder), feeds.base_url, catcher.port)
            async with open_app(settings, clock=clock, rehearsal=True, seed=0) as app:
                await Simulation(app, clock).run(datetime(2026, 5, 4, 4, 30, tzinfo=UTC))
                await _subscribe(app)
                await Simulation(app, clock).run(END)
                days = await list_days(app.context, FIRST, LAST)
        return Demo(catcher, days)


def demo_settings(folder: Path, feeds: str, smtp_port: int) -> Settings:
    """Return the settings of an installation that knows this machine only."""
    return Settings.model_validate(
        {
            "data_dir": folder,
            "base_url": "http://localhost:8000",
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
