"""Sources of the settings and added ones: one list, read anew, by which every run goes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from digest.services.audit import list_audit
from digest.services.collect import collect_due
from digest.services.source_changes import (
    SourceError,
    add_source,
    get_source,
    pause_source,
    remove_source,
    resume_source,
)
from digest.services.source_trial import try_source
from digest.services.sources import (
    Origin,
    SourceLine,
    asked,
    list_source_lines,
    list_sources_in_use,
)
from digest.services.status import read_status
from digest.settings.feeds import FeedSource
from digest.store import operator_sources
from digest.store.feeds import list_feeds, list_sources
from digest.store.operator_sources import OperatorSource
from tests.feeds.web_server import answer, web_server
from tests.services.feed_bodies import atom, feed, post
from tests.world import World, open_world

WHO = "cli:ada"
BLOG = {"name": "Blog", "kind": "feed", "url": "https://blog.example/feed.xml"}


@asynccontextmanager
async def opened(folder: Path, url: str, *sources: dict[str, Any]) -> AsyncIterator[World]:
    async with open_world(folder, url, sources=list(sources)) as world:
        yield world


async def collect(world: World, **later: float) -> list[str]:
    """Collect what is due; return the names of the sources that were asked."""
    world.clock.set(world.now + timedelta(**later))
    reports = await collect_due(world.app.context, world.app.ingestor, world.now)
    return [report.source for report in reports]


async def line(world: World, name: str) -> SourceLine:
    [found] = [one for one in await list_source_lines(world.app.context) if one.name == name]
    return found


async def names(world: World) -> list[str]:
    return [one.name for one in asked(await list_sources_in_use(world.app.context))]


async def put(world: World, name: str, settings: dict[str, Any] | None, *, paused: bool) -> None:
    """Write a row as no service would."""
    async with world.app.database.write() as connection:
        row = OperatorSource(name, settings, paused, world.now)
        await operator_sources.save_operator_source(connection, row)


async def test_an_added_source_is_listed_audited_and_removed_without_a_trace(both: World) -> None:
    context = both.app.context
    added = await add_source(context, WHO, BLOG)
    assert added == FeedSource(name="Blog", kind="feed", url=BLOG["url"])
    assert await names(both) == ["Blog"]
    shown = await line(both, "Blog")
    assert (shown.origin, shown.kind, shown.asks) == (Origin.ADDED, "feed", BLOG["url"])
    assert shown.state == "not asked yet"
    await remove_source(context, WHO, "Blog")
    assert await names(both) == []
    told = [(one.actor, one.action, one.object) for one in await list_audit(context)]
    assert told == [(WHO, "source.remove", "source/Blog"), (WHO, "source.add", "source/Blog")]
    assert (await list_audit(context))[0].detail == BLOG


async def test_what_cannot_be_added_or_changed_is_refused_and_leaves_no_line(both: World) -> None:
    context = both.app.context
    await add_source(context, WHO, BLOG)
    before = await list_audit(context)
    for table, words in (
        (BLOG | {"name": "bLOG"}, "a source 'Blog' is added already"),
        (BLOG | {"name": "hugging FACE"}, "'Hugging Face' is in the settings"),
        (BLOG | {"name": "B", "url": "https://x.example/?token=1"}, "no place for secrets"),
        (BLOG | {"name": "B", "allow_private": True}, "the settings alone"),
        ({"name": "B"}, "kind: is missing"),
    ):
        with pytest.raises(SourceError, match=words):
            await add_source(context, WHO, table)
    with pytest.raises(SourceError, match="in the settings: take it out there"):
        await remove_source(context, WHO, "Hugging Face")
    for change in (remove_source, pause_source, resume_source):
        with pytest.raises(SourceError, match="there is no source 'Nobody'"):
            await change(context, WHO, "Nobody")
    assert await list_audit(context) == before


async def test_a_pause_holds_for_either_kind_and_is_told_once(both: World) -> None:
    context = both.app.context
    await add_source(context, WHO, BLOG)
    began = both.now
    for name in ("Hugging Face", "Blog"):
        assert await pause_source(context, WHO, name)
        both.clock.set(both.now + timedelta(hours=1))
        assert not await pause_source(context, WHO, name)
        assert (await line(both, name)).state == "paused"
    assert (await line(both, "Hugging Face")).since == began
    assert await names(both) == []
    for name in ("Hugging Face", "Blog"):
        assert await resume_source(context, WHO, name)
        assert not await resume_source(context, WHO, name)
    assert await names(both) == ["Blog"]  # the other one is turned off in the settings
    assert (await line(both, "Hugging Face")).state == "off"
    assert [one.action for one in await list_audit(context)] == [
        *["source.resume"] * 2,
        *["source.pause"] * 2,
        "source.add",
    ]


async def test_the_settings_win_over_an_added_source_of_the_name(both: World) -> None:
    context = both.app.context
    await put(both, "Hugging Face", BLOG, paused=True)
    one = await get_source(context, "Hugging Face")
    assert (one.origin, one.settings) == (Origin.SETTINGS, context.settings.sources[0])
    assert one.paused_since == both.now
    await remove_source(context, WHO, "Hugging Face")  # the hidden one goes, the pause stays
    assert (await get_source(context, "Hugging Face")).paused_since is not None
    with pytest.raises(SourceError, match="in the settings"):
        await remove_source(context, WHO, "Hugging Face")


async def test_a_row_that_may_not_be_is_shown_as_broken_and_never_asked(both: World) -> None:
    private = BLOG | {"name": "Inside", "url": "http://127.0.0.1/", "allow_private": True}
    await put(both, "Inside", private, paused=False)
    await put(both, "Odd", {"kind": "gopher"}, paused=False)
    assert await names(both) == []
    assert await collect(both) == []
    for name, words in (("Inside", "the settings alone"), ("Odd", "must be one of")):
        shown = await line(both, name)
        assert (shown.state, words in shown.reason) == ("broken", True)
    states = {one.name: one.state for one in (await read_status(both.app.context)).sources}
    assert states == {"Hugging Face": "off", "Inside": "broken", "Odd": "broken"}
    await remove_source(both.app.context, WHO, "Odd")
    assert [one.name for one in await list_sources_in_use(both.app.context)] == [
        "Hugging Face",
        "Inside",
    ]


async def test_a_paused_source_is_not_asked_nor_stale_and_goes_on_when_resumed(
    tmp_path: Path, database_url: str
) -> None:
    async with web_server() as site:
        table = feed(site, "lab")
        async with opened(tmp_path, database_url, table) as world:
            context = world.app.context
            site.pages["/lab"] = answer(b"oh", status="500 Oh")
            assert await collect(world) == ["lab"]
            assert (await line(world, "lab")).state == "broken"
            await pause_source(context, WHO, "lab")
            assert await collect(world, days=2) == []
            [state] = (await read_status(context)).sources
            assert (state.state, state.reason) == ("paused", "paused by the operator")
            assert (await line(world, "lab")).next_poll_at is None
            site.pages["/lab"] = answer(atom(post(1)))
            await resume_source(context, WHO, "lab")
            assert await collect(world, minutes=1) == ["lab"]
            assert (await line(world, "lab")).state == "fresh"


async def test_an_added_source_is_asked_at_the_next_run_behind_the_guard(
    tmp_path: Path, database_url: str
) -> None:
    async with web_server() as site, opened(tmp_path, database_url) as world:
        site.pages["/lab"] = answer(atom(post(1)))
        table = {"name": "lab", "kind": "feed", "url": site.url("/lab")}
        await add_source(world.app.context, WHO, table)
        assert await collect(world) == ["lab"]
        shown = await line(world, "lab")
        assert (shown.state, "address refused" in shown.reason) == ("broken", True)
        assert site.asked == []
        await remove_source(world.app.context, WHO, "lab")
        async with world.app.database.read() as connection:
            assert await list_sources(connection) == {}
            assert await list_feeds(connection) == {}
        assert (await read_status(world.app.context)).sources == ()


async def test_a_trial_tells_what_a_source_lists_and_keeps_nothing(
    tmp_path: Path, database_url: str
) -> None:
    async with web_server() as site, opened(tmp_path, database_url, feed(site, "lab")) as world:
        site.pages["/lab"] = answer(
            atom(*(post(n) for n in range(1, 8))), Content_Type="application/atom+xml"
        )
        [source] = world.app.context.settings.sources
        tried = await try_source(world.app.context, source)
        [one] = tried.feeds
        assert (tried.works, one.status, one.entries) == (True, 200, 7)
        assert (one.titles, one.content_type) == (
            tuple(f"Post {n}" for n in range(1, 6)),
            "application/atom+xml",
        )
        assert one.newest is not None
        async with world.app.database.read() as connection:
            assert await list_feeds(connection) == {}
        assert world.listed == 0
        assert await list_audit(world.app.context) == []


async def test_a_trial_says_why_a_source_cannot_be_read(tmp_path: Path, database_url: str) -> None:
    async with web_server() as site, opened(tmp_path, database_url, feed(site, "lab")) as world:
        context = world.app.context
        [source] = context.settings.sources
        site.pages["/lab"] = answer(b"<html><p>a page</p></html>", Content_Type="text/html")
        [page] = (await try_source(context, source)).feeds
        assert (page.status, bool(page.failure)) == (200, True)
        assert "leads to a feed" in page.remedy
        site.pages["/lab"] = answer(status="404 Not Found")
        [missing] = (await try_source(context, source)).feeds
        assert (missing.status, "HTTP 404" in missing.failure) == (404, True)
        closed = FeedSource(name="in", kind="feed", url=site.url("/lab"))
        tried = await try_source(context, closed)
        assert (tried.works, tried.feeds[0].status) == (False, None)
        assert "address refused" in tried.feeds[0].failure
        assert "allow_private" in tried.feeds[0].remedy
        site.pages["/lab"] = answer(status="304 Not Modified")
        assert "304" in (await try_source(context, source)).feeds[0].failure


async def test_a_trial_ends_in_time(tmp_path: Path, database_url: str) -> None:
    async with web_server() as site, opened(tmp_path, database_url, feed(site, "lab")) as world:
        site.blurts = b""
        [source] = world.app.context.settings.sources
        [one] = (await try_source(world.app.context, source, patience_s=0.2)).feeds
        assert "within 0.2 s" in one.failure
