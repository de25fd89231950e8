"""An operator's walk in a real browser: by keyboard, in both schemes, before axe-core and Nu."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from playwright.async_api import Browser, ConsoleMessage, Page

from digest.domain.deliveries import Kind, State
from digest.web.admin.desk import COOKIE
from tests.checkers import axe_violations, html_errors
from tests.web.admin.desk_rows import (
    LATER,
    acts_of,
    add_odd,
    bounce,
    mails_of,
    next_day,
    set_mail_state,
)
from tests.web.admin.office import Office
from tests.web.chromium import browser
from tests.web.test_looks import look_at


@asynccontextmanager
async def signed_in(running: Browser, office: Office, scheme: str) -> AsyncIterator[Page]:
    """Give a page of a browser that holds the operator's session."""
    context = await running.new_context(color_scheme="dark" if scheme == "dark" else "light")
    await context.add_cookies(
        [{"name": COOKIE, "value": office.who.cookie, "domain": "127.0.0.1", "path": "/admin"}]
    )
    yield await context.new_page()
    await context.close()


async def press(page: Page, words: str) -> None:
    """Go to what has the words by the keyboard alone, and press Enter there."""
    for _ in range(80):
        await page.keyboard.press("Tab")
        at = "document.activeElement"
        told = await page.evaluate(f"{at}.textContent.trim() || {at}.name || ''")
        if told == words:
            await page.keyboard.press("Enter")
            return
    raise AssertionError(f"no key leads to {words!r}")


async def paths_of(office: Office) -> dict[str, str]:
    """Return the path of each page by name, with something on each of them."""
    evil = '"<b>' + "unbreakable" * 4 + '</b>"@' + "long" * 10 + ".example.org"
    hostile = await add_odd(office, evil, "experts")
    asked = await office.world.add_reader("new@example.org", "x", confirmed=False)
    [first, second] = await next_day(office, [LATER] * 9)
    await office.press(f"/admin/subscribers/{hostile}", do="unsubscribe")
    await office.press("/admin/subscribers/1", do="link")
    await set_mail_state(office, 1, Kind.PREFERENCES_LINK, State.HELD)
    [held] = await mails_of(office, 1, Kind.PREFERENCES_LINK)
    await bounce(office, 2)
    return {
        "readers": "/admin/subscribers",
        "found": "/admin/subscribers?q=nobody",
        "reader": "/admin/subscribers/1",
        "hostile": f"/admin/subscribers/{hostile}",
        "pending": f"/admin/subscribers/{asked}",
        "bounced": "/admin/subscribers/2",
        "mails": "/admin/deliveries",
        "day": "/admin/deliveries?date=2026-05-04",
        "mail": f"/admin/deliveries/{first.id}",
        "waiting": f"/admin/deliveries/{second.id}",
        "held": f"/admin/deliveries/{held.id}",
        "preview": "/admin/preview?reader=1&date=2026-05-04",
        "blank": "/admin/preview",
        "barred": "/admin/suppression",
        "audit": "/admin/audit",
        "missing": "/admin/subscribers/999",
        "today": "/admin",
    }


async def test_an_operator_walks_from_the_search_to_the_resend_and_the_preview(
    desk: Office,
) -> None:
    async with browser() as running, signed_in(running, desk, "light") as page:
        await page.goto(f"{desk.address}/admin")
        await press(page, "Readers")
        await page.wait_for_selector("h1:text('Readers')")
        await page.keyboard.press("Tab")
        await page.focus("input[name=q]")
        await page.keyboard.type("ada@")
        await page.keyboard.press("Enter")
        await page.wait_for_selector("h2:text('Found')")
        assert await page.locator("tbody tr").count() == 1
        await press(page, "ada@example.org")
        await page.wait_for_selector("h1:text('ada@example.org')")
        await press(page, "digest 2026-05-04")
        await page.wait_for_selector("h2:text('Its story')")
        assert not await page.is_visible("button:text('Send it again')")
        await press(page, "Send it again")  # the fold
        await press(page, "Send it again")  # the button in it
        await page.wait_for_selector("[role=status]:text('It is on its way.')")
        await press(page, "See this mail")
        frame = page.frame_locator("iframe")
        assert "Sparse experts" in await frame.locator("body").inner_text()
        assert await frame.locator("a[href*='/unsubscribe/-----']").count() > 0
    await desk.world.send()
    assert len(desk.world.html_to("ada@example.org")) == 2
    assert await acts_of(desk) == [("Ada", "delivery.resend", "subscriber/1")]


def _keep(problems: list[str], said: ConsoleMessage) -> None:
    problems.append(said.text)


async def test_every_page_of_the_desk_can_be_read_by_anybody(desk: Office) -> None:
    paths, found = await paths_of(desk), dict[str, list[str]]()
    async with browser() as running:
        for scheme in ("light", "dark"):
            async with signed_in(running, desk, scheme) as page:
                problems: list[str] = []
                page.on("console", partial(_keep, problems))
                for name, path in paths.items():
                    await page.goto(f"{desk.address}{path}")
                    await page.evaluate(
                        "document.querySelectorAll('details').forEach(one => one.open = true)"
                    )
                    await look_at(page, f"admin-{name}", scheme)
                    if objections := await axe_violations(page):
                        found[f"{name}, {scheme}"] = objections
                assert [said for said in problems if "404" not in said] == []
    assert found == {}


async def test_every_page_of_the_desk_is_valid(desk: Office, tmp_path: Path) -> None:
    documents = {}
    for name, path in (await paths_of(desk)).items():
        documents[f"{name}.html"] = (await desk.client.get(path)).text
    failed = await desk.press("/admin/subscribers/1", do="erase", address="")
    documents["refused.html"] = failed.text
    assert all(len(document) > 500 for document in documents.values())
    assert html_errors(documents, tmp_path) == []
