"""Sources: reachable or not, fresh or not, turned off; each asked once and conditionally."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from digest.services.doctor.examine import examine, group_of
from digest.services.doctor.instruments import Instruments
from digest.services.source_changes import add_source, pause_source
from digest.store import feeds
from digest.store.feeds import FeedState, SourceState
from digest.store.operator_sources import OperatorSource, save_operator_source
from tests.feeds.web_server import WebServer, answer, web_server
from tests.services.doctor.clinic import clinic, line

NAME = "source/Blog"


def blog(site: WebServer, **more: Any) -> dict[str, Any]:
    told = {"name": "Blog", "kind": "feed", "url": site.url("/feed"), "allow_private": True}
    return told | more


async def remember(one: Instruments, state: str) -> None:
    async with one.context.database.write() as connection:
        now = datetime.now(UTC)
        await feeds.save_source(connection, SourceState("Blog", state, "its reason", now))


@pytest.mark.parametrize(
    ("state", "level"), [("fresh", "green"), ("stale", "yellow"), ("broken", "red")]
)
async def test_a_source_that_answers_is_judged_by_what_came_of_late(
    tmp_path: Path, state: str, level: str
) -> None:
    async with web_server() as site:
        site.pages["/feed"] = answer(b"<rss/>")
        async with clinic(tmp_path, sources=[blog(site)]) as one:
            assert "nothing was collected yet" in (await line(one, NAME)).found
            await remember(one, state)
            found = await line(one, NAME)
    assert (found.level, "its reason" in found.found) == (level, True)


@pytest.mark.parametrize(
    ("status", "level", "remedy"),
    [("404 Not Found", "red", "[[sources]]"), ("410 Gone", "red", "new address"),
     ("429 Too Many Requests", "yellow", "less often")],
)  # fmt: skip
async def test_a_source_that_refuses_is_told_with_what_to_do(
    tmp_path: Path, status: str, level: str, remedy: str
) -> None:
    async with web_server() as site:
        site.pages["/feed"] = answer(status=status)
        async with clinic(tmp_path, sources=[blog(site)]) as one:
            found = await line(one, NAME)
    assert (found.level, remedy in found.remedy) == (level, True)


async def test_addresses_nobody_answers_at_or_may_be_asked_are_red(tmp_path: Path) -> None:
    async with web_server() as site:
        gone = blog(site, url="http://127.0.0.1:9/feed")
        private = blog(site, name="Own", allow_private=False)
        off = blog(site, name="Off", enabled=False)
        async with clinic(tmp_path, sources=[gone, private, off]) as one:
            lines = {one.name: one for one in await examine(one, ["source"])}
    assert [one.level for one in lines.values()] == ["red", "red", "skipped"]
    assert "allow_private" in lines["source/Own"].remedy
    assert site.asked == []


async def test_a_source_is_asked_once_and_for_news_alone(tmp_path: Path) -> None:
    async with web_server() as site:
        site.pages["/feed"] = answer(status="304 Not Modified")
        async with clinic(tmp_path, sources=[blog(site)]) as one:
            async with one.context.database.write() as connection:
                url, now = site.url("/feed"), datetime.now(UTC)
                state = FeedState("Blog", "feed", url, now, etag='"7"')
                for key in ("feed", url):
                    await feeds.save_feed(connection, replace(state, key=key))
            found = await examine(one, ["source", "clock"])
    assert [one.level for one in found][1] == "green"
    assert [asked.headers.get("if-none-match") for asked in site.asked] == ['"7"']


async def test_a_paused_source_is_not_asked_and_is_well(tmp_path: Path) -> None:
    async with web_server() as site, clinic(tmp_path, sources=[blog(site)]) as one:
        await remember(one, "broken")
        await pause_source(one.context, "ada", "Blog")
        found = await line(one, NAME)
    assert (found.level, "paused by the operator since" in found.found) == ("green", True)
    assert site.asked == []


async def test_an_added_source_has_a_line_that_can_be_chosen(tmp_path: Path) -> None:
    async with clinic(tmp_path) as one:
        table = {"name": "Lab", "kind": "feed", "url": "http://127.0.0.1:9/feed"}
        await add_source(one.context, "ada", table)
        [found] = await examine(one, ["source/Lab"])
        assert (found.level, "address refused" in found.found) == ("red", True)
        assert group_of(found.name, one.context.settings) == "sources"
        async with one.context.database.write() as connection:
            bad = OperatorSource(
                "Lab", {"kind": "gopher"}, paused=False, updated_at=datetime.now(UTC)
            )
            await save_operator_source(connection, bad)
        [broken] = await examine(one, ["source/Lab"])
        assert (broken.level, "must be one of" in broken.found) == ("red", True)
        assert "sources remove" in broken.remedy


async def test_without_a_database_the_settings_tell_the_sources(tmp_path: Path) -> None:
    async with web_server() as site:
        site.pages["/feed"] = answer(b"<rss/>")
        async with clinic(tmp_path, sources=[blog(site)], prepared=False) as one:
            [found] = await examine(one, [NAME])
    assert (found.level, (tmp_path / "digest.sqlite3").exists()) == ("green", False)
