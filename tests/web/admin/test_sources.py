"""The admin's pages of sources: how they do; tried, added, paused and taken out."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import Response

from digest.services.audit import list_audit
from digest.services.sources import list_source_lines
from digest.web.admin.desk import COOKIE
from digest.web.serving import LocalServer
from tests.checkers import axe_violations, html_errors
from tests.web.admin.office import NAME, Office, open_office
from tests.web.chromium import browser
from tests.world import SOURCE

ALL, ONE, NEW = "/admin/sources", "/admin/source", "/admin/new-source"
OURS = {"name": "A/b & c?", "kind": "arxiv", "categories": "cs.LG, stat.ML", "poll_minutes": "90"}
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Lab</title>
<item><title>Graphs &lt;script&gt;alert(1)&lt;/script&gt; of experts</title>
<link>https://lab.example/1</link><pubDate>Mon, 04 May 2026 06:00:00 GMT</pubDate></item>
</channel></rss>"""


async def states(office: Office) -> dict[str, str]:
    """Return the state of each source by name."""
    return {line.name: line.state for line in await list_source_lines(office.world.app.context)}


async def test_a_source_shows_how_it_does_and_what_it_listed(office: Office) -> None:
    page = await office.page(ALL)
    assert '<td class="number">2</td>' in page
    href = re.search(r'href="(/admin/source\?name=Hugging%20Face)"', page)
    assert href is not None
    page = await office.page(href[1])
    assert "turned off in the settings" in page
    assert "Merging experts of 10⁶ kinds" in page
    assert page.count('class="of-listed" x=') == 1
    assert "Take out" not in page  # of the settings
    assert (await office.client.get(ONE, params={"name": "none\x00"})).status_code == 404
    assert (await office.client.get(ONE)).status_code == 404


async def test_a_source_is_added_paused_resumed_and_taken_out(office: Office) -> None:
    added = await office.press(NEW, do="add", url="not of this kind", **OURS)
    assert added.status_code == 303, added.text
    place = added.headers["location"]
    assert place == "/admin/source?name=A%2Fb%20%26%20c%3F&done=added"
    page = await office.page(place)
    assert 'role="status">Added.' in page
    assert "cs.LG stat.ML" in page
    assert place.partition("&")[0] in await office.page(ALL)  # and the list leads there
    again = await office.press(NEW, do="add", **OURS)
    assert (again.status_code, "added already" in again.text) == (422, True)
    name = OURS["name"]
    for do, state in (("pause", "paused"), ("resume", "not asked yet"), ("pause", "paused")):
        assert (await office.press(ONE, do=do, name=name)).status_code == 303
        assert (await states(office))[name] == state
    gone = await office.press(ONE, do="remove", name=name)
    assert gone.headers["location"] == "/admin/sources?done=removed"
    assert "stay" in await office.page(gone.headers["location"])
    assert set(await states(office)) == {SOURCE}
    lines = await list_audit(office.world.app.context, object_=f"source/{name}")
    assert [(line.actor, line.action) for line in reversed(lines)] == [
        (NAME, f"source.{deed}") for deed in ("add", "pause", "resume", "pause", "remove")
    ]


async def test_what_cannot_be_a_source_is_refused_in_words(desk: Office) -> None:
    wrong: tuple[dict[str, str], ...] = (
        {"name": ""},
        {"name": "x\x00y"},
        {"kind": "ftp"},
        {"categories": "cs.LG Everything"},
        {"categories": ""},
        {"poll_minutes": "-1"},
        {"poll_minutes": "often"},
        {"kind": "feed", "url": "file:///etc/passwd"},
        {"kind": "feed", "url": "https://ada:secret@feeds.example/"},
        {"kind": "feed", "url": "https://feeds.example/?token=123"},
        {"kind": "feed", "url": '"><script>alert(1)</script>'},
    )
    for changed in wrong:
        for do in ("test", "add"):
            answer = await desk.press(NEW, do=do, **OURS | changed)
            assert answer.status_code == 422, (do, changed)
            assert 'role="alert"' in answer.text
            assert "<script>alert" not in answer.text
    assert set(await states(desk)) == {SOURCE}
    for name in (SOURCE, "none"):  # of the settings, and of nobody
        assert (await desk.press(ONE, do="remove", name=name)).status_code in (404, 422)


@asynccontextmanager
async def lab(folder: Path, body: str = FEED) -> AsyncIterator[tuple[Office, str]]:
    """Serve a feed on loopback, which the settings ask; give its address as well."""
    app = FastAPI()

    @app.get("/feed")
    async def feed() -> Response:
        return Response(body, media_type="application/rss+xml")

    async with LocalServer(app) as server:
        url = f"{server.base_url}/feed"
        told: dict[str, Any] = {"name": "Lab", "kind": "feed", "url": url, "allow_private": True}
        listed = {"name": SOURCE, "kind": "huggingface", "enabled": False}
        database = f"sqlite+aiosqlite:///{folder}/digest.sqlite3"
        async with open_office(folder, database, sources=[told, listed]) as office:
            yield office, url


async def test_a_test_asks_now_and_keeps_nothing(tmp_path: Path) -> None:
    async with lab(tmp_path) as (office, url):
        before = await states(office)
        tried = await office.press(ONE, do="test", name="Lab")
        assert tried.status_code == 200
        assert "One entry, the newest of" in tried.text
        assert "of experts" in tried.text
        assert "<script>alert" not in tried.text
        assert await states(office) == before
        # whoever signs in is not to look around in the network behind this machine
        inside = await office.press(NEW, do="test", name="Inside", kind="feed", url=url)
        assert inside.status_code == 200
        assert "of experts" not in inside.text
        assert 'class="notice error"' in inside.text


async def test_nobody_else_does_anything_and_no_get_does(desk: Office) -> None:
    async with desk.stranger() as other:
        for path in (ALL, NEW, f"{ONE}?name={SOURCE}"):
            assert (await other.get(path)).status_code == 303
        assert (await other.post(ONE, data={"do": "pause", "name": SOURCE})).status_code == 303
    forged = {"csrf": "0" * 64, "do": "pause", "name": SOURCE}
    assert (await desk.client.post(ONE, data=forged)).status_code == 403
    await desk.page(ONE, name=SOURCE, do="pause", done="paused")
    await desk.page(NEW, do="add", **OURS)
    assert await states(desk) == {SOURCE: "off"}


async def test_the_pages_are_valid_and_accessible(tmp_path: Path) -> None:
    async with lab(tmp_path) as (office, _):
        documents = {
            "sources.html": await office.page(ALL),
            "source.html": await office.page(ONE, name=SOURCE),
            "new.html": await office.page(NEW),
            "tried.html": (await office.press(ONE, do="test", name="Lab")).text,
            "wrong.html": (await office.press(NEW, do="add", **OURS | {"name": ""})).text,
        }
        assert html_errors(documents, tmp_path) == []
        async with browser() as running:
            for dark in (False, True):
                context = await running.new_context(color_scheme="dark" if dark else "light")
                await context.add_cookies(
                    [{"name": COOKIE, "value": office.who.cookie, "url": f"{office.address}/admin"}]
                )
                page = await context.new_page()
                for path in (ALL, NEW, f"{ONE}?name=Lab"):
                    await page.goto(f"{office.address}{path}")
                    assert await axe_violations(page) == []
                await page.click("button:text-is('Test now')")
                await page.wait_for_selector("h2:text('Tried just now')")
                assert await axe_violations(page) == []
