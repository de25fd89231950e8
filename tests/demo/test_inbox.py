"""Tests of the inbox page, its views of a mail, and what a hostile mail can do on it."""

from collections.abc import AsyncIterator

import aiosmtplib
import httpx
import pytest

from digest.demo.inbox import inbox_app
from digest.demo.table import DayRow
from digest.mail.catcher import MailCatcher
from digest.web.serving import serve
from tests.clients import plain_client

FINE = b"""\
From: Digest <digest@a.example>\r
Subject: =?utf-8?q?Owls_=26_=C3=A9lan?=\r
Date: Mon, 04 May 2026 06:00:00 +0000\r
Content-Type: multipart/alternative; boundary=x\r
\r
--x\r
Content-Type: text/plain\r
\r
As text: 1 < 2\r
--x\r
Content-Type: text/html\r
\r
<html><head><title>t</title></head><p>As a page</p></html>\r
--x--\r
"""
HOSTILE = b"""\
From: <img src=x onerror=alert(1)>\r
Subject: <script>alert("subject")</script>\r
X-Evil: "><script>alert(2)</script>\r
Content-Type: text/plain\r
\r
</pre><script>alert("text")</script>\r
"""


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    rows = [
        DayRow("2026-05-04", "ada@b.example", "Asia/Tokyo", 41, 12, 3, 7, ""),
        DayRow("2026-05-04", "<i>bo@b.example", "UTC", 41, 1, 0, 0, "1 fresh paper, minimum 3"),
    ]
    async with MailCatcher() as catcher:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=catcher.port) as smtp:
            await smtp.sendmail("v@a.example", ["ada@b.example"], FINE)
            await smtp.sendmail("v@a.example", ["<bo@b.example>"], HOSTILE)
        async with (
            serve(inbox_app(catcher, rows)) as port,
            plain_client(f"http://127.0.0.1:{port}") as client,
        ):
            yield client


async def test_the_first_page_shows_the_table_and_every_mailbox(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text
    assert "1 fresh paper, minimum 3" in page
    assert '<td class="n sent" data-label="Sent">7</td>' in page
    assert 'href="/mail/0"' in page
    assert "Owls &amp; élan" in page


async def test_a_mail_is_shown_in_a_frame_that_cannot_run_scripts(
    client: httpx.AsyncClient,
) -> None:
    page = await client.get("/mail/0")
    assert '<iframe title="The mail as a page" src="/mail/0/body"' in page.text
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.text
    body = await client.get("/mail/0/body")
    assert "<p>As a page</p>" in body.text
    policy = body.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-popups")
    assert "default-src 'none'" in policy
    assert "allow-scripts" not in policy + page.text


async def test_text_headers_and_source_are_views_of_their_own(client: httpx.AsyncClient) -> None:
    assert "As text: 1 &lt; 2" in (await client.get("/mail/0/text")).text
    assert "<dt>Date</dt><dd><bdi>Mon, 04 May 2026" in (await client.get("/mail/0/headers")).text
    assert "=?utf-8?q?Owls_=26_=C3=A9lan?=" in (await client.get("/mail/0/source")).text
    raw = await client.get("/mail/0/raw")
    assert raw.content == FINE
    assert raw.headers["content-disposition"] == 'attachment; filename="mail-0.eml"'


@pytest.mark.parametrize(
    "path", ["/", "/mail/1", "/mail/1/text", "/mail/1/headers", "/mail/1/source"]
)
async def test_markup_in_a_mail_stays_text(client: httpx.AsyncClient, path: str) -> None:
    page = await client.get(path)
    assert page.status_code == 200
    assert "<script" not in page.text
    assert "<img" not in page.text
    assert "<i>bo" not in page.text
    assert "&lt;script&gt;alert(&#34;subject&#34;)" in page.text
    assert "script-src" not in page.headers["content-security-policy"]
    assert "default-src 'none'" in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    "path", ["/mail/2", "/mail/-1", "/mail/0/json", "/mail/1/body", "/mail/2/raw"]
)
async def test_what_is_not_there_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404


async def test_without_mail_the_page_says_that_none_has_come() -> None:
    async with (
        MailCatcher() as catcher,
        serve(inbox_app(catcher, [])) as port,
        plain_client() as client,
    ):
        page = await client.get(f"http://127.0.0.1:{port}/")
    assert "No mail has come yet" in page.text
