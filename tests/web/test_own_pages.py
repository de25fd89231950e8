"""A reader's pages after an act, and by keyboard alone, with scripts and without."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from digest.domain.deliveries import Kind
from digest.domain.subscribers import SubscriberState, Suppression
from digest.domain.tokens import Purpose
from digest.services.compose import Composer
from digest.services.feedback import list_saved
from tests.checkers import axe_violations, html_errors
from tests.services.own_rows import bar, columns, mails_of
from tests.web.chromium import browser
from tests.web.own_pages import manage
from tests.web.site import ADDRESS, Site, open_site
from tests.web.test_looks import look_at

PATIENCE = 150  # presses of the Tab key, more than any page has stops


async def reach(page: Page, selector: str) -> None:
    """Press Tab until an element has the focus, and see that it shows."""
    for _ in range(PATIENCE):
        await page.keyboard.press("Tab")
        if await page.evaluate("s => document.activeElement.matches(s)", selector):
            outline = "getComputedStyle(document.activeElement).outlineStyle"
            assert await page.evaluate(outline) == "solid", selector
            return
    raise AssertionError(f"the Tab key never comes to {selector}")


async def press(page: Page, selector: str, key: str) -> None:
    """Reach an element and press a key on it."""
    await reach(page, selector)
    await page.keyboard.press(key)


async def follow(page: Page, selector: str) -> None:
    """Reach a link, button or field, press Enter on it, and wait for the page that comes."""
    await reach(page, selector)
    async with page.expect_navigation():
        await page.keyboard.press("Enter")


def button(value: str) -> str:
    """Return the selector of a button by what it does."""
    return f"button[name=do][value={value}]"


async def pages_after_acts(site: Site, running: Browser) -> AsyncIterator[tuple[Page, str, str]]:
    """Yield a browser's page after each act, with its name and the colours it is shown in."""
    base = f"{site.client.base_url}/digest"
    for scheme in ("light", "dark"):
        context = await running.new_context(color_scheme="dark" if scheme == "dark" else "light")
        page = await context.new_page()
        await page.goto(f"{base}/feedback/{site.token}/less/1")
        await page.click("main button")
        yield page, "noted", scheme
        await page.goto(f"{base}/unsubscribe/{site.token}")
        await page.click("main button")
        yield page, "left", scheme
        await page.click(button("fortnight"))
        yield page, "rests", scheme
        await page.goto(f"{base}/preferences")
        await page.fill("input[name=address]", ADDRESS)
        await page.click("main button")
        yield page, "look-into-inbox", scheme
        await page.goto(f"{base}/preferences/{await manage(site)}")
        await page.fill("input[name=address]", "a-rather-long-new-address@example.net")
        await page.click(button("address"))
        yield page, f"asked-{scheme}", scheme
        change = (await mails_of(site.world, site.reader_id, Kind.ADDRESS_CHANGE))[-1]
        token = Composer(site.world.app.context).token(change, Purpose.CONFIRM)
        await page.goto(f"{base}/confirm/{token}")
        yield page, "change-address", scheme
        await bar(site.world, site.reader_id, Suppression.BOUNCE)
        await page.goto(f"{base}/preferences/{await manage(site)}")
        yield page, "bounced", scheme
        await columns(site.world, site.reader_id, state="active", suppression=None)
        await context.close()


async def test_pages_after_an_act_fit_every_width_and_every_eye(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    local = {"base_url": "http://localhost/digest"}
    async with open_site(tmp_path, url, **local) as site, browser() as running:
        documents = {}
        async for page, name, scheme in pages_after_acts(site, running):
            await look_at(page, name, scheme)
            assert await axe_violations(page) == [], name
            documents[f"{name}-{scheme}.html"] = await page.content()
        assert len(documents) == 14
        assert html_errors(documents, tmp_path) == []


@pytest.mark.parametrize("scripts", [True, False])
async def test_the_keyboard_alone_changes_rests_and_leaves(lite: Site, scripts: bool) -> None:
    url = f"{lite.client.base_url}/digest/preferences/{lite.token}"
    async with browser() as running:
        context = await running.new_context(java_script_enabled=scripts)
        page = await context.new_page()
        await page.goto(url)
        await reach(page, "a.skip")
        await page.keyboard.press("Enter")
        await press(page, "summary", "Enter")
        await press(page, "input[name=topic]", "Space")
        await reach(page, "#queries")
        await page.keyboard.press("Control+End")
        await page.keyboard.type("\nauthor:lovelace")
        await reach(page, "select[name=hour]")
        await page.keyboard.press("ArrowDown")
        await reach(page, "input[name=cadence]")
        await page.keyboard.press("ArrowDown")
        await follow(page, button("save"))
        assert "Saved." in await page.inner_text("[role=status]")
        await follow(page, button("pause"))
        assert "Paused: no digest comes before" in await page.inner_text("main")
        await follow(page, button("resume"))
        await follow(page, "form[action*=unsubscribe] button")
        assert "You are unsubscribed" in await page.inner_text("h1")
        await follow(page, button("weekly"))
        assert "one digest a week" in await page.inner_text("[role=status]")
    reader = await lite.reader()
    chosen = reader.preferences
    assert (chosen.hour, chosen.weekdays, reader.state) == (9, 0b1, SubscriberState.ACTIVE)
    assert chosen.topics[0].slug is not None
    assert [item.name for item in chosen.topics[1:]] == ["experts", "author:lovelace"]


@pytest.mark.parametrize("scripts", [True, False])
async def test_the_keyboard_alone_saves_asks_and_erases(lite: Site, scripts: bool) -> None:
    base, full = f"{lite.client.base_url}/digest", await manage(lite)
    async with browser() as running:
        context = await running.new_context(java_script_enabled=scripts)
        page = await context.new_page()
        await page.goto(f"{base}/feedback/{lite.token}/save/1")
        await follow(page, "main button")
        assert "Saved" in await page.inner_text("h1")
        await follow(page, "a[href$='/saved']")
        assert "Sparse experts" in await page.inner_text("ol.papers")
        assert len(await list_saved(lite.world.app.context, lite.reader_id)) == 1
        await follow(page, "button[name=paper]")
        assert "None yet." in await page.inner_text("main")
        await page.goto(f"{base}/preferences/{full}")
        await follow(page, "a[href$='/history']")
        await reach(page, "input[name=paper]")
        await page.keyboard.type("2605.10001")
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
        assert "It came" in await page.inner_text("main")
        await page.goto(f"{base}/preferences/{full}")
        await follow(page, "a[href$='/erase']")
        await follow(page, "button.grave")
        assert "Everything is erased" in await page.inner_text("h1")
    assert (await lite.reader()).state is SubscriberState.ERASED
