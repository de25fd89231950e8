"""Subscribing in a real browser, with JavaScript and without."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from playwright.async_api import ConsoleMessage, Page

from tests.services.sign_ups import reader_of
from tests.web.chromium import browser
from tests.web.signing_up import EVE, PATH, confirm_path, wait
from tests.web.site import Site, open_site

HERE = "http://localhost/digest"  # a page on http without headers for https


def _keep(problems: list[str], said: ConsoleMessage) -> None:
    problems.append(said.text)


@asynccontextmanager
async def opened(
    folder: Path, *, scripts: bool = True, **rules: Any
) -> AsyncIterator[tuple[Site, Page]]:
    """Serve a site and open its form in a browser that lives in Tokyo; no script may complain."""
    url = f"sqlite+aiosqlite:///{folder}/digest.sqlite3"
    async with open_site(folder, url, base_url=HERE, subscribe=rules) as site, browser() as running:
        context = await running.new_context(java_script_enabled=scripts, timezone_id="Asia/Tokyo")
        page = await context.new_page()
        problems: list[str] = []
        page.on("console", partial(_keep, problems))
        page.on("pageerror", lambda error: problems.append(str(error)))
        await page.goto(f"{site.client.base_url}{PATH}")
        yield site, page
        assert problems == []


async def test_the_whole_form_works_with_javascript(tmp_path: Path) -> None:
    async with opened(tmp_path) as (site, page):
        assert await page.input_value("select[name=zone]") == "Asia/Tokyo"
        assert not await page.is_visible("text=Show what would match")
        await page.fill("input[data-filter]", "mixture EXPERTS")
        assert await page.locator("label.topic:visible").count() == 1
        await page.check("label.topic:visible input")
        await page.press("input[data-filter]", "Enter")  # finds, and sends nothing
        await page.fill("input[data-filter]", "zzz")
        assert await page.is_visible("text=No topic has these words")
        await page.fill("input[data-filter]", "")
        assert await page.locator("summary:has-text('Language models') .chip").inner_text() == (
            "1 of 12"
        )
        await page.type("#queries", "experts\n(sparse OR")
        await page.wait_for_selector(".match .caret")
        matches = await page.inner_text("#matches")
        assert "2 in the last 14 days" in matches
        assert "Merging experts of 10⁶ kinds" in matches
        await page.fill("#queries", "experts")
        await page.wait_for_selector(".caret", state="detached")
        await page.select_option("select[name=zone]", "Europe/Berlin")  # a guess is no choice
        await page.check("text=Once a week")
        await page.select_option("select[name=weekly]", "sun")
        wait(site, 5)
        await page.fill("input[name=address]", EVE)
        await page.press("input[name=address]", "Enter")  # means the button that subscribes
        await page.wait_for_selector("h1:text('Look in your inbox')")
        path = await confirm_path(site)
        await page.goto(f"{site.client.base_url}{path}")
        await page.click("button")
        assert "You are subscribed" in await page.inner_text("main")
        reader = await reader_of(site.world)
        assert reader is not None
        chosen = reader.preferences
        assert (chosen.zone, chosen.weekdays) == ("Europe/Berlin", 0b1000000)
        assert [item.slug for item in chosen.topics] == ["mixture-of-experts", None]


async def test_the_whole_form_works_without_javascript(tmp_path: Path) -> None:
    async with opened(tmp_path, scripts=False) as (site, page):
        assert await page.input_value("select[name=zone]") == "UTC"
        assert not await page.is_visible("input[data-filter]")
        await page.click("summary:has-text('Language models')")
        await page.check("label.topic:has-text('Mixture of experts') input")
        await page.fill("#queries", "experts")
        await page.fill("input[name=address]", EVE)
        await page.click("text=Show what would match")
        assert "2 in the last 14 days" in await page.inner_text("#matches")
        assert await page.input_value("input[name=address]") == EVE
        assert await page.is_checked("input[value=mixture-of-experts]")
        wait(site, 5)
        await page.click("section.last button")
        assert "Look in your inbox" in await page.inner_text("main")
        assert await reader_of(site.world) is not None


async def test_a_browser_does_its_proof_of_work_by_itself(tmp_path: Path) -> None:
    async with opened(tmp_path, proof_of_work=True) as (site, page):
        wait(site, 5)
        await page.fill("input[name=address]", EVE)
        await page.click("section.last button")
        await page.wait_for_selector("h1:text('Look in your inbox')")
        assert await reader_of(site.world) is not None


async def test_the_field_that_traps_programs_is_neither_seen_nor_reached_by_keyboard(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as (_, page):
        box = await page.locator("input[name=website]").bounding_box()
        assert box is not None
        assert box["x"] < -1000
        names = []
        for _ in range(40):
            await page.keyboard.press("Tab")
            names.append(await page.evaluate("document.activeElement.name || ''"))
        assert "address" in names
        assert "website" not in names
