"""The pictures of README and docs, taken from the demo: ``make pictures``."""

import asyncio
import sys
from pathlib import Path

from playwright.async_api import Page

from digest.demo.show import OPERATOR, Demo, play
from digest.logs import configure_logging
from tests.web.chromium import browser

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
READER = "ada@lab.example"  # whose mail is shown
# name: address, width, height
PLACES = {
    "front": ("/", 1100, 900),
    "subscribe": ("/subscribe", 820, 900),
    "mail": ("/inbox/mail/{mail}/body", 720, 1000),
    "admin": (OPERATOR, 1100, 900),
    "admin-topics": ("/admin/topics", 1100, 900),
    "admin-subscribers": ("/admin/subscribers", 1100, 700),
}


async def take(folder: Path, names: list[str]) -> None:
    """Play the demo, and photograph the named places of it."""
    configure_logging("text", "error", sys.stderr)
    folder.mkdir(parents=True, exist_ok=True)
    async with play() as demo, browser() as running:
        context = await running.new_context(color_scheme="light", reduced_motion="reduce")
        page = await context.new_page()
        await page.goto(demo.address + OPERATOR)  # the other admin pages need its session
        for name in names:
            await _take(demo, page, name, folder)
        await context.close()


async def _take(demo: Demo, page: Page, name: str, folder: Path) -> None:
    place, width, height = PLACES[name]
    await page.set_viewport_size({"width": width, "height": height})
    number = next(n for n, mail in enumerate(demo.catcher.mails) if READER in mail.rcpt_to)
    answer = await page.goto(demo.address + place.format(mail=number))
    assert answer is not None
    assert answer.ok, (place, answer.status)
    if name == "subscribe":
        await page.fill("input[type=email]", READER)
        await page.locator("summary").first.click()
    await page.screenshot(path=folder / f"{name}.png")


if __name__ == "__main__":
    asyncio.run(take(FOLDER, sys.argv[1:] or list(PLACES)))
