"""Operators' changes of topics: by version, written down, taken back; and who follows what."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from digest.catalogue import read_catalogue
from digest.domain.catalogue import Origin
from digest.domain.preferences import topics_from
from digest.domain.subscribers import Preferences, TopicItem
from digest.services.audit import list_audit
from digest.services.subscriptions import subscribe
from digest.services.topics import (
    TopicConflictError,
    UnknownTopicError,
    count_readers,
    list_every,
    load_catalogue,
    restore_topic,
    retire_topic,
    save_topic,
)
from tests.world import World, open_world

FIRST, SECOND = read_catalogue()[:2]


@pytest.fixture
async def world(tmp_path: Path, database_url: str) -> AsyncIterator[World]:
    """Give an installation on both databases."""
    async with open_world(tmp_path, database_url) as opened:
        yield opened


async def follow(world: World, address: str, *slugs: str) -> int:
    """Subscribe somebody to topics in force; return their id."""
    topics = topics_from(await load_catalogue(world.app.context), slugs=slugs)
    added = await subscribe(world.app.context, address, Preferences(topics=topics), confirmed=True)
    return added.id


async def followed(world: World, reader: int) -> tuple[TopicItem, ...]:
    """Return what a reader follows."""
    return (await world.reader(reader)).preferences.topics


async def test_a_change_of_an_older_version_is_refused(world: World) -> None:
    context = world.app.context
    told = (FIRST.slug, FIRST.name, FIRST.group, "")
    first = await save_topic(context, *told, "graphs", actor="Ada", version=1)
    assert first.version == 2
    with pytest.raises(TopicConflictError, match="meanwhile"):
        await save_topic(context, *told, "trees", actor="Bob", version=1)
    with pytest.raises(TopicConflictError, match="meanwhile"):
        await retire_topic(context, FIRST.slug, actor="Bob", version=1)
    with pytest.raises(TopicConflictError, match="already"):
        await save_topic(context, *told, "trees", actor="Bob", version=0)
    assert (await load_catalogue(context))[FIRST.slug].query == "graphs"
    # the same button pressed twice is no conflict
    assert await save_topic(context, *told, "graphs", actor="Ada", version=1) == first


async def test_a_retired_topic_comes_back_with_its_readers(world: World) -> None:
    context = world.app.context
    reader = await follow(world, "ada@example.org", FIRST.slug)
    await retire_topic(context, FIRST.slug, actor="Ada")
    back = await restore_topic(context, FIRST.slug, actor="Ada")
    assert (back.current, back.origin, back.version) == (True, Origin.OPERATOR, 3)
    assert await restore_topic(context, FIRST.slug, actor="Ada") == back
    await save_topic(context, FIRST.slug, FIRST.name, FIRST.group, "", "graphs", actor="Ada")
    assert [item.query for item in await followed(world, reader)] == ["graphs"]
    with pytest.raises(UnknownTopicError):
        await restore_topic(context, "never", actor="Ada")
    await retire_topic(context, FIRST.slug, actor="Ada")
    await save_topic(context, "ours", FIRST.name, FIRST.group, "", "trees", actor="Ada")
    with pytest.raises(TopicConflictError, match="ours"):
        await restore_topic(context, FIRST.slug, actor="Ada")
    assert [row.current for row in await list_every(context) if row.slug == FIRST.slug] == [False]


async def test_every_change_is_in_the_audit_log_and_nothing_else(world: World) -> None:
    context = world.app.context
    told = ("ours", "Ours", "Lab", "")
    await save_topic(context, *told, "graphs", actor="Ada")
    await save_topic(context, *told, "graphs", actor="Ada")  # changes nothing
    await save_topic(context, *told, "trees", actor="api")
    await retire_topic(context, "ours", actor="cli:root")
    await restore_topic(context, "ours", actor="Ada")
    with pytest.raises(TopicConflictError):
        await save_topic(context, *told, "moss", actor="Bob", version=1)
    lines = [line for line in reversed(await list_audit(context)) if line.object == "topic/ours"]
    assert [(line.actor, line.action) for line in lines] == [
        ("Ada", "topic.save"),
        ("api", "topic.save"),
        ("cli:root", "topic.retire"),
        ("Ada", "topic.restore"),
    ]
    assert lines[1].detail == {"version": 2, "query": ["graphs", "trees"]}


async def test_readers_are_counted_by_topic_and_only_where_mails_reach_them(world: World) -> None:
    context = world.app.context
    assert await count_readers(context) == {}
    await follow(world, "ada@example.org", FIRST.slug, SECOND.slug)
    await follow(world, "bob@example.org", FIRST.slug)
    topics = topics_from(await load_catalogue(context), slugs=(FIRST.slug,))
    await subscribe(context, "eve@example.org", Preferences(topics=topics), confirmed=False)
    assert await count_readers(context) == {FIRST.slug: 2, SECOND.slug: 1}
