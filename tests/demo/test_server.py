"""Tests of the sample feeds over HTTP: what they list when, and how they answer."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import feedparser
import httpx
import pytest

from digest.clocks import SimulatedClock
from digest.demo.server import SampleFeeds
from tests.clients import plain_client

DAY = {"date": "2026-05-04", "limit": "100"}


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 5, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(at(4, 9))


@pytest.fixture
async def client(clock: SimulatedClock) -> AsyncIterator[httpx.AsyncClient]:
    async with SampleFeeds(clock) as feeds, plain_client(feeds.base_url) as client:
        yield client


async def daily(client: httpx.AsyncClient, **parameters: str) -> list[dict[str, Any]]:
    answer = await client.get("/api/daily_papers", params=DAY | parameters)
    answer.raise_for_status()
    found: list[dict[str, Any]] = answer.json()
    return found


async def announced(client: httpx.AsyncClient, category: str) -> dict[str, str]:
    """Return id without version -> announce type."""
    feed = feedparser.parse((await client.get(f"/atom/{category}")).content)
    assert not feed.bozo
    return {entry.link.rpartition("/")[2]: entry.arxiv_announce_type for entry in feed.entries}


async def test_the_daily_list_shows_a_paper_once_it_has_been_submitted(
    clock: SimulatedClock, client: httpx.AsyncClient
) -> None:
    clock.set(at(4, 0, 30))
    assert await daily(client) == []
    clock.set(at(4, 2, 0))
    assert {item["paper"]["id"] for item in await daily(client)} == {"2605.90101", "2605.90106"}
    clock.set(at(4, 9))
    assert len(await daily(client)) == 9


async def test_votes_and_stars_grow_from_day_to_day(
    clock: SimulatedClock, client: httpx.AsyncClient
) -> None:
    shown = []
    for day in (4, 5, 6, 8):
        clock.set(at(day, 9))
        [paper] = [i["paper"] for i in await daily(client) if i["paper"]["id"] == "2605.90101"]
        shown.append((paper["upvotes"], paper["githubStars"]))
    assert shown == sorted(set(shown))
    assert shown[-1] == (92, 418)


async def test_a_paper_that_comes_back_is_in_both_lists(
    clock: SimulatedClock, client: httpx.AsyncClient
) -> None:
    clock.set(at(6, 12))
    first = {item["paper"]["id"]: item["paper"] for item in await daily(client)}
    again = {item["paper"]["id"]: item["paper"] for item in await daily(client, date="2026-05-06")}
    assert len(first.keys() & again.keys()) == 3
    assert again["2605.90103"]["submittedOnDailyAt"] == "2026-05-06T01:30:00.000Z"


async def test_pages_cut_the_daily_list(client: httpx.AsyncClient) -> None:
    pages = [await daily(client, limit="4", p=str(page)) for page in range(4)]
    assert [len(page) for page in pages] == [4, 4, 1, 0]
    assert [item for page in pages for item in page] == await daily(client)


@pytest.mark.parametrize(
    "odd", [{"date": "yesterday"}, {"limit": "0"}, {"limit": "101"}, {"p": "-1"}, {"p": "²"}]
)
async def test_odd_parameters_are_refused(client: httpx.AsyncClient, odd: dict[str, str]) -> None:
    answer = await client.get("/api/daily_papers", params=DAY | odd)
    assert answer.status_code == 400


async def test_feeds_announce_at_four_and_tell_new_from_cross_listed(
    clock: SimulatedClock, client: httpx.AsyncClient
) -> None:
    clock.set(at(4, 3, 59))
    assert await announced(client, "cs.LG") == {}
    clock.set(at(4, 4))
    learning = await announced(client, "cs.LG")
    assert (learning["2605.90101"], learning["2605.90108"]) == ("new", "cross")
    assert (await announced(client, "cs.CL"))["2605.90101"] == "cross"


async def test_a_replacement_is_marked_as_one(
    clock: SimulatedClock, client: httpx.AsyncClient
) -> None:
    clock.set(at(5, 5))
    assert (await announced(client, "cs.LG"))["2511.90447"] == "replace"


async def test_the_two_sources_overlap_in_what_they_serve(
    clock: SimulatedClock, client: httpx.AsyncClient
) -> None:
    listed: set[str] = set()
    feeds: set[str] = set()
    for day in (4, 5, 6):
        clock.set(at(day, 12))
        listed |= {i["paper"]["id"] for i in await daily(client, date=f"2026-05-0{day}")}
        for category in ("cs.LG", "cs.CL", "cs.CV"):
            feeds |= (await announced(client, category)).keys()
    assert len(listed & feeds) >= 15
    assert len(listed | feeds) >= 60


async def test_the_api_answers_for_ids_and_categories(
    clock: SimulatedClock, client: httpx.AsyncClient
) -> None:
    clock.set(at(6, 12))
    asked = {"id_list": "2605.90101,2605.90108v1,2605.99999", "max_results": "9"}
    feed = feedparser.parse((await client.get("/api/query", params=asked)).content)
    assert [entry.id for entry in feed.entries] == [
        "http://arxiv.org/abs/2605.90101v1",
        "http://arxiv.org/abs/2605.90108v1",
    ]
    assert [tag.term for tag in feed.entries[0].tags] == ["cs.LG", "cs.CL"]
    robots = await client.get("/api/query", params={"search_query": "cat:cs.RO"})
    assert feedparser.parse(robots.content).feed.opensearch_totalresults == "5"


async def test_the_blog_posts_as_the_days_go(
    clock: SimulatedClock, client: httpx.AsyncClient
) -> None:
    counts = []
    for instant in (at(4, 9), at(4, 11), at(5, 11), at(6, 11)):
        clock.set(instant)
        feed = feedparser.parse((await client.get("/blog/feed.xml")).content)
        counts.append(len(feed.entries))
    assert counts == [0, 1, 2, 3]
    assert "arxiv" not in (await client.get("/blog/feed.xml")).text.lower()


@pytest.mark.parametrize(
    "path",
    ["/api/daily_papers?date=2026-05-04", "/atom/cs.LG", "/api/query?search_query=cat:cs.CV"],
)
async def test_an_unchanged_body_is_not_sent_twice(
    clock: SimulatedClock, client: httpx.AsyncClient, path: str
) -> None:
    first = await client.get(path)
    held = {"if-none-match": first.headers["etag"]}
    again = await client.get(path, headers=held)
    assert (again.status_code, again.content) == (304, b"")
    clock.set(at(5, 9))
    assert (await client.get(path, headers=held)).status_code == 200
