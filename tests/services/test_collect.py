"""Collect against local servers: politeness, patience, and no source's trouble for another."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from digest.domain.papers import Entry
from digest.feeds.http import HttpFetcher
from digest.services.collect import collect_due
from digest.services.fetching import FeedReport, polls_of
from digest.store import feeds, papers, signals
from digest.store.feeds import FeedState, SourceState
from tests.feeds.web_server import Asked, answer, web_server
from tests.services.feed_bodies import WithApi, atom, daily, feed, listing, post, result
from tests.world import World, open_world

MONDAY = datetime(2026, 5, 4, 12, tzinfo=UTC)


@asynccontextmanager
async def opened(folder: Path, *sources: dict[str, Any]) -> AsyncIterator[World]:
    url = f"sqlite+aiosqlite:///{folder}/digest.sqlite3"
    async with open_world(folder, url, MONDAY, sources=list(sources)) as world:
        yield world


async def collect(world: World, **later: float) -> list[FeedReport]:
    world.clock.set(world.now + timedelta(**later))
    return await collect_due(world.app.context, world.app.ingestor, world.now)


async def state(world: World, source: str, key: str = "feed") -> FeedState:
    async with world.app.database.read() as connection:
        return (await feeds.list_feeds(connection))[source, key]


async def health(world: World) -> dict[str, SourceState]:
    async with world.app.database.read() as connection:
        return await feeds.list_sources(connection)


async def titles(world: World) -> set[str]:
    async with world.app.database.read() as connection:
        return {
            p.title for p in await papers.list_since(connection, datetime(2000, 1, 1, tzinfo=UTC))
        }


async def test_a_feed_is_asked_with_what_it_said_and_304_is_an_answer(tmp_path: Path) -> None:
    async with web_server() as site, opened(tmp_path, feed(site, "blog")) as world:
        site.pages["/blog"] = answer(atom(post(1)), ETag='"one"')
        [first] = await collect(world)
        assert (first.new, first.failed) == (1, False)
        assert await collect(world, minutes=1) == []
        site.pages["/blog"] = answer(status="304 Not Modified")
        [second] = await collect(world, hours=2)
        assert (second.result, second.new, second.failed) == ("not modified", 0, False)
        assert [a.headers.get("if-none-match") for a in site.asked] == [None, '"one"']
        assert (await state(world, "blog")).etag == '"one"'
        assert (await health(world))["blog"].state == "fresh"


async def test_a_source_that_hangs_or_fails_holds_up_no_other(tmp_path: Path) -> None:
    async def hang(asked: Asked) -> bytes:
        await asyncio.sleep(3600)
        return b""

    async with web_server() as site:
        names = ("hangs", "fails", "works")
        async with opened(tmp_path, *(feed(site, name) for name in names)) as world:
            site.pages |= {"/hangs": hang, "/works": answer(atom(post(1)))}
            site.pages["/fails"] = answer(b"oh", status="500 Oh")
            fetcher = HttpFetcher(timeout_s=0.3)
            context = replace(world.app.context, fetcher=fetcher)
            reports = await collect_due(context, world.app.ingestor, world.now)
            await fetcher.aclose()
            assert [(r.source, r.failed) for r in reports] == [
                ("hangs", True), ("fails", True), ("works", False),
            ]  # fmt: skip
            assert {n: s.state for n, s in (await health(world)).items()} == {
                "hangs": "broken", "fails": "broken", "works": "fresh",
            }  # fmt: skip
            assert "timed out" in (await health(world))["hangs"].reason
            assert await titles(world) == {"Post 1"}


async def test_a_source_that_fails_is_asked_less_and_less_and_recovers(tmp_path: Path) -> None:
    async with web_server() as site, opened(tmp_path, feed(site, "blog")) as world:
        site.pages["/blog"] = answer(b"oh", status="500 Oh")
        waits = []
        for _ in range(4):
            await collect(world)
            waits.append((await state(world, "blog")).next_poll_at - world.now)
            world.clock.set(world.now + waits[-1])
        assert waits == sorted(waits)
        assert waits[-1] > 4 * waits[0]
        broken = (await health(world))["blog"]
        assert broken.state == "broken"
        assert "4 fetches failed" in broken.reason
        site.pages["/blog"] = answer(atom(post(1)))
        await collect(world)
        assert (await state(world, "blog")).failures == 0
        assert (await health(world))["blog"].state == "fresh"


async def test_a_wish_to_be_left_alone_is_granted(tmp_path: Path) -> None:
    async with web_server() as site, opened(tmp_path, feed(site, "blog")) as world:
        site.pages["/blog"] = answer(status="429 Too Many Requests", Retry_After="172800")
        await collect(world)
        assert await collect(world, hours=47) == []


async def test_a_feed_that_is_gone_is_never_asked_again(tmp_path: Path) -> None:
    async with web_server() as site, opened(tmp_path, feed(site, "blog"), feed(site, "b")) as world:
        site.pages |= {"/blog": answer(status="410 Gone"), "/b": answer(atom(post(1)))}
        await collect(world)
        for _ in range(3):
            await collect(world, days=40)
        assert [a.path for a in site.asked].count("/blog") == 1
        assert (await health(world))["blog"].state == "broken"
        assert "410" in (await health(world))["blog"].reason


async def test_a_body_that_nobody_can_read_is_a_failure_with_its_reason(tmp_path: Path) -> None:
    async with web_server() as site, opened(tmp_path, feed(site, "blog")) as world:
        site.pages["/blog"] = answer(b"<html><body>Log in</body></html>", Content_Type="text/html")
        [report] = await collect(world)
        assert report.failed
        assert (await state(world, "blog")).failures == 1


async def test_days_without_announcements_are_filled_from_the_api(tmp_path: Path) -> None:
    async with web_server() as site, opened(tmp_path, listing(site, "arxiv")) as world:
        site.pages["/atom/cs.LG"] = answer(atom())
        await collect(world)
        queries: list[str] = []
        site.pages = WithApi(site.pages, queries, [answer(b"", status="503 Busy")])
        await collect(world, hours=29)
        assert queries == []
        await collect(world, hours=31)
        assert len(queries) == 1  # it was busy: the gap stays one
        site.pages.answers[:] = [answer(atom(result("2605.00009", "Missed paper")))]
        await collect(world, hours=3)
        assert "cat:cs.LG" in queries[-1]
        assert "20260504" in queries[-1]
        assert await titles(world) == {"Missed paper"}
        count = len(queries)
        await collect(world, hours=3)
        assert len(queries) == count


async def test_a_trending_paper_gets_its_categories_from_the_archive_once(tmp_path: Path) -> None:
    async with web_server() as site:
        sources = listing(site, "huggingface"), listing(site, "arxiv")
        async with opened(tmp_path, *sources) as world:
            queries: list[str] = []
            today = "/api/daily_papers?date=2026-05-04&limit=100"
            site.pages = WithApi(
                {today: answer(json.dumps([daily("2605.00001", 9)]).encode())},
                queries, [answer(atom(result("2605.00001", "Paper")))],
            )  # fmt: skip
            await collect(world)
            await collect(world, hours=3)
            assert [q for q in queries if "id_list" in q] == [
                "/api/query?id_list=2605.00001&max_results=1"
            ]
            async with world.app.database.read() as connection:
                [found] = await papers.list_eligible(connection, world.now)
                mentioned = await signals.list_mentions_of(connection, found.id)
            assert found.categories == ("cs.LG",)
            assert [m.source for m in mentioned] == ["huggingface"]


async def test_the_last_three_listing_days_are_asked_again_and_votes_kept_when_they_changed(
    tmp_path: Path,
) -> None:
    async with web_server() as site, opened(tmp_path, listing(site, "huggingface")) as world:
        days = ["2026-04-30", "2026-05-01", "2026-05-04"]
        paths = [f"/api/daily_papers?date={day}&limit=100" for day in days]
        site.pages |= dict.fromkeys(paths, answer(b"[]"))
        for votes in (9, 9, 12):
            site.pages[paths[2]] = answer(json.dumps([daily("2605.00001", votes)]).encode())
            await collect(world, hours=2)
        assert [a.path for a in site.asked] == paths * 3
        async with world.app.database.read() as connection:
            [found] = await papers.list_eligible(connection, world.now)
            kept = await signals.list_signals_of(connection, found.id)
        assert [s.value for s in kept] == [9, 12]


async def test_requests_to_one_source_keep_their_distance_by_the_clock(tmp_path: Path) -> None:
    async with web_server() as site:
        polite = listing(site, "huggingface", request_interval_s=3)
        async with opened(tmp_path, polite) as world:
            slept: list[float] = []

            class Noting(type(world.clock)):  # type: ignore[misc]  # the same clock, listening
                async def sleep(self, seconds: float) -> None:
                    slept.append(seconds)

            clock = Noting(world.now)
            context = replace(world.app.context, clock=clock)
            await collect_due(context, world.app.ingestor, clock.now())
            assert slept == [3, 3]


async def test_a_blogs_copy_of_a_paper_is_merged_and_the_reason_kept(tmp_path: Path) -> None:
    title = "Sparse Routing of Experts in Very Deep Language Models"
    text = " ".join(f"word{n} of the long abstract" for n in range(30))
    async with web_server() as site, opened(tmp_path, feed(site, "blog")) as world:
        listed = Entry("HF", "1", title, "https://arxiv.org/abs/2605.00001", text,
                       ("Ann Smith", "Bob Jones"), "2605.00001")  # fmt: skip
        [paper] = await world.ingest([listed])
        by = "<author><name>Ann Smith</name></author><author><name>Bob Jones</name></author>"
        copy = post(5, title, text).replace("<summary>", f"{by}<summary>")
        site.pages["/blog"] = answer(atom(copy))
        await collect(world)
        async with world.app.database.read() as connection:
            [merge] = await papers.list_merges(connection, paper)
            mentioned = await signals.list_mentions_of(connection, paper)
        assert merge["other"] == "blog urn:5"
        assert merge["reason"]
        assert {m.source for m in mentioned} == {"HF", "blog"}


async def test_what_cannot_be_stored_is_a_failed_poll_that_backs_off(tmp_path: Path) -> None:
    async with web_server() as site, opened(tmp_path, feed(site, "blog")) as world:
        site.pages["/blog"] = answer(atom(post(1)))
        async with world.app.database.write() as connection:
            await connection.exec_driver_sql("DROP TABLE merge")
            await connection.exec_driver_sql("ALTER TABLE mention RENAME TO gone")
        [report] = await collect(world)
        assert report.failed
        assert (await state(world, "blog")).next_poll_at > world.now
        async with world.app.database.write() as connection:
            await connection.exec_driver_sql("ALTER TABLE gone RENAME TO mention")
        [report] = await collect(world, hours=12)
        assert (report.new, report.failed) == (1, False)


async def test_a_token_goes_to_its_own_source_alone_also_where_that_has_moved(
    tmp_path: Path,
) -> None:
    async with web_server() as site, web_server() as other:
        source = listing(site, "huggingface", token="hf_secret")
        async with opened(tmp_path, source, feed(site, "blog")) as world:
            [*lists] = polls_of(world.app.context.settings.sources[0], world.now)
            paths = [poll.url.removeprefix(site.url("")) for poll in lists]
            for path in paths:
                site.pages[path] = answer(status="301 Moved", Location=other.url(path))
                other.pages[path] = answer(b"[]")
            site.pages["/blog"] = answer(atom(post(1)))
            await collect(world)
            told = {asked.path: asked.headers.get("authorization") for asked in site.asked}
            assert told == dict.fromkeys(paths, "Bearer hf_secret") | {"/blog": None}
            for path in paths:
                other.pages[path] = answer(status="401 Unauthorized")
            await collect(world, hours=2)  # asked at their new address from now on
            assert len(other.asked) == 2 * len(paths)
            assert all("authorization" not in asked.headers for asked in other.asked)
            assert (await state(world, "huggingface", lists[0].key)).last_failure == (
                "unexpected status: HTTP 401"
            )


async def test_a_token_that_is_refused_is_told_and_never_shown(tmp_path: Path) -> None:
    async with web_server() as site:
        source = listing(site, "huggingface", token="hf_secret")
        async with opened(tmp_path, source) as world:
            first = polls_of(world.app.context.settings.sources[0], world.now)[0]
            site.pages[first.url.removeprefix(site.url(""))] = answer(status="403 Forbidden")
            await collect(world)
            told = (await state(world, "huggingface", first.key)).last_failure
            assert told == "unexpected status: HTTP 403: the token is refused: renew or remove it"
