"""The admin pages before independent checkers: axe-core, the Nu Html Checker, a narrow screen."""

import re
from pathlib import Path

from digest.services.alarms import raise_alarm
from digest.web.admin.desk import COOKIE
from tests.checkers import axe_violations, html_errors
from tests.web.admin.office import PASSWORD, Office
from tests.web.chromium import browser

# each page of the menu, and what it leads to
PAGES = ("/admin", "/admin/account")


async def test_every_page_is_accessible_and_fits_a_narrow_screen(desk: Office) -> None:
    await raise_alarm(desk.world.app.context, "relay/main", "it refuses the password")
    found, wide = {}, []
    async with browser() as running:
        for scheme in ("light", "dark"):
            context = await running.new_context(
                color_scheme="dark" if scheme == "dark" else "light"
            )
            page = await context.new_page()
            await page.goto(f"{desk.address}/admin/login")
            found[f"login, {scheme}"] = await axe_violations(page)
            cookie = {"name": COOKIE, "value": desk.who.cookie, "url": f"{desk.address}/admin"}
            await context.add_cookies([cookie])  # type: ignore[list-item]
            for path in PAGES:
                await page.set_viewport_size({"width": 1100, "height": 800})
                await page.goto(desk.address + path)
                found[f"{path}, {scheme}"] = await axe_violations(page)
                await page.set_viewport_size({"width": 360, "height": 800})
                if await page.evaluate("document.documentElement.scrollWidth") > 360:
                    wide.append(path)
            await context.close()
    assert {name: problems for name, problems in found.items() if problems} == {}
    assert wide == []


async def test_every_page_is_valid(desk: Office, tmp_path: Path) -> None:
    documents = {}
    for path in PAGES:
        documents[f"{path.strip('/').replace('/', '-')}.html"] = await desk.page(path)
    async with desk.stranger() as browsing:
        documents["login.html"] = (await browsing.get("/admin/login")).text
        refused = await browsing.post("/admin/login", data={"name": "<x>", "code": "1"})
        documents["refused.html"] = refused.text
    fresh = await desk.press("/admin/account", do="codes", old=PASSWORD, code=desk.code())
    documents["codes.html"] = fresh.text
    [style] = re.findall(r'rel="stylesheet" href="([^"]+)"', documents["login.html"])
    documents["style.css"] = (await desk.client.get(style)).text
    assert html_errors(documents, tmp_path) == []
