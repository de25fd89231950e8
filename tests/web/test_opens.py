"""Links of papers that are counted where the operator wants it, and lead to the paper alone."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from digest.services.glance import read_glance
from digest.services.opens import EVERY_S
from tests.web.site import ADDRESS, Site, links_in, local, open_site


@pytest.fixture
async def counting(tmp_path: Path, database_url: str) -> AsyncIterator[Site]:
    """Give a site that counts, on both databases."""
    async with open_site(tmp_path, database_url, site={"count_opens": True}) as opened:
        yield opened


async def count(site: Site) -> int:
    return sum(row[2] for row in (await site.rows())["link_open"])


def counted_links(site: Site) -> list[str]:
    page = site.world.html_to(ADDRESS)[0]
    return [local(link) for link in links_in(page) if "/open/" in link]


async def test_links_of_the_mail_count_and_lead_to_the_paper(counting: Site) -> None:
    links = counted_links(counting)
    assert links
    assert not re.search(r'href="https://arxiv\.org', counting.world.html_to(ADDRESS)[0])
    for link in links:
        assert counting.token not in link
        answer = await counting.client.get(link)
        assert answer.status_code == 302
        assert answer.headers["location"].startswith("https://arxiv.org/abs/2605.")
        assert (await counting.client.head(link)).status_code == 302
    for _ in range(100):
        if await count(counting) == len(links):
            break
        await asyncio.sleep(0.1)
    assert await count(counting) == len(links)
    glance = await read_glance(counting.world.app.context)
    assert glance.opens is not None


async def test_nothing_is_counted_or_led_around_unless_it_is_wanted(site: Site) -> None:
    assert counted_links(site) == []
    answer = await site.client.get("/digest/open/paper/1")
    assert answer.headers["location"].startswith("https://arxiv.org/")
    await asyncio.sleep(EVERY_S + 0.5)
    assert await count(site) == 0
    assert "counted by day" not in (await site.client.get("/digest/privacy")).text


async def test_the_privacy_page_tells_of_it(counting: Site) -> None:
    assert "counted by day" in (await counting.client.get("/digest/privacy")).text


@pytest.mark.parametrize(
    "path",
    [
        "paper/0", "paper/99", "paper/-1", "paper/1.0", "paper/١", "paper/99999999999999999999",
        "elsewhere/1", "paper/https://evil.example", "paper/%00",
    ],
)  # fmt: skip
async def test_it_leads_to_known_papers_and_nowhere_else(lite: Site, path: str) -> None:
    assert (await lite.client.get(f"/digest/open/{path}")).status_code == 404
