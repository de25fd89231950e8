"""The whole life of a subscriber in a browser: from the box on the front page to erasure.

The feeds are served over HTTP, the mails come over SMTP into a catcher, and the digests are due by
the ticks of the program on a simulated clock.
"""

import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import feedparser
import httpx
import psycopg
import pytest
from fastapi import FastAPI
from playwright.async_api import Page

from digest.bootstrap import App, open_app
from digest.clocks import SimulatedClock
from digest.demo.server import SampleFeeds
from digest.demo.show import demo_settings
from digest.domain.subscribers import Subscriber, SubscriberState
from digest.mail.catcher import MailCatcher
from digest.mail.reading import html_of, parse
from digest.rehearsal import Simulation
from digest.store import subscribers
from digest.web.app import create_app
from digest.web.serving import serve
from tests.clients import plain_client
from tests.web.chromium import browser
from tests.web.site import links_in

ADDRESS = "ada.lovelace@lab.example"
START = datetime(2026, 5, 4, 4, 30, tzinfo=UTC)
BERLIN_9 = datetime(2026, 5, 4, 7, tzinfo=UTC)  # 09:00 in Berlin
DAY = timedelta(days=1)


@dataclass
class Life:
    """An installation, a browser at its pages, and one reader's inbox."""

    app: App
    clock: SimulatedClock
    catcher: MailCatcher
    address: str
    page: Page

    def mails(self) -> list[bytes]:
        """Return the mails that came, oldest first."""
        return [mail.data for mail in self.catcher.mails if ADDRESS in mail.rcpt_to]

    def newest(self) -> EmailMessage:
        """Return the last mail that came."""
        return parse(self.mails()[-1])

    def link(self, part: str) -> str:
        """Return the first link of the last mail that holds a part."""
        return next(link for link in links_in(html_of(self.mails()[-1])) if part in link)

    async def until(self, instant: datetime) -> None:
        """Let the program run up to an instant."""
        await Simulation(self.app, self.clock).run(instant)

    async def soon(self) -> None:
        """Let a minute pass."""
        await self.until(self.clock.now() + timedelta(minutes=1))

    async def reader(self) -> Subscriber | None:
        """Return the reader as the database knows them."""
        async with self.app.database.read() as connection:
            return await subscribers.find_by_address(connection, ADDRESS)

    async def text(self) -> str:
        """Return what the page says."""
        return await self.page.inner_text("main")


@asynccontextmanager
async def life(folder: Path, database_url: str, *, scripts: bool) -> AsyncIterator[Life]:
    """Run an installation on the sample feeds, with a browser."""
    clock, stage = SimulatedClock(START), FastAPI(openapi_url=None)
    async with (
        SampleFeeds(clock) as feeds,
        MailCatcher(clock) as catcher,
        serve(stage) as port,
        browser() as running,
    ):
        address = f"http://127.0.0.1:{port}"
        settings = demo_settings(folder, feeds.base_url, catcher.port, address)
        settings = settings.model_copy(update={"database_url": database_url})
        async with open_app(settings, clock=clock, rehearsal=True, seed=0) as app:
            stage.mount("", create_app(app.context))
            await Simulation(app, clock).run(START + timedelta(minutes=1))
            context = await running.new_context(
                java_script_enabled=scripts, timezone_id="Europe/Berlin", locale="en-GB"
            )
            page = await context.new_page()
            yield Life(app, clock, catcher, address, page)


async def subscribe(reader: Life, *, scripts: bool) -> None:
    """Fill in the box and the form, and confirm by the mail that comes."""
    page = reader.page
    await page.goto(reader.address)
    await page.fill("input[name=address]", ADDRESS)
    await page.click("main button:has-text('Subscribe')")
    assert await page.input_value("input[name=address]") == ADDRESS
    if scripts:
        assert await page.input_value("select[name=zone]") == "Europe/Berlin"
    else:
        await page.select_option("select[name=zone]", "Europe/Berlin")
    await page.fill("#queries", '"mixture of experts" OR robot*')
    await page.select_option("select[name=hour]", "9")
    reader.clock.set(reader.clock.now() + timedelta(seconds=20))  # a human takes a while
    await page.click("section.last button:has-text('Subscribe')")
    assert "Look in your inbox" in await reader.text()
    await reader.soon()
    assert "Confirm your subscription" in reader.newest()["Subject"]
    await page.goto(reader.link("/confirm/"))
    assert "09:00" in await reader.text()
    held = await reader.reader()
    assert held is not None
    assert held.state is SubscriberState.PENDING
    await page.click("main button")
    assert "You are subscribed" in await reader.text()


async def change_topics(reader: Life) -> None:
    """Follow the mail's link to the preferences and take one ready topic instead."""
    page = reader.page
    await page.goto(reader.link("/preferences/"))
    await page.fill("#queries", "")
    await page.click("details:has(input[value=robotics]) summary")
    await page.check("input[name=topic][value=robotics]")
    await page.click("button:text-is('Save changes')")
    assert "Saved." in await reader.text()


async def save_a_paper(reader: Life) -> None:
    """Save the first paper of the last mail, and find it in the list of saved ones."""
    page = reader.page
    await page.goto(re.sub("/(more|less)/", "/save/", reader.link("/feedback/")))
    asked = await reader.text()
    await page.click("main button:has-text('Save')")
    await page.goto(reader.link("/preferences/") + "/saved")
    title = await page.inner_text("main h2 >> nth=0")
    assert title in asked


async def open_small_link(reader: Life) -> None:
    """Ask for the link that may do everything, and open it out of the mail."""
    await reader.page.goto(reader.link("/preferences/"))
    await reader.page.click("button:has-text('Mail me a link')")
    await reader.soon()
    await reader.page.goto(reader.link("/preferences/"))
    assert ADDRESS in await reader.text()


async def one_click(reader: Life) -> httpx.Response:
    """Unsubscribe as a mail program does (RFC 8058)."""
    mail = next(parse(data) for data in reversed(reader.mails()) if b"\nList-Unsubscribe:" in data)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = mail["List-Unsubscribe"].split(">")[0].removeprefix("<")
    async with plain_client() as client:
        return await client.post(address, data={"List-Unsubscribe": "One-Click"})


def traces(database_url: str, word: str) -> list[str]:
    """Return the tables of a database in which a word stands anywhere."""
    if database_url.startswith("sqlite"):
        lite = sqlite3.connect(database_url.removeprefix("sqlite+aiosqlite:///"))
        names = [n for (n,) in lite.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = {name: lite.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}
        lite.close()
    else:
        with psycopg.connect(database_url.replace("+psycopg", "")) as server:
            found = server.execute(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
            ).fetchall()
            rows = {
                name: server.execute(f'SELECT * FROM "{name}"'.encode()).fetchall()
                for (name,) in found
            }
    return [name for name, held in rows.items() if word in repr(held)]


@pytest.mark.long
async def test_a_reader_subscribes_reads_leaves_returns_and_is_erased(
    tmp_path: Path, database_url: str
) -> None:
    async with life(tmp_path, database_url, scripts=True) as reader:
        await subscribe(reader, scripts=True)
        await _read_for_two_days(reader)
        await _feed_and_leave(reader)
        await _erase(reader, database_url)


@pytest.mark.long
async def test_a_life_needs_no_scripts(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with life(tmp_path, url, scripts=False) as reader:
        await subscribe(reader, scripts=False)
        await _read_for_two_days(reader)
        await _feed_and_leave(reader)
        await _erase(reader, url)


async def _read_for_two_days(reader: Life) -> None:
    # the digest comes at the reader's own hour
    await reader.until(BERLIN_9 - timedelta(minutes=1))
    before = len(reader.mails())
    await reader.until(BERLIN_9 + timedelta(minutes=1))
    assert len(reader.mails()) == before + 1
    assert "experts" in html_of(reader.mails()[-1]).lower()
    # and the next one obeys what was changed
    await change_topics(reader)
    await reader.until(BERLIN_9 + DAY + timedelta(minutes=1))
    assert len(reader.mails()) == before + 2
    html = html_of(reader.mails()[-1])
    assert "Robotics" in html
    assert "mixture of experts" not in html
    # nothing comes in a pause
    await save_a_paper(reader)
    await reader.page.goto(reader.link("/preferences/"))
    await reader.page.click("button:text-is('Pause')")
    assert "Paused" in await reader.text()
    await reader.until(BERLIN_9 + 2 * DAY + timedelta(minutes=1))
    assert len(reader.mails()) == before + 2
    await reader.page.click("button:has-text('Go on now')")


async def _feed_and_leave(reader: Life) -> None:
    await open_small_link(reader)
    address = await reader.page.input_value("input[readonly]")
    async with plain_client() as client:
        feed = feedparser.parse((await client.get(address)).content)
    assert not feed.bozo
    assert len(feed.entries) > 3
    # by the mail program's own button, then undone by hand; and by hand
    assert (await one_click(reader)).status_code == 200
    held = await reader.reader()
    assert held is not None
    assert held.state is SubscriberState.UNSUBSCRIBED
    await reader.page.reload()
    await reader.page.click("button:has-text('Subscribe again')")
    await reader.page.click("button:text-is('Unsubscribe')")
    assert "You are unsubscribed" in await reader.text()
    held = await reader.reader()
    assert held is not None
    assert held.state is SubscriberState.UNSUBSCRIBED


async def _erase(reader: Life, database_url: str) -> None:
    await reader.page.goto(reader.link("/preferences/"))  # the last mail was that of the link
    await reader.page.click("a:has-text('Erase everything')")
    await reader.page.click("main button:has-text('Erase')")
    await reader.soon()
    assert await reader.reader() is None
    assert traces(database_url, "lovelace") == []
    # an old link still answers kindly
    assert (await one_click(reader)).status_code == 200
