"""Tests that the replays speak like the real servers and that their hard cases come about."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import feedparser
import httpx
import pytest

from digest.clocks import SimulatedClock
from tests.clients import plain_client
from tests.replay.arxiv import ArxivReplay
from tests.replay.huggingface import RELISTED, HuggingFaceReplay
from tests.replay.server import ReplayServer


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 5, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(at(5, 12))


@pytest.fixture
async def hf(clock: SimulatedClock) -> AsyncIterator[HuggingFaceReplay]:
    async with HuggingFaceReplay(clock) as server:
        yield server


@pytest.fixture
async def arxiv(clock: SimulatedClock) -> AsyncIterator[ArxivReplay]:
    async with ArxivReplay(clock) as server:
        yield server


def asking(server: ReplayServer) -> httpx.AsyncClient:
    # Without verify=False every client reads the certificate store, which http never needs.
    return plain_client(server.base_url)


async def daily(server: HuggingFaceReplay, day: date) -> dict[str, dict[str, Any]]:
    async with asking(server) as client:
        asked = {"date": day.isoformat(), "limit": "100"}
        answer = await client.get("/api/daily_papers", params=asked)
    answer.raise_for_status()
    return {item["paper"]["id"]: item["paper"] for item in answer.json()}


async def feed(server: ArxivReplay, path: str) -> Any:
    async with asking(server) as client:
        answer = await client.get(path)
    parsed = feedparser.parse(answer.content)
    assert not parsed.bozo
    return parsed


def types(parsed: Any) -> dict[str, str]:
    return {entry.id: entry.arxiv_announce_type for entry in parsed.entries}


async def test_a_paper_is_listed_when_it_was_submitted(
    clock: SimulatedClock, hf: HuggingFaceReplay
) -> None:
    clock.set(at(5, 0, 30))
    assert await daily(hf, date(2026, 5, 5)) == {}
    clock.set(at(5, 2))
    early = await daily(hf, date(2026, 5, 5))
    clock.set(at(5, 12))
    late = await daily(hf, date(2026, 5, 5))
    assert early.keys() < late.keys()
    assert len(late) == 13
    assert hf.revealed_later == late.keys()  # the first answer was empty


async def test_lost_hours_are_spread_over_the_morning_but_shown_as_midnight(
    clock: SimulatedClock, hf: HuggingFaceReplay
) -> None:
    counts = []
    for hour in range(10):
        clock.set(at(18, hour))
        shown = await daily(hf, date(2026, 5, 18))
        counts.append(len(shown))
    assert counts == sorted(counts)
    assert len(set(counts)) >= 5
    assert {paper["submittedOnDailyAt"] for paper in shown.values()} == {"2026-05-18T00:00:00.000Z"}


async def test_votes_grow_for_three_days_to_the_recorded_number(
    clock: SimulatedClock, hf: HuggingFaceReplay
) -> None:
    clock.set(at(5, 12))
    first = (await daily(hf, date(2026, 5, 5)))["2604.27660"]["upvotes"]
    clock.set(at(8, 12))
    last = (await daily(hf, date(2026, 5, 5)))["2604.27660"]["upvotes"]
    assert 0 < first < last == 58
    assert "2604.27660" in hf.votes_grew


async def test_thirty_papers_are_listed_again_six_days_later(
    clock: SimulatedClock, hf: HuggingFaceReplay
) -> None:
    clock.set(datetime(2026, 6, 1, tzinfo=UTC))
    days = [date(2026, 5, 1) + timedelta(days=n) for n in range(31)]
    lists = {day: await daily(hf, day) for day in days}
    again = hf.relisted_ids
    assert len(again) == RELISTED == 30
    for arxiv_id in again:
        first, second = [day for day in days if arxiv_id in lists[day]]
        assert second - first == timedelta(days=6)
        assert lists[second][arxiv_id]["submittedOnDailyAt"] > f"{second}"
    assert len(hf.arxiv_ids) == 631


async def test_weekends_and_days_without_a_recording_are_empty(
    clock: SimulatedClock, hf: HuggingFaceReplay
) -> None:
    clock.set(at(31, 12))
    for day in (2, 3, 26):
        assert await daily(hf, date(2026, 5, day)) == {}
    assert hf.weekend_requests == 2


async def test_an_unchanged_day_is_answered_with_304(
    clock: SimulatedClock, hf: HuggingFaceReplay
) -> None:
    clock.set(at(20, 12))
    async with asking(hf) as client:
        path = "/api/daily_papers?date=2026-05-05"
        held = {"if-none-match": (await client.get(path)).headers["etag"]}
        clock.set(at(20, 13))
        assert (await client.get(path, headers=held)).status_code == 304
    assert hf.not_modified == 1
    assert hf.requests == {"/api/daily_papers": 2}


async def test_a_feed_stands_until_the_next_is_announced(
    clock: SimulatedClock, arxiv: ArxivReplay
) -> None:
    clock.set(at(5, 3, 59))
    monday = types(await feed(arxiv, "/atom/cs.CL"))
    clock.set(at(5, 4))
    tuesday = types(await feed(arxiv, "/atom/cs.CL"))
    assert len(monday) > 50
    assert len(tuesday) > 100
    assert monday != tuesday
    assert len(tuesday) == len(set(tuesday))


async def test_a_paper_is_new_in_its_own_category_and_cross_in_others(
    clock: SimulatedClock, arxiv: ArxivReplay
) -> None:
    clock.set(at(14, 5))
    graphics = types(await feed(arxiv, "/atom/cs.GR"))
    vision = types(await feed(arxiv, "/atom/cs.CV"))
    oai = "oai:arXiv.org:2605.12778v1"
    assert (graphics[oai], vision[oai]) == ("new", "cross")
    assert "2605.12778" in arxiv.cross_listed_ids


async def test_some_papers_of_the_day_before_are_replaced(
    clock: SimulatedClock, arxiv: ArxivReplay
) -> None:
    clock.set(at(12, 5))
    both = types(await feed(arxiv, "/atom/cs.CV+cs.CL+cs.AI"))
    replaced = {oai for oai, kind in both.items() if kind.startswith("replace")}
    assert replaced
    assert all(oai.endswith("v2") for oai in replaced)
    assert {oai[len("oai:arXiv.org:") : -2] for oai in replaced} == arxiv.replaced_ids


async def test_feeds_are_empty_at_weekends_and_after_the_recording(
    clock: SimulatedClock, arxiv: ArxivReplay
) -> None:
    counts = []
    for instant in (at(9, 3), at(9, 5), at(10, 12), at(11, 3), at(11, 5), at(15, 5)):
        clock.set(instant)
        counts.append(len((await feed(arxiv, "/atom/cs.AI")).entries) > 0)
    assert counts == [True, False, False, False, True, False]
    assert arxiv.weekend_requests == 3


async def test_the_api_knows_a_paper_once_it_is_announced(
    clock: SimulatedClock, arxiv: ArxivReplay
) -> None:
    path = "/api/query?id_list=2605.12778,2605.12778v2&max_results=5"
    clock.set(at(14, 3))
    assert (await feed(arxiv, path)).entries == []
    clock.set(at(14, 4))
    [entry] = (await feed(arxiv, path)).entries
    assert entry.arxiv_primary_category["term"] == "cs.GR"
    assert entry.authors[0].name == "Shiyu Fan"


async def test_the_api_finds_a_category_within_dates(
    clock: SimulatedClock, arxiv: ArxivReplay
) -> None:
    clock.set(at(14, 12))
    dates = "submittedDate:[202605121800+TO+202605131800]"
    parsed = await feed(
        arxiv, f"/api/query?search_query=cat:cs.GR+AND+{dates}&max_results=3&sortBy=submittedDate"
    )
    stamps = [entry.published for entry in parsed.entries]
    assert len(stamps) == 3
    assert stamps == sorted(stamps, reverse=True)
    assert int(parsed.feed.opensearch_totalresults) > 3


async def test_a_bad_id_is_answered_with_an_error_entry(arxiv: ArxivReplay) -> None:
    parsed = await feed(arxiv, "/api/query?id_list=abc")
    assert [(e.title, e.summary) for e in parsed.entries] == [
        ("Error", "incorrect id format for abc")
    ]


async def test_a_standing_feed_is_answered_with_304(
    clock: SimulatedClock, arxiv: ArxivReplay
) -> None:
    async with asking(arxiv) as client:
        held = {"if-none-match": (await client.get("/atom/cs.CV")).headers["etag"]}
        clock.set(at(6, 3))
        assert (await client.get("/atom/cs.CV", headers=held)).status_code == 304
        clock.set(at(6, 5))
        assert (await client.get("/atom/cs.CV", headers=held)).status_code == 200
    assert arxiv.not_modified == 1
