"""Public pages are rendered once for everybody, named by their bytes, and cost no database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.store.database import Database
from digest.web.app import create_app
from digest.web.serving import serve
from tests.clients import plain_client
from tests.web.site import Site
from tests.world import MONDAY, hours, open_world

PATHS = (
    *("/", "/?page=1", "/topics", "/topics/agents", "/papers/2026-05-04", "/paper/1"),
    *("/search", "/search?q=experts", "/privacy"),
)


class Counting(Database):
    """A database that counts how often it is read."""

    reads = 0

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        self.reads += 1
        async with super().read() as connection:
            yield connection


@pytest.fixture
async def counted(tmp_path: Path) -> AsyncIterator[tuple[Counting, httpx.AsyncClient]]:
    """Serve an installation whose database counts."""
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    database = Counting(url)
    async with open_world(tmp_path, url) as world:
        await world.list_papers("Sparse experts")
        app = create_app(replace(world.app.context, database=database))
        async with (
            serve(app) as port,
            plain_client(f"http://127.0.0.1:{port}/digest") as client,
        ):
            yield database, client
    await database.close()


async def test_a_page_that_is_warm_reads_no_database(
    counted: tuple[Counting, httpx.AsyncClient],
) -> None:
    database, client = counted
    for path in PATHS:
        first = await client.get(path)
        before = database.reads
        again = await client.get(f"{path}{'&' if '?' in path else '?'}utm_source=mail")
        assert first.status_code == again.status_code == 200
        assert first.content == again.content
        assert database.reads == before, path


async def test_many_who_come_at_once_have_a_page_made_once(
    counted: tuple[Counting, httpx.AsyncClient],
) -> None:
    database, client = counted
    await client.get("/topics")  # the snapshot is there
    before = database.reads
    answers = await asyncio.gather(*(client.get("/papers/2026-05-04") for _ in range(30)))
    assert {answer.status_code for answer in answers} == {200}
    alone = database.reads - before
    assert 0 < alone < 10


async def test_a_page_names_its_bytes_and_need_not_be_sent_again(lite: Site) -> None:
    for path in PATHS:
        answer = await lite.client.get(f"/digest{path}")
        tag = answer.headers["etag"]
        assert tag.startswith('"')
        assert answer.headers["cache-control"] == "public, max-age=60"
        assert answer.headers["vary"] == "accept-language"
        again = await lite.client.get(f"/digest{path}", headers={"if-none-match": tag})
        assert (again.status_code, again.content) == (304, b"")
        for name in ("etag", "cache-control", "vary"):
            assert again.headers[name] == answer.headers[name]
        other = await lite.client.get(f"/digest{path}", headers={"if-none-match": '"x"'})
        assert other.status_code == 200


async def test_head_tells_what_get_would_and_sends_nothing(lite: Site) -> None:
    for path in (*PATHS, "/robots.txt"):
        told = await lite.client.head(f"/digest{path}")
        shown = await lite.client.get(f"/digest{path}")
        assert (told.status_code, told.content) == (200, b"")
        assert told.headers["content-length"] == shown.headers["content-length"]
        assert told.headers.get("etag") == shown.headers.get("etag")


async def test_a_new_paper_makes_a_new_page(lite: Site) -> None:
    before = await lite.client.get("/digest/")
    lite.world.clock.set(MONDAY + hours(20))
    await lite.world.list_papers("Brand new", votes=70)
    after = await lite.client.get("/digest/")
    assert "Brand new" in after.text
    assert after.headers["etag"] != before.headers["etag"]


async def test_what_is_not_found_is_kept_by_nobody(lite: Site) -> None:
    tomorrow = (MONDAY + timedelta(days=1)).date()
    for path in (f"/papers/{tomorrow}", "/paper/987", "/topics/none", "/?page=77", "/imprint"):
        answer = await lite.client.get(f"/digest{path}")
        assert answer.status_code == 404
        assert answer.headers["cache-control"] == "no-store"


async def test_a_language_that_was_chosen_stays_in_every_link(lite: Site) -> None:
    chosen = (await lite.client.get("/digest/?lang=en")).text
    assert 'href="/digest/topics?lang=en"' in chosen
    assert 'action="/digest/subscribe?lang=en"' in chosen
    assert 'rel="canonical" href="https://papers.example/digest/"' in chosen
    plain = (await lite.client.get("/digest/?lang=xx")).text
    assert 'href="/digest/topics"' in plain
