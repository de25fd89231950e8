"""RULES, "Which papers": freshness, order, and what becomes seen; a test for each line."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from digest.domain.papers import Entry, Reading
from digest.services.subscriptions import pause
from digest.settings import DigestSettings
from tests.world import MONDAY, SOURCE, World, hours

A = "a@example.org"


async def test_a_minimum_counts_fresh_papers_only_and_leftovers_make_no_mail(
    world: World,
) -> None:
    await world.list_papers(*(f"Routing number {n}" for n in range(6)))
    await world.add_reader(A, "routing", hour=8, max_papers=3, min_papers=2)
    await world.at(MONDAY + hours(8))
    first = await world.day("2026-05-04")
    assert first is not None
    assert first.sent == 3
    await world.list_papers("Routing alone")
    await world.at(MONDAY + hours(32))
    second = await world.day("2026-05-05")
    assert second is not None
    assert (second.state, second.sent) == ("empty", 0)
    assert "at least 2" in second.reason


async def test_what_an_empty_day_held_back_comes_with_the_next_mail(world: World) -> None:
    await world.list_papers("Routing zero")
    await world.add_reader(A, "routing", hour=8, min_papers=2)
    await world.at(MONDAY + hours(8))
    await world.list_papers("Routing one")
    await world.at(MONDAY + hours(32))
    row = await world.day("2026-05-05")
    assert row is not None
    assert row.sent == 2


async def test_leftovers_fill_a_mail_that_has_enough_fresh_ones(world: World) -> None:
    await world.list_papers(*(f"Routing number {n}" for n in range(5)))
    await world.add_reader(A, "routing", hour=8, max_papers=3)
    await world.at(MONDAY + hours(8))
    await world.list_papers("Routing alone", votes=1)
    await world.at(MONDAY + hours(32))
    row = await world.day("2026-05-05")
    assert row is not None
    titles = await world.titles(row.paper_ids)
    assert "Routing alone" in titles
    assert len(titles) == 3


async def test_a_late_riser_is_fresh_again_and_sent_once(world: World) -> None:
    [riser] = await world.list_papers("Routing slow burner", votes=2)
    await world.list_papers("Routing star", votes=90)
    await world.add_reader(A, "routing", hour=8, max_papers=1)
    await world.at(MONDAY + hours(8))
    world.clock.set(MONDAY + hours(20))
    entry = Entry(SOURCE, "2605.10001", "Routing slow burner", "https://arxiv.org/abs/2605.10001",
                  arxiv_id="2605.10001", listed_at=MONDAY,
                  readings=(Reading("upvotes", 99),))  # fmt: skip
    await world.ingest([entry])
    await world.at(MONDAY + hours(32))
    row = await world.day("2026-05-05")
    assert row is not None
    assert row.paper_ids == (riser,)
    await world.at(MONDAY + hours(56))
    row = await world.day("2026-05-06")
    assert row is not None
    assert row.state == "empty"


async def test_order_is_trend_then_title_then_abstract_then_newest(world: World) -> None:
    listed: dict[str, Any] = {"readings": ()}
    await world.list_papers("Old words", abstract="Sparse routing here.", **listed)
    world.clock.set(MONDAY + hours(1))
    await world.list_papers("New words", abstract="Sparse routing here.", **listed)
    await world.list_papers("Half here", abstract="Only routing.", **listed)
    await world.list_papers("Sparse routing", abstract="Nothing.", **listed)
    await world.list_papers("Voted", abstract="A routing note.", votes=1)
    await world.add_reader(A, "sparse OR routing", hour=8, max_papers=10)
    await world.at(MONDAY + hours(8))
    row = await world.day("2026-05-04")
    assert row is not None
    expected = ["Voted", "Sparse routing", "New words", "Old words", "Half here"]
    assert await world.titles(row.paper_ids) == expected


async def test_a_paper_stands_once_under_the_first_topic_it_matches(world: World) -> None:
    both, only = await world.list_papers("Routing and pruning", "Pruning")
    await world.add_reader(A, "title:pruning", "title:routing", hour=8)
    await world.at(MONDAY + hours(8))
    row = await world.day("2026-05-04")
    assert row is not None
    assert sorted(row.paper_ids) == sorted([both, only])
    [html] = world.html_to(A)
    assert html.count("Routing and pruning</a>") == 1
    assert "title:routing" not in html.split("why")[0].split("Routing and pruning")[0]


async def test_a_reader_without_topics_gets_the_overall_trending_list(world: World) -> None:
    await world.list_papers("Quiet", readings=())
    await world.list_papers("Warm", votes=20)
    await world.list_papers("Hot", votes=90)
    await world.add_reader(A, hour=8)
    await world.at(MONDAY + hours(8))
    row = await world.day("2026-05-04")
    assert row is not None
    assert await world.titles(row.paper_ids) == ["Hot", "Warm"]


async def test_only_papers_that_stand_in_the_mail_become_seen(world: World) -> None:
    names = [f"Routing number {n} " + "very " * 150 + "long" for n in range(100)]
    await world.list_papers(*names, abstract="word " * 3000)
    reader = await world.add_reader(A, "routing", hour=8, max_papers=100, extract="full")
    await world.at(MONDAY + hours(8))
    row = await world.day("2026-05-04")
    assert row is not None
    [html] = world.html_to(A)
    linked = {i for i in range(1, 101) if f'2605.{10000 + i}"' in html}
    assert len(row.paper_ids) == len(linked)
    if len(linked) < 100:
        await world.list_papers("Routing last")
        await world.at(MONDAY + hours(32))
        row = await world.day("2026-05-05")
        assert row is not None
        assert row.sent >= 100 - len(linked)
    assert (await world.reader(reader)).seen_set_id != 1


async def test_a_weekly_reader_is_sent_what_was_best_at_its_best(world: World) -> None:
    await world.list_papers("Early peak", votes=95)
    world.clock.set(MONDAY + timedelta(days=6))
    await world.list_papers("Fresh but faint", votes=8)
    await world.add_reader(A, "peak OR faint", hour=8, weekdays=0b1, max_papers=1)
    await world.at(MONDAY + timedelta(days=7, hours=8))
    row = await world.day("2026-05-11")
    assert row is not None
    assert await world.titles(row.paper_ids) == ["Early peak"]


def test_the_window_is_at_least_twice_the_longest_cadence() -> None:
    with pytest.raises(ValidationError):
        DigestSettings(window_days=13)
    assert DigestSettings().window_days == 14


async def test_what_ages_out_during_a_pause_is_not_sent(world: World) -> None:
    reader = await world.add_reader(A, "routing", hour=8)
    await world.list_papers("Old routing")
    await pause(world.app.context, reader, (MONDAY + timedelta(days=15)).date())
    world.clock.set(MONDAY + timedelta(days=14, hours=10))
    await world.list_papers("New routing")
    await world.at(MONDAY + timedelta(days=15, hours=8))
    row = await world.day("2026-05-19")
    assert row is not None
    assert await world.titles(row.paper_ids) == ["New routing"]
