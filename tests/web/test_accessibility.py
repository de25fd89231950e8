"""The pages before independent checkers: axe-core in a browser, and the Nu Html Checker."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiosmtplib

from digest.demo.inbox import inbox_app
from digest.demo.table import DayRow
from digest.mail.catcher import MailCatcher
from digest.web.serving import serve
from tests.checkers import axe_violations, html_errors
from tests.golden.test_golden_mails import MAILS
from tests.web.chromium import browser
from tests.web.signing_up import PATH, sign_up
from tests.web.site import Site, open_site
from tests.web.test_looks import pages_of

ROWS = (
    DayRow("2026-05-04", "ada@reader.example", "Europe/Berlin", 41, 12, 3, 7, ""),
    DayRow("2026-05-04", "bo@reader.example", "UTC", 41, 1, 0, 0, "1 fresh paper, minimum 3"),
    DayRow("2026-05-05", "ada@reader.example", "Europe/Berlin", 52, 9, 7, 2, ""),
)
INBOX_PATHS = {
    "inbox": "/",
    "mail": "/mail/0",
    "headers": "/mail/0/headers",
    "text": "/mail/0/text",
}


@asynccontextmanager
async def inbox() -> AsyncIterator[str]:
    """Serve the demo's inboxes with two mails in them; gives their address."""
    async with MailCatcher() as catcher:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=catcher.port) as smtp:
            for name, to in (("digest_short", "ada"), ("confirm", "bo")):
                await smtp.sendmail("v@a.example", [f"{to}@reader.example"], MAILS[name]())
        async with serve(inbox_app(catcher, ROWS)) as port:
            yield f"http://127.0.0.1:{port}"


async def urls_of(site: Site, inboxes: str) -> dict[str, str]:
    """Return the address of each page by name."""
    paths = await pages_of(site)
    urls = {name: f"{site.client.base_url}{path}" for name, path in paths.items()}
    return urls | {name: f"{inboxes}{path}" for name, path in INBOX_PATHS.items()}


async def violations(urls: Mapping[str, str], token: str, base: str) -> dict[str, list[str]]:
    """Return what axe-core finds on each page, by name, in light and in dark colours."""
    found = {}
    async with browser() as running:
        for scheme in ("light", "dark"):
            context = await running.new_context(
                color_scheme="dark" if scheme == "dark" else "light"
            )
            page = await context.new_page()
            for name, url in urls.items():
                await page.goto(url)
                found[f"{name}, {scheme}"] = await axe_violations(page)
            await page.goto(f"{base}/digest/preferences/{token}")
            await page.fill("#queries", "(sparse OR")
            await page.click("button:text-is('Save changes')")
            await page.wait_for_selector("[role=alert]")
            found[f"error, {scheme}"] = await axe_violations(page)
            await page.goto(f"{base}/digest/subscribe")
            await page.fill("#queries", "experts\n(sparse OR")
            await page.wait_for_selector(".match .caret")
            await page.check("text=On chosen days")
            found[f"matches, {scheme}"] = await axe_violations(page)
            await context.close()
    return {name: problems for name, problems in found.items() if problems}


async def test_a_screen_reader_finds_its_way_on_every_page(lite: Site) -> None:
    async with inbox() as inboxes:
        urls = await urls_of(lite, inboxes)
        assert await violations(urls, lite.token, str(lite.client.base_url)) == {}


async def test_every_page_and_style_sheet_is_valid(lite: Site, tmp_path: Path) -> None:
    async with inbox() as inboxes:
        documents = {}
        for name, url in (await urls_of(lite, inboxes)).items():
            documents[f"{name}.html"] = (await lite.client.get(url)).text
    failed = await lite.save(queries="(sparse OR")
    documents["error.html"] = failed.text
    asked = await sign_up(lite, "form@example.org")
    documents["subscribed.html"] = asked.text
    refused = await sign_up(lite, "nobody", queries='"<b>" AND (', hour="x")
    documents["refused.html"] = refused.text
    again = await lite.post(PATH, do="match", queries="experts\n(sparse OR", zone="UTC")
    documents["matches.html"] = again.text
    documents["left.html"] = (await lite.post(f"/digest/unsubscribe/{lite.token}")).text
    [style] = re.findall(r'rel="stylesheet" href="([^"]+)"', documents["home.html"])
    documents["style.css"] = (await lite.client.get(style)).text
    assert all(len(document) > 500 for document in documents.values())
    assert html_errors(documents, tmp_path) == []


async def test_the_form_with_a_proof_of_work_is_accessible_and_valid(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    told = {"base_url": "http://localhost/digest", "subscribe": {"proof_of_work": True}}
    async with open_site(tmp_path, url, **told) as site:
        document = (await site.client.get(PATH)).text
        assert html_errors({"proof.html": document}, tmp_path) == []
        async with browser() as running:
            for scheme in ("light", "dark"):
                page = await running.new_page(color_scheme="dark" if scheme == "dark" else "light")
                await page.goto(f"{site.client.base_url}{PATH}")
                await page.wait_for_selector("altcha-widget input[type=checkbox]")
                assert await axe_violations(page) == []
