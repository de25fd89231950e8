"""/metrics: who may read it, what it tells, and that watching costs little."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.ports import Outcome, Verdict
from digest.services.measures import MeasureKeeper
from digest.store.database import Database
from digest.web.app import create_app
from digest.web.metrics import is_within
from digest.web.serving import serve
from tests.clients import plain_client
from tests.store.ledger_rows import add_row
from tests.web.scraping import Samples, samples, watched_site
from tests.web.site import ADDRESS, Site, open_site
from tests.world import MONDAY, World, hours, open_world

TOKEN = "a token of thirty-two characters, or more"


def value(found: Samples, name: str, **labels: str) -> float:
    """Return one sample's value."""
    return found[f"paper_digest_{name}", frozenset(labels.items())]


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client of an installation that has worked for a day."""
    async with watched_site(tmp_path) as client:
        yield client


async def test_a_day_is_told_in_numbers(watched: httpx.AsyncClient) -> None:
    found = await samples(watched)
    sent = {"outcome": "accepted", "provider": "google.com", "relay": "main"}
    assert value(found, "sends_total", **sent | {"relay": relay_of(found)}) == 1
    assert value(found, "digests", span="1d", state="sent") == 1
    assert value(found, "digests", span="7d", state="expired") == 0
    assert value(found, "plan_run_duration_seconds_count") == 1
    assert value(found, "send_run_duration_seconds_count") == 1
    assert value(found, "fetch_duration_seconds_count", source="blog", outcome="fetched") == 1
    assert value(found, "source_state", source="blog", state="fresh") == 1
    assert value(found, "source_state", source="blog", state="broken") == 0
    assert value(found, "source_age_seconds", source="blog") == 8 * 3600 + 5
    assert value(found, "subscribers", state="active") == 1
    assert value(found, "alarms_open", alarm="books") == 1
    assert value(found, "workers") == 1
    assert value(found, "queue_age_seconds") == 0
    assert value(found, "database_up") == 1
    assert value(found, "data_free_bytes") > 0


class CountingDatabase(Database):
    """A database that knows how often it was read."""

    reads = 0

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Count, and read."""
        self.reads += 1
        async with super().read() as connection:
            yield connection


def relay_of(found: Samples) -> str:
    """Return the label of the one relay."""
    [relay] = {dict(labels)["relay"] for name, labels in found if name.endswith("sends_total")}
    return relay


async def test_the_form_is_the_one_asked_for(watched: httpx.AsyncClient) -> None:
    plain = await watched.get("/metrics")
    assert plain.headers["content-type"].startswith("text/plain; version=")
    accept = {"accept": "application/openmetrics-text; version=1.0.0; charset=utf-8"}
    opened = await watched.get("/metrics", headers=accept)
    assert opened.headers["content-type"].startswith("application/openmetrics-text")
    assert opened.headers["cache-control"] == "no-store"
    names = {family.name for family in open_metrics(opened.text)}  # type: ignore[no-untyped-call]
    assert {"paper_digest_sends", "paper_digest_build", "paper_digest_queue_age_seconds"} <= names


async def test_names_follow_the_conventions(watched: httpx.AsyncClient) -> None:
    told = (await watched.get("/metrics")).text
    kinds = dict(line.split()[2:4] for line in told.splitlines() if line.startswith("# TYPE "))
    for name, kind in kinds.items():
        assert name.startswith(("paper_digest_", "process_")), name
        assert (kind == "counter") == name.endswith("_total"), name
        assert not name.endswith(("_ms", "_minutes", "_percent", "_kb")), name


async def test_no_address_and_no_token_of_a_reader_is_told(lite: Site) -> None:
    await lite.client.get(f"/digest/preferences/{lite.token}")
    await lite.client.get("/digest/nowhere/at-all-of-it")
    await lite.client.get("/api/v1/papers")
    told = (await lite.client.get("/metrics")).text
    assert ADDRESS not in told
    assert lite.token not in told
    assert "at-all-of-it" not in told
    for route in ("/preferences/{token}", "other", "/api/v1/papers"):
        assert f'route="{route}"' in told


async def test_providers_that_nobody_knows_are_one_label(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with open_world(tmp_path, url, digest={"first_at_once": False}) as world:
        await world.list_papers("Sparse experts")
        for number in range(30):
            await world.add_reader(f"a@strange{number}.example", "experts", hour=8)
        async with serve(create_app(world.app.context)) as port:
            world.relay.answers = [Outcome(Verdict.RELAY_DOWN, None, "no")]
            await world.at(MONDAY + hours(8))
            async with plain_client(f"http://127.0.0.1:{port}") as client:
                found = await samples(client)
    told = {
        (dict(labels)["outcome"], dict(labels)["provider"]): count
        for (name, labels), count in found.items()
        if name == "paper_digest_sends_total"
    }
    assert told == {("accepted", "other"): 29, ("relay_down", "other"): 1}


async def test_two_installations_in_one_process_count_apart(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        folder.mkdir()
    first, second = (f"sqlite+aiosqlite:///{folder}/digest.sqlite3" for folder in folders)
    async with open_site(folders[0], first) as one, open_site(folders[1], second) as other:
        await one.world.at(MONDAY + hours(32))
        runs = [
            value(await samples(site.client), "plan_run_duration_seconds_count")
            for site in (one, other)
        ]
    assert runs == [1, 0]


@pytest.mark.parametrize(
    "header", ["x-forwarded-for", "forwarded", "via", "x-real-ip", "x-forwarded-host"]
)
async def test_what_a_proxy_passes_on_is_refused(lite: Site, header: str) -> None:
    refused = await lite.client.get("/metrics", headers={header: "127.0.0.1"})
    assert refused.status_code == 403
    assert "metrics.token" in refused.text
    assert "paper_digest_" not in refused.text


async def test_only_named_networks_may_read(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with open_site(tmp_path, url, metrics={"networks": ["10.1.0.0/16"]}) as site:
        assert (await site.client.get("/metrics")).status_code == 403


async def test_with_a_token_it_alone_counts_also_through_a_proxy(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with open_site(tmp_path, url, metrics={"token": TOKEN, "networks": []}) as site:
        bearer = {"authorization": f"Bearer {TOKEN}", "x-forwarded-for": "192.0.2.7"}
        assert (await site.client.get("/metrics", headers=bearer)).status_code == 200
        for wrong in ("", "Bearer", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer \xff"):
            given = [(b"authorization", wrong.encode("latin-1"))]
            refused = await site.client.get("/metrics", headers=given)
            assert refused.status_code == 401
            assert refused.headers["www-authenticate"].startswith("Bearer")
        assert (await site.client.get("/metrics")).status_code == 401


async def test_the_database_is_read_once_for_many_who_ask(both_world: World) -> None:
    database = CountingDatabase(both_world.app.database.url)
    keeper = MeasureKeeper(replace(both_world.app.context, database=database))
    readings = await asyncio.gather(*(keeper.find() for _ in range(50)))
    await database.close()
    assert readings[0] is not None
    assert len(set(map(id, readings))) == 1
    assert database.reads == 1


async def test_a_database_that_is_away_is_told_and_the_process_goes_on_telling(
    both_world: World,
) -> None:
    gone = Database("sqlite+aiosqlite:////nowhere/digest.sqlite3")
    context = replace(both_world.app.context, database=gone)
    async with (
        serve(create_app(context)) as port,
        plain_client(f"http://127.0.0.1:{port}") as client,
    ):
        found = await samples(client)
    await gone.close()
    assert value(found, "database_up") == 0
    assert not any(name == "paper_digest_queue_age_seconds" for name, _ in found)
    assert any(name == "process_resident_memory_bytes" for name, _ in found)


async def test_a_mail_that_waits_is_as_old_as_it_could_have_left(both_world: World) -> None:
    reader = await both_world.add_reader("a@example.org", "experts", hour=8)
    await add_row(
        both_world.app.database, reader, planned_at=MONDAY, next_try_at=MONDAY, state="pending"
    )
    both_world.clock.set(MONDAY + hours(1))
    reading = await MeasureKeeper(both_world.app.context).find()
    assert reading is not None
    assert (reading.queue, reading.queue_age_s) == (1, 3600)


@pytest.fixture
async def both_world(tmp_path: Path, database_url: str) -> AsyncIterator[World]:
    """Give an installation on each database."""
    async with open_world(tmp_path, database_url, digest={"first_at_once": False}) as opened:
        yield opened


NETWORKS = ("127.0.0.0/8", "::1/128", "10.0.0.0/8")


@pytest.mark.parametrize(
    ("host", "inside"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("::ffff:10.2.3.4", True),
        ("11.0.0.1", False),
        ("::ffff:192.0.2.1", False),
        ("", False),
        ("localhost", False),
        ("10.0.0.0/8", False),
    ],
)
def test_who_is_within_a_network(host: str, inside: bool) -> None:
    assert is_within(host, NETWORKS) is inside


@given(host=st.text() | st.ip_addresses().map(str))
def test_every_address_is_within_all_networks_and_no_text_is(host: str) -> None:
    assert not is_within(host, ())
    if is_within(host, NETWORKS):
        assert is_within(host, ("0.0.0.0/0", "::/0"))
