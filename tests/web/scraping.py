"""A site whose every metric has a value, and a scrape of it read by the library's own parser."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from prometheus_client.parser import text_string_to_metric_families

from digest.services import leases
from digest.services.alarms import raise_alarm
from digest.services.collect import collect_due
from digest.web.app import create_app
from digest.web.serving import serve
from tests.clients import plain_client
from tests.feeds.web_server import answer, web_server
from tests.services.feed_bodies import atom, feed, post
from tests.world import MONDAY, World, hours, open_world

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


async def scrape(client: httpx.AsyncClient) -> dict[str, set[str]]:
    """Return the labels of each metric that a scrape gives, by its samples' names."""
    found: dict[str, set[str]] = {}
    for name, labels in await samples(client):
        found.setdefault(name, set()).update(key for key, _ in labels)
    return found


async def samples(client: httpx.AsyncClient) -> Samples:
    """Return every sample of a scrape by name and labels."""
    told = await client.get("/metrics")
    assert told.status_code == 200, told.text
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(told.text)
        for sample in family.samples
    }


@asynccontextmanager
async def watched_site(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Serve an installation that has collected, planned and sent since it listens."""
    folder.mkdir(exist_ok=True)
    url = f"sqlite+aiosqlite:///{folder}/digest.sqlite3"
    async with web_server() as blog:
        blog.pages["/blog"] = answer(atom(post(1)))
        sources = [feed(blog, "blog")]
        told: dict[str, Any] = {"sources": sources, "digest": {"first_at_once": False}}
        async with (
            open_world(folder, url, MONDAY, **told) as world,
            serve(create_app(world.app.context)) as port,
            plain_client(f"http://127.0.0.1:{port}") as client,
        ):
            await live_a_day(world)
            await client.get("/healthz")
            yield client


async def live_a_day(world: World) -> None:
    """Collect, plan and send at eight, in trouble over something."""
    context = world.app.context
    await world.add_reader("ada@gmail.com", "experts", hour=8)
    await world.list_papers("Sparse experts")
    await collect_due(context, world.app.ingestor, world.now)
    await world.at(MONDAY + hours(8))
    await leases.beat(context)
    await raise_alarm(context, "books", "they do not balance")
    world.clock.set(world.now + timedelta(seconds=5))
