"""RULES, "Selections": a test for each line."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select, update

from digest.catalogue import read_catalogue
from digest.domain.preferences import topics_from
from digest.domain.query import parse_query
from digest.domain.subscribers import Preferences
from digest.services.housekeeping import prune_seen_sets
from digest.services.subscriptions import change_preferences, subscribe
from digest.services.topics import sync_catalogue
from digest.store.schema import delivery, selection, topic_set
from digest.store.seen_sets import get_seen, intern_seen
from tests.world import MONDAY, World, hours

A, B = "a@example.org", "b@example.org"


async def count(world: World, table: object) -> int:
    async with world.app.database.read() as connection:
        return int(await connection.scalar(select(func.count()).select_from(table)) or 0)  # type: ignore[arg-type]  # a Table


async def test_readers_with_everything_in_common_share_one_selection(world: World) -> None:
    await world.list_papers("Routing")
    for address in (A, B, "c@example.org"):
        await world.add_reader(address, "routing", hour=8)
    await world.add_reader("d@example.org", "routing", hour=8, max_papers=3)
    await world.add_reader("e@example.org", "routing", hour=8, weekdays=0b11111)
    await world.at(MONDAY + hours(8))
    assert len(world.relay.messages) == 5
    assert await count(world, selection) == 3


async def test_slots_due_at_one_instant_share_selections_too(world: World) -> None:
    await world.list_papers("Routing")
    await world.add_reader(A, "routing", zone="Europe/Berlin", hour=8)
    await world.add_reader(B, "routing", zone="Africa/Johannesburg", hour=8)
    await world.at(MONDAY + hours(6))
    assert len(world.relay.messages) == 2
    assert await count(world, selection) == 1


async def test_a_topic_set_is_known_by_its_order_and_its_canonical_queries(world: World) -> None:
    before = await count(world, topic_set)
    await world.add_reader(A, "routing", "pruning")
    await world.add_reader(B, "  Routing ", "PRUNING")
    await world.add_reader("c@example.org", "pruning", "routing")
    assert await count(world, topic_set) == before + 2


async def test_an_edited_catalogue_topic_is_a_new_version_for_its_readers(world: World) -> None:
    first = read_catalogue()[0]
    topics = topics_from({first.slug: first}, slugs=[first.slug])
    added = await subscribe(world.app.context, A, Preferences(topics=topics), confirmed=True)
    held = (await world.reader(added.id)).topic_set_id
    words = "entirely OR different"
    edited = replace(first, query=words, parsed=parse_query(words))
    assert await sync_catalogue(world.app.context, [edited]) == 1
    reader = await world.reader(added.id)
    assert reader.topic_set_id != held
    assert "different" in reader.preferences.topics[0].query


async def test_the_plan_freezes_the_facts_of_each_card(world: World) -> None:
    await world.list_papers("Routing before", votes=7)
    await world.add_reader(A, "routing", hour=8)
    world.clock.set(MONDAY + hours(8))
    await world.plan()
    world.clock.set(MONDAY + hours(9))
    async with world.app.database.write() as connection:
        await connection.exec_driver_sql("UPDATE paper SET title = 'Routing after'")
    await world.send()
    [html] = world.html_to(A)
    assert "Routing before" in html
    assert "7 upvotes" in html
    assert "after" not in html


async def test_address_language_and_token_generation_are_frozen_per_delivery(
    world: World,
) -> None:
    await world.list_papers("Routing")
    await world.add_reader(A, "routing", hour=8)
    await world.plan_at(MONDAY + hours(8))
    async with world.app.database.read() as connection:
        row = (await connection.execute(select(delivery))).one()
    assert (row.address, row.language, row.token_generation) == (A, "en", 0)


async def set_state(world: World, state: str) -> None:
    async with world.app.database.write() as connection:
        await connection.execute(update(delivery).values(state=state, owner="somebody"))


async def test_papers_of_a_digest_under_way_count_as_seen_for_the_next_plan(
    world: World,
) -> None:
    for state in ("claimed", "submitting", "held"):
        address = f"{state}@example.org"
        await world.list_papers(f"{state} first")
        await world.add_reader(address, f"title:{state}", hour=8)
        await world.plan_at(world.now.replace(hour=8))
        await set_state(world, state)
        await world.list_papers(f"{state} second")
        await world.plan_at(world.now + timedelta(days=1))
        row = await world.day(world.now.date().isoformat(), address)
        assert row is not None
        await world.send()
        row = await world.day(world.now.date().isoformat(), address)
        assert row is not None
        assert await world.titles(row.paper_ids) == [f"{state} second"]
        world.clock.set(world.now.replace(hour=0) + timedelta(days=1))


async def test_sent_moves_the_seen_set_by_compare_and_set(world: World) -> None:
    ids = await world.list_papers("Routing one", "Routing two")
    reader = await world.add_reader(A, "routing", hour=8)
    await world.at(MONDAY + hours(8))
    async with world.app.database.read() as connection:
        held = (await world.reader(reader)).seen_set_id
        assert (await get_seen(connection, [held]))[held] == frozenset(ids)


async def test_sent_moves_a_seen_set_that_moved_meanwhile_by_union(world: World) -> None:
    first = await world.list_papers("Routing one")
    reader = await world.add_reader(A, "routing", hour=8)
    await world.plan_at(MONDAY + hours(8))
    await set_state(world, "held")
    second = await world.list_papers("Routing two")
    await world.at(MONDAY + hours(32))
    async with world.app.database.write() as connection:
        await connection.execute(
            update(delivery)
            .where(delivery.c.state == "held")
            .values(state="pending", owner=None, expires_at=MONDAY + hours(90))
        )
    await world.send()
    async with world.app.database.read() as connection:
        held = (await world.reader(reader)).seen_set_id
        assert (await get_seen(connection, [held]))[held] == frozenset(first + second)


async def test_what_an_expired_digest_carried_comes_with_the_next(world: World) -> None:
    ids = await world.list_papers("Routing one")
    await world.add_reader(A, "routing", hour=8)
    await world.plan_at(MONDAY + hours(8))
    world.clock.set(MONDAY + hours(29))
    await world.send()
    row = await world.day("2026-05-04")
    assert row is not None
    assert row.state == "expired"
    await world.at(MONDAY + hours(32))
    row = await world.day("2026-05-05")
    assert row is not None
    assert row.paper_ids == tuple(ids)


async def test_a_change_of_length_counts_from_the_next_plan_on(world: World) -> None:
    await world.list_papers("Routing one", "Routing two", "Routing three")
    reader = await world.add_reader(A, "routing", hour=8)
    await world.plan_at(MONDAY + hours(8))
    chosen = Preferences(hour=8, max_papers=1, topics=topics_from({}, queries=["routing"]))
    await change_preferences(world.app.context, reader, chosen)
    await world.send()
    row = await world.day("2026-05-04")
    assert row is not None
    assert row.sent == 3


async def test_housekeeping_spares_the_seen_sets_that_an_open_delivery_names(
    world: World,
) -> None:
    await world.list_papers("Routing one")
    reader = await world.add_reader(A, "routing", hour=8)
    await world.at(MONDAY + hours(8))
    ids = await world.list_papers("Routing two")
    await world.plan_at(MONDAY + hours(32))
    async with world.app.database.write() as connection:
        idle = await intern_seen(connection, [777])
    assert await prune_seen_sets(world.app.context) == 1
    async with world.app.database.read() as connection:
        assert idle not in await get_seen(connection, [idle])
    await world.send()
    row = await world.day("2026-05-05")
    assert row is not None
    assert row.paper_ids == tuple(ids)
    async with world.app.database.read() as connection:
        held = (await world.reader(reader)).seen_set_id
        assert (await get_seen(connection, [held]))[held] == frozenset({1, 2})
