"""The pages in a real browser: no sideways scroll, text that can be read, fields with names.

DIGEST_SCREENSHOTS=FOLDER leaves pictures of every page there.
"""

import os
import re
from functools import partial
from pathlib import Path

from playwright.async_api import ConsoleMessage, Page

from digest.catalogue import read_catalogue
from digest.mail.palette import contrast
from tests.mail.test_looks import TEXT_COLOURS, colour
from tests.web.chromium import browser
from tests.web.own_pages import own_pages
from tests.web.signing_up import confirm_path, sign_up
from tests.web.site import Site, open_site
from tests.world import MONDAY, hours

FOLDER = os.environ.get("DIGEST_SCREENSHOTS")
WIDTHS = (320, 360, 1280)
LONG = (
    "Sparse experts " + "of-an-unbreakable-compound-" * 9 + " and $\\mathcal{O}(\\log n)$ routing"
)
# Every field that can be seen and has no name for a screen reader.
UNNAMED = """() => [...document.querySelectorAll('input, select, textarea, button')]
  .filter(e => e.type != 'hidden')
  .filter(e => !(e.labels && e.labels.length) && !e.textContent.trim()).map(e => e.outerHTML)"""
# Every button, field and tick lower than 40 CSS pixels; WCAG 2.2 (2.5.8) asks for 24.
SMALL = """() => [...document.querySelectorAll('button, select, input, label.check')]
  .filter(e => !['hidden', 'checkbox', 'radio'].includes(e.type) && e.getClientRects().length)
  .filter(e => e.getBoundingClientRect().height < 40).map(e => e.outerHTML)"""


async def pages_of(site: Site) -> dict[str, str]:
    """Return the path of each page by name, the readers' states made for them."""
    site.world.clock.set(MONDAY + hours(9))
    authors = ("Ada Lovelace", *(f"Emmy Noether the {number}th" for number in range(30)))
    [long] = await site.world.list_papers(LONG, votes=300, authors=authors, keywords=(LONG,))
    await site.world.list_papers(*(f"Quiet paper {number}" for number in range(22)), votes=2)
    await site.save(
        topic=[topic.slug for topic in read_catalogue()[:2]], queries='"mixture of experts" OR moe'
    )
    await sign_up(site, "looking@example.org", queries="experts")
    return await own_pages(site) | {
        "home": "/digest/",
        "day": "/digest/papers/2026-05-04",
        "early": "/digest/papers/1999-12-31",
        "topics": "/digest/topics",
        "topic": "/digest/topics/mixture-of-experts?page=1",
        "paper": f"/digest/paper/{long}",
        "search": "/digest/search",
        "found": "/digest/search?q=experts+routing",
        "nothing": "/digest/search?q=frogs",
        "privacy": "/digest/privacy",
        "preferences": f"/digest/preferences/{site.token}",
        "unsubscribe": f"/digest/unsubscribe/{site.token}",
        "missing": "/digest/nowhere",
        "subscribe": "/digest/subscribe?topic=mixture-of-experts",
        "confirm": await confirm_path(site, "looking@example.org"),
    }


async def look_at(page: Page, name: str, scheme: str) -> None:
    """Assert what must hold of a page at every width, and take its picture where asked."""
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 800})
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
        if FOLDER:
            path = Path(FOLDER) / f"{name}-{scheme}-{width}.png"
            await page.screenshot(path=path, full_page=True)
    assert await page.evaluate(UNNAMED) == [], name
    assert await page.evaluate(SMALL) == [], name
    assert await page.locator("h1").count() == 1
    texts = await page.evaluate(TEXT_COLOURS)
    assert len(texts) > 3
    for words, ink, ground, size in texts:
        assert contrast(colour(ink), colour(ground)) >= 4.5, (name, scheme, words, ink, ground)
        assert size >= 11, (name, words, size)


def _keep(problems: list[str], said: ConsoleMessage) -> None:
    problems.append(said.text)


async def test_no_page_scrolls_sideways_and_every_word_can_be_read(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    told = {
        "base_url": "http://localhost/digest",
        "site": {"name": "Paper Digest", "accent": "#ffd400"},  # the hardest to read on white
    }
    if FOLDER:
        told["site"] = {"name": "Paper Digest"}
    async with open_site(tmp_path, url, **told) as site, browser() as running:
        paths = await pages_of(site)
        for scheme in ("light", "dark"):
            context = await running.new_context(
                color_scheme="dark" if scheme == "dark" else "light"
            )
            page = await context.new_page()
            problems: list[str] = []
            page.on("console", partial(_keep, problems))
            for name, path in paths.items():
                await page.goto(f"{site.client.base_url}{path}")
                await look_at(page, name, scheme)
            await page.goto(f"{site.client.base_url}/digest/preferences/{site.token}")
            await page.fill("#queries", "(sparse OR")
            await page.click("button:text-is('Save changes')")
            await look_at(page, "error", scheme)
            assert await page.input_value("#queries") == "(sparse OR"
            expected = re.compile(r"status of (403|404|422)")
            assert [said for said in problems if not expected.search(said)] == []
            await context.close()


async def test_the_forms_work_in_a_browser_without_scripts(lite: Site) -> None:
    async with browser() as running:
        context = await running.new_context(java_script_enabled=False)
        page = await context.new_page()
        await page.goto(f"{lite.client.base_url}/digest/unsubscribe/{lite.token}")
        await page.click("button")
        await page.click("text=Subscribe again")
        assert "You are subscribed again." in await page.inner_text("main")
        await page.select_option("select[name=zone]", "Asia/Tokyo")
        await page.check("text=On chosen days")
        await page.uncheck("input[name=weekday][value=sun]")
        await page.click("button:text-is('Save changes')")
        assert "Saved." in await page.inner_text("main")
        await page.click("button:text-is('Pause')")
        assert "Paused: no digest comes before" in await page.inner_text("main")
    chosen = (await lite.reader()).preferences
    assert (chosen.zone, chosen.weekdays) == ("Asia/Tokyo", 0b0111111)
