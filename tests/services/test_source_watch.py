"""A source that goes stale or breaks is an alarm, over when it is well or not asked any more."""

from datetime import timedelta
from pathlib import Path

from digest.feeds.health import Health
from digest.services.alarms import list_alarms
from digest.services.collect import collect_due
from digest.services.source_changes import add_source, pause_source
from digest.services.source_watch import forget_absent, tell_of_source
from tests.feeds.web_server import answer, web_server
from tests.services.feed_bodies import atom, feed, post
from tests.world import World, open_world


async def open_keys(world: World) -> list[str]:
    """Return the keys of the open alarms."""
    return [one.key for one in await list_alarms(world.app.context) if one.cleared_at is None]


async def collect(world: World, **later: float) -> None:
    """Ask whatever is due some time later."""
    world.clock.set(world.now + timedelta(**later))
    await collect_due(world.app.context, world.app.ingestor, world.now)


async def test_a_source_that_breaks_is_an_alarm_until_it_answers(
    tmp_path: Path, database_url: str
) -> None:
    async with web_server() as site:
        sources = [feed(site, "blog"), feed(site, "other")]
        async with open_world(tmp_path, database_url, sources=sources) as world:
            for name in ("blog", "other"):
                site.pages[f"/{name}"] = answer(atom(post(1)))
            await collect(world)
            assert await open_keys(world) == []
            site.pages["/blog"] = answer(status="500 Oh no")
            for _ in range(3):
                await collect(world, days=1)
            assert await open_keys(world) == ["source/blog"]
            [alarm] = await list_alarms(world.app.context)
            assert alarm.text.startswith("broken: the last 3 fetches failed since ")
            assert "HTTP 500" in alarm.text
            site.pages["/blog"] = answer(atom(post(1), post(2)))
            await collect(world, days=2)
            assert await open_keys(world) == []


async def test_stale_is_an_alarm_and_quiet_is_none(both: World) -> None:
    context = both.app.context
    for health, raised in (
        (Health.STALE, True),
        (Health.QUIET, False),
        (Health.BROKEN, True),
        (Health.FRESH, False),
    ):
        await tell_of_source(context, "arXiv", health, "a reason")
        assert await open_keys(both) == (["source/arXiv"] if raised else [])


async def test_a_source_that_an_operator_added_is_asked_until_it_is_paused(both: World) -> None:
    context = both.app.context
    table = {"name": "added", "kind": "feed", "url": "https://added.example/feed"}
    await add_source(context, "ada", table)
    await tell_of_source(context, "added", Health.BROKEN, "a reason")
    await forget_absent(context)
    assert await open_keys(both) == ["source/added"]
    await pause_source(context, "ada", "added")
    await forget_absent(context)
    assert await open_keys(both) == []


async def test_a_source_that_was_taken_out_leaves_no_alarm(
    tmp_path: Path, database_url: str
) -> None:
    named = {"name": "blog", "kind": "feed", "url": "https://blog.example/feed"}
    async with open_world(tmp_path, database_url, sources=[named]) as world:
        for name in ("blog", "gone_%"):
            await tell_of_source(world.app.context, name, Health.BROKEN, "a reason")
        await forget_absent(world.app.context)
        assert await open_keys(world) == ["source/blog"]
    async with open_world(tmp_path, database_url, sources=[named | {"enabled": False}]) as world:
        await forget_absent(world.app.context)
        assert await open_keys(world) == []
