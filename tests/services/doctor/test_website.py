"""The web as readers meet it: our own pages over https, and everything that may stand before."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from digest.services.doctor.instruments import Instruments
from digest.services.doctor.website import MADE_UP
from tests.feeds.web_server import WebServer, answer, web_server
from tests.mail.certificates import make_authority
from tests.prepared import sqlite_url
from tests.services.doctor.clinic import clinic, level, line, trusting
from tests.web.site import open_site

HEALTHY = answer(b'{"status": "ok"}')
CLICK = f"/unsubscribe/{MADE_UP}"


@asynccontextmanager
async def over_tls(folder: Path, *, expired: bool = False) -> AsyncIterator[tuple[WebServer, Path]]:
    """Serve written answers by https; give the server and its authority."""
    authority = make_authority(folder)
    context: ssl.SSLContext = authority.server("localhost", expired=expired)
    async with web_server(context) as site:
        site.pages |= {"/healthz": HEALTHY, CLICK: answer(status="404 Not Found")}
        yield site, authority.path


@asynccontextmanager
async def patient(folder: Path, site: WebServer, authority: Path) -> AsyncIterator[Instruments]:
    async with clinic(folder, base_url=site.url("", "localhost")) as one:
        yield trusting(one, authority)


async def test_https_is_green_but_for_a_certificate_that_ends_soon(tmp_path: Path) -> None:
    async with over_tls(tmp_path) as (site, authority), patient(tmp_path, site, authority) as one:
        found = await line(one, "base url")
        click = await line(one, "one-click")
    assert (found.level, "ends in" in found.remedy) == ("yellow", True)  # the test's: two days
    assert click.level == "green"


async def test_a_certificate_that_does_not_hold_is_red(tmp_path: Path) -> None:
    async with (
        over_tls(tmp_path, expired=True) as (site, authority),
        patient(tmp_path, site, authority) as one,
    ):
        found = await line(one, "base url")
    assert (found.level, "renew" in found.remedy) == ("red", True)


async def test_our_own_pages_are_known_and_nothing_is_changed(tmp_path: Path) -> None:
    async with open_site(tmp_path, sqlite_url(tmp_path / "digest.sqlite3")) as site:
        before = await site.rows()
        base = f"http://127.0.0.1:{site.client.base_url.port}/digest"
        async with clinic(tmp_path, base_url=base) as one:
            assert await level(one, "base url") == "skipped"
            assert await level(one, "one-click") == "green"
        assert await site.rows() == before


async def test_nobody_there_is_red(tmp_path: Path) -> None:
    async with clinic(tmp_path, base_url="http://127.0.0.1:9") as one:
        for name in ("base url", "one-click"):
            found = await line(one, name)
            assert (found.level, "digest run" in found.remedy) == ("red", True)


@pytest.mark.parametrize(
    ("health", "wanted"),
    [(answer(b"<h1>Welcome</h1>"), "red"), (answer(status="502 Bad Gateway"), "red"),
     (answer(b'{"status": "failing"}', status="503 Gone Away"), "red")],
)  # fmt: skip
async def test_another_answer_than_ours_is_red(tmp_path: Path, health: bytes, wanted: str) -> None:
    async with web_server() as site:
        site.pages["/healthz"] = health
        async with clinic(tmp_path, base_url=site.url("")) as one:
            assert await level(one, "base url") == wanted


@pytest.mark.parametrize(
    ("click", "words"),
    [
        (answer(status="301 Moved Permanently", Location="https://other.example/"), "redirect"),
        (answer(status="405 Method Not Allowed"), "unchanged"),
        (answer(b"welcome"), "unchanged"),
    ],
)
async def test_a_click_that_does_not_arrive_is_red(
    tmp_path: Path, click: bytes, words: str
) -> None:
    async with web_server() as site:
        site.pages |= {"/healthz": HEALTHY, CLICK: click}
        async with clinic(tmp_path, base_url=site.url("")) as one:
            found = await line(one, "one-click")
    assert (found.level, words in found.remedy) == ("red", True)


async def test_a_404_of_somebody_else_is_not_taken_for_ours(tmp_path: Path) -> None:
    async with web_server() as site, clinic(tmp_path, base_url=site.url("")) as one:
        assert await level(one, "one-click") == "red"
