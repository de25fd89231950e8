"""Topics in force: the shipped catalogue, the operator's hand in it, and who follows."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from digest.bootstrap import open_app
from digest.catalogue import read_catalogue
from digest.domain.catalogue import CatalogueTopic, Origin, TopicError
from digest.domain.preferences import topics_from
from digest.domain.query import QuerySyntaxError, parse_query
from digest.domain.subscribers import Preferences, TopicItem
from digest.services.subscriptions import subscribe
from digest.services.topics import (
    Catalogues,
    TopicConflictError,
    UnknownTopicError,
    list_in_force,
    load_catalogue,
    retire_topic,
    save_topic,
    sync_catalogue,
)
from digest.store.schema import topic
from tests.world import World, make_settings, open_world

SHIPPED = read_catalogue()
FIRST, SECOND = SHIPPED[0], SHIPPED[1]


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


async def slugs_in_force(world: World) -> list[str]:
    """Return the slugs in force, in order."""
    return [row.slug for row in await list_in_force(world.app.context)]


def with_query(item: CatalogueTopic, query: str) -> CatalogueTopic:
    """Return a shipped topic with another query."""
    return replace(item, query=query, parsed=parse_query(query))


async def test_an_own_topic_stands_after_the_shipped_ones_of_its_group(world: World) -> None:
    context = world.app.context
    before = await slugs_in_force(world)
    assert before == [item.slug for item in SHIPPED]
    saved = await save_topic(
        context, "ours", "  Ours\n ", FIRST.group, "", "graphs", actor="cli:test"
    )
    assert (saved.name, saved.version, saved.origin) == ("Ours", 1, Origin.OPERATOR)
    await save_topic(
        context, "lab", "Lab", "A group of ours", "What we do", "lab", actor="cli:test"
    )
    same_group = [item.slug for item in SHIPPED if item.group == FIRST.group]
    place = len(same_group)
    assert await slugs_in_force(world) == [*before[:place], "ours", *before[place:], "lab"]


async def test_an_edit_moves_no_topic_from_its_place(world: World) -> None:
    before = await slugs_in_force(world)
    await save_topic(
        world.app.context, FIRST.slug, FIRST.name, FIRST.group, "", "graphs", actor="cli:test"
    )
    await sync_catalogue(
        world.app.context, [*SHIPPED[:2], with_query(SHIPPED[2], "x"), *SHIPPED[3:]]
    )
    assert await slugs_in_force(world) == before


async def test_readers_who_follow_a_topic_move_to_its_new_version_and_name(world: World) -> None:
    ada = await follow(world, "ada@example.org", FIRST.slug, SECOND.slug)
    emmy = await follow(world, "emmy@example.org", SECOND.slug)
    held = [(await world.reader(reader)).topic_set_id for reader in (ada, emmy)]
    await save_topic(
        world.app.context, FIRST.slug, "Renamed", FIRST.group, "", "graphs OR moe", actor="cli:test"
    )
    first, second = await followed(world, ada)
    assert first == TopicItem("Renamed", "graphs OR moe", FIRST.slug)
    assert second.slug == SECOND.slug
    assert (await world.reader(ada)).topic_set_id != held[0]
    assert (await world.reader(emmy)).topic_set_id == held[1]
    await save_topic(
        world.app.context, FIRST.slug, "Again", FIRST.group, "", "graphs OR moe", actor="cli:test"
    )
    assert [item.name for item in await followed(world, ada)] == ["Again", SECOND.name]


async def test_saving_what_is_there_changes_nothing(world: World) -> None:
    told = ("ours", "Ours", "Lab", "", "graphs")
    first = await save_topic(world.app.context, *told, actor="cli:test")
    assert await save_topic(world.app.context, *told, actor="cli:test") == first


async def test_the_shipped_catalogue_never_overwrites_what_the_operator_wrote(
    world: World,
) -> None:
    context = world.app.context
    await save_topic(
        context, FIRST.slug, FIRST.name, FIRST.group, "Our words", "graphs", actor="cli:test"
    )
    reader = await follow(world, "ada@example.org", FIRST.slug)
    assert await sync_catalogue(context, [with_query(FIRST, "other"), *SHIPPED[1:]]) == 0
    kept = (await load_catalogue(context))[FIRST.slug]
    assert (kept.query, kept.description) == ("graphs", "Our words")
    assert [item.query for item in await followed(world, reader)] == ["graphs"]


async def test_a_retired_topic_is_not_revived_and_its_readers_keep_the_query(
    world: World,
) -> None:
    context = world.app.context
    reader = await follow(world, "ada@example.org", FIRST.slug)
    before = await followed(world, reader)
    retired = await retire_topic(context, FIRST.slug, actor="cli:test")
    assert (retired.current, retired.origin) == (False, Origin.OPERATOR)
    for catalogue in (SHIPPED, [with_query(FIRST, "other"), *SHIPPED[1:]]):
        await sync_catalogue(context, catalogue)
        assert FIRST.slug not in await load_catalogue(context)
    assert await followed(world, reader) == before
    with pytest.raises(UnknownTopicError):
        await retire_topic(context, FIRST.slug, actor="cli:test")
    saved = await save_topic(
        context, FIRST.slug, FIRST.name, FIRST.group, "", "graphs", actor="cli:test"
    )
    assert saved.version == 3
    assert [item.query for item in await followed(world, reader)] == ["graphs"]


async def test_a_topic_that_the_catalogue_loses_is_out_of_use_until_it_is_back(
    world: World,
) -> None:
    context = world.app.context
    await save_topic(context, "ours", "Ours", FIRST.group, "", "graphs", actor="cli:test")
    assert await sync_catalogue(context, SHIPPED[1:]) == 0
    assert FIRST.slug not in await load_catalogue(context)
    assert "ours" in await load_catalogue(context)
    assert await sync_catalogue(context, SHIPPED) == 1
    assert (await load_catalogue(context))[FIRST.slug].query == FIRST.query


async def test_a_shipped_topic_that_is_renamed_is_renamed_for_its_readers(world: World) -> None:
    reader = await follow(world, "ada@example.org", FIRST.slug)
    renamed = replace(FIRST, name="Another name")
    assert await sync_catalogue(world.app.context, [renamed, *SHIPPED[1:]]) == 1
    assert [item.name for item in await followed(world, reader)] == ["Another name"]
    assert (await load_catalogue(world.app.context))[FIRST.slug].name == "Another name"


async def test_many_sets_of_readers_move_all(world: World) -> None:
    readers = []
    for number in range(60):  # more than move in one transaction
        topics = topics_from({FIRST.slug: FIRST}, slugs=[FIRST.slug], queries=[f"word{number}"])
        chosen = Preferences(topics=topics)
        added = await subscribe(world.app.context, f"r{number}@example.org", chosen, confirmed=True)
        readers.append(added.id)
    await save_topic(
        world.app.context, FIRST.slug, FIRST.name, FIRST.group, "", "graphs", actor="cli:test"
    )
    for number, reader in enumerate(readers):
        items = await followed(world, reader)
        assert [item.query for item in items] == ["graphs", f"word{number}"]


async def test_two_changes_at_once_leave_one_version_in_force(world: World) -> None:
    async def save(number: int) -> bool:
        try:
            await save_topic(
                world.app.context, "ours", "Ours", "Lab", "", f"word{number}", actor="cli:test"
            )
        except TopicConflictError:
            return False
        return True

    done = await asyncio.gather(*(save(number) for number in range(4)))
    assert any(done)
    async with world.app.database.read() as connection:
        rows = await connection.scalar(
            select(func.count()).select_from(topic).where(topic.c.slug == "ours", topic.c.current)
        )
    assert rows == 1


@pytest.mark.parametrize(
    ("told", "refusal", "words"),
    [
        (("UPPER", "N", "G", "", "x"), TopicError, "small letters"),
        (("", "N", "G", "", "x"), TopicError, "small letters"),
        (("ours", " \u202e ", "G", "", "x"), TopicError, "a name and a group"),
        (("ours", "N", "g" * 61, "", "x"), TopicError, "a name and a group"),
        (("ours", "N", "G", "d" * 301, "x"), TopicError, "at most 300"),
        (("ours", "N", "G", "", "(x"), QuerySyntaxError, "parenthesis"),
        (("ours", SECOND.name, "G", "", "x"), TopicConflictError, SECOND.slug),
    ],
)
async def test_what_cannot_be_a_topic_is_refused_and_nothing_is_written(
    tmp_path: Path, told: Sequence[str], refusal: type[Exception], words: str
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with open_world(tmp_path, url) as world:
        before = await list_in_force(world.app.context)
        with pytest.raises(refusal, match=words):
            await save_topic(world.app.context, *told, actor="cli:test")
        assert await list_in_force(world.app.context) == before


async def test_a_start_keeps_what_the_operator_did(tmp_path: Path, database_url: str) -> None:
    settings = make_settings(tmp_path, database_url)
    async with open_app(settings, rehearsal=True) as app:
        await save_topic(app.context, "ours", "Ours", "Lab", "", "graphs", actor="cli:test")
        await retire_topic(app.context, FIRST.slug, actor="cli:test")
        before = await list_in_force(app.context)
    async with open_app(settings) as app:
        assert await list_in_force(app.context) == before


async def test_the_kept_catalogue_is_that_in_force_after_every_change(world: World) -> None:
    context = world.app.context
    kept = Catalogues(context)
    first = await kept.current()
    assert await kept.current() is first  # nothing was written: it is not read again
    changes: list[Callable[[], Awaitable[object]]] = [
        lambda: save_topic(context, "tea", "Tea", FIRST.group, "", "tea", actor="cli:test"),
        lambda: save_topic(
            context, "tea", "Teas", FIRST.group, "", "tea OR infusion", actor="cli:test"
        ),
        lambda: retire_topic(context, "tea", actor="cli:test"),
        lambda: sync_catalogue(context, SHIPPED[1:]),
        lambda: sync_catalogue(context, SHIPPED),
    ]
    for change in changes:
        before = await kept.current()
        await change()
        assert await kept.current() == await load_catalogue(context) != before
