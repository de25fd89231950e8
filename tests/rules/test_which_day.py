"""RULES, "Which day": a test for each line, and the table of cases."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from digest.domain.deliveries import Kind
from digest.services.subscriptions import change_preferences, pause, resume
from digest.services.why import why_day
from digest.store.schema import delivery
from tests.world import MONDAY, World, hours, open_world

A = "a@example.org"


async def rows(world: World) -> list[tuple[str, str, datetime]]:
    async with world.app.database.read() as connection:
        found = await connection.execute(
            select(delivery)
            .where(delivery.c.kind == Kind.DIGEST.value)
            .order_by(delivery.c.planned_at, delivery.c.id)
        )
        return [(row.dedupe_key, row.state, row.planned_at) for row in found]


async def expiry(world: World) -> datetime:
    async with world.app.database.read() as connection:
        found: datetime = (await connection.execute(select(delivery.c.expires_at))).scalar_one()
    return found


async def test_there_is_one_row_per_reader_and_local_date_however_often_it_is_planned(
    world: World,
) -> None:
    await world.list_papers("Routing")
    await world.add_reader(A, "routing", hour=8)
    for _ in range(3):
        await world.plan_at(MONDAY + hours(8))
    assert [row[0] for row in await rows(world)] == ["2026-05-04"]


async def test_a_new_slot_starts_at_its_next_future_instant(world: World) -> None:
    world.clock.set(MONDAY + hours(10))
    await world.add_reader(A, "routing", hour=8)
    await world.plan()
    assert await rows(world) == []
    await world.plan_at(MONDAY + hours(32))
    assert [row[0] for row in await rows(world)] == ["2026-05-05"]


async def test_on_confirmation_the_first_digest_comes_at_once_for_the_local_date(
    tmp_path: Path, database_url: str
) -> None:
    async with open_world(tmp_path, database_url) as world:
        await world.list_papers("Routing")
        reader = await world.add_reader(
            A, "routing", confirmed=False, zone="Pacific/Auckland", hour=8
        )
        world.clock.set(MONDAY + hours(15))  # Tuesday, 03:00 in Auckland
        await world.plan()
        assert await rows(world) == []
        await world.confirm(reader)
        await world.at(world.now)
        assert [row[:2] for row in await rows(world)] == [("2026-05-05", "sent")]
        await world.at(MONDAY + hours(20))  # the slot's own instant: there is a row already
        assert len(await rows(world)) == 1


async def test_without_first_at_once_the_first_digest_waits_for_its_hour(world: World) -> None:
    await world.list_papers("Routing")
    await world.add_reader(A, "routing", hour=8)
    await world.at(MONDAY + hours(1))
    assert await rows(world) == []


async def test_a_first_digest_waits_for_the_first_papers_of_a_new_installation(
    tmp_path: Path, database_url: str
) -> None:
    async with open_world(tmp_path, database_url) as world:
        await world.add_reader(A, "routing", hour=20)
        await world.at(MONDAY + hours(1))
        assert await rows(world) == []
        await world.list_papers("Routing")
        await world.at(MONDAY + hours(2))
        assert [row[:2] for row in await rows(world)] == [("2026-05-04", "sent")]


async def test_a_first_digest_that_waited_over_night_is_not_lost(
    tmp_path: Path, database_url: str
) -> None:
    async with open_world(tmp_path, database_url, MONDAY - hours(2)) as world:
        await world.add_reader(A, "routing", hour=8)
        await world.list_papers("Routing one", "Routing two")
        await world.at(MONDAY + hours(8))
        found = await world.days()
        assert [(row.day, row.state, row.sent) for row in found] == [("2026-05-04", "sent", 2)]
        await world.at(MONDAY + hours(9))
        assert len(await world.days()) == 1


CASES = [
    # old hour, new hour, changed at (UTC), weekdays, rows after that Monday: (date, planned hour)
    ("later today, nothing sent yet", 8, 20, 6, 127, [("2026-05-04", 20)]),
    ("earlier today, already past: at once", 20, 8, 12, 127, [("2026-05-04", 12)]),
    ("later today, but today's was sent", 8, 20, 12, 127, [("2026-05-04", 8)]),
    ("earlier today, but today's was sent", 8, 6, 12, 127, [("2026-05-04", 8)]),
    ("past, and not one of their days", 20, 8, 12, 0b10, []),
    ("to an hour still ahead of the old one", 20, 14, 12, 127, [("2026-05-04", 14)]),
]


@pytest.mark.parametrize(
    ("old", "new", "at", "weekdays", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
async def test_after_a_change_of_hour_todays_edition_comes_then_or_at_once(
    world: World, old: int, new: int, at: int, weekdays: int, expected: list[tuple[str, int]]
) -> None:
    await world.list_papers("Routing")
    reader = await world.add_reader(A, "routing", hour=old, weekdays=weekdays)
    for hour in range(24):
        world.clock.set(MONDAY + hours(hour))
        if hour == at:
            held = (await world.reader(reader)).preferences
            await change_preferences(world.app.context, reader, replace(held, hour=new))
        await world.at(world.now)
    assert [(key, planned.hour) for key, _, planned in await rows(world)] == expected


async def test_a_change_of_zone_across_the_date_line_gives_no_date_twice(world: World) -> None:
    await world.list_papers(*(f"Routing {n}" for n in range(40)))
    reader = await world.add_reader(A, "routing", zone="Asia/Tokyo", hour=8, max_papers=2)
    zones = ["Pacific/Honolulu", "Pacific/Kiritimati", "Asia/Tokyo", "America/New_York"]
    for step in range(24 * 5):
        if step % 30 == 29:
            held = (await world.reader(reader)).preferences
            zone = zones[(step // 30) % len(zones)]
            await change_preferences(world.app.context, reader, replace(held, zone=zone))
        await world.at(MONDAY + hours(step))
    dates = [row[0] for row in await rows(world)]
    assert len(dates) == len(set(dates))
    days = sorted(date.fromisoformat(day) for day in dates)
    # a date that a flight over the date line leaves out has no digest, the one after it has
    assert all((b - a).days <= 2 for a, b in pairwise(days))
    assert len(days) >= 4


async def test_off_days_have_no_row_and_why_says_so(world: World) -> None:
    await world.list_papers("Routing")
    reader = await world.add_reader(A, "routing", hour=8, weekdays=0b10)
    await world.at(MONDAY + hours(8))
    assert await rows(world) == []
    answer = await why_day(world.app.context, await world.reader(reader), date(2026, 5, 4))
    assert str(answer.reason) == "not one of your days"
    await world.at(MONDAY + hours(32))
    assert [row[0] for row in await rows(world)] == ["2026-05-05"]


async def test_a_paused_reader_has_no_row_and_goes_on_by_themselves(world: World) -> None:
    await world.list_papers("Routing one", "Routing two")
    reader = await world.add_reader(A, "routing", hour=8, max_papers=1)
    await pause(world.app.context, reader, date(2026, 5, 6))
    for day in range(3):
        await world.at(MONDAY + timedelta(days=day, hours=8))
    assert [row[0] for row in await rows(world)] == ["2026-05-06"]
    answer = await why_day(world.app.context, await world.reader(reader), date(2026, 5, 4))
    assert answer.state == "no digest"


async def test_why_names_the_pause_while_it_lasts(world: World) -> None:
    reader = await world.add_reader(A, "routing", hour=8)
    await pause(world.app.context, reader, date(2026, 5, 9))
    await world.at(MONDAY + hours(9))
    answer = await why_day(world.app.context, await world.reader(reader), date(2026, 5, 4))
    assert str(answer.reason) == "paused until 2026-05-09"
    await resume(world.app.context, reader)
    assert (await world.reader(reader)).state.value == "active"


async def test_a_digest_expires_after_twenty_hours(world: World) -> None:
    await world.list_papers("Routing")
    await world.add_reader(A, "routing", hour=8)
    await world.plan_at(MONDAY + hours(8))
    assert await expiry(world) == MONDAY + hours(28)


async def test_a_late_digest_expires_when_the_next_is_due(world: World) -> None:
    await world.list_papers("Routing")
    await world.add_reader(A, "routing", hour=8)
    await world.plan_at(MONDAY + hours(19))
    assert await expiry(world) == MONDAY + hours(32)


async def test_a_late_weekly_digest_keeps_its_twenty_hours(world: World) -> None:
    await world.list_papers("Routing")
    await world.add_reader(A, "routing", hour=8, weekdays=0b1)
    await world.plan_at(MONDAY + hours(19))
    assert await expiry(world) == MONDAY + hours(39)


async def test_planning_settles_an_older_open_digest_as_superseded(world: World) -> None:
    ids = await world.list_papers("Routing")
    await world.add_reader(A, "routing", hour=8)
    await world.plan_at(MONDAY + hours(19))
    await world.plan_at(MONDAY + hours(32))
    assert [row[:2] for row in await rows(world)] == [
        ("2026-05-04", "expired"),
        ("2026-05-05", "pending"),
    ]
    await world.send()
    row = await world.day("2026-05-05")
    assert row is not None
    assert row.paper_ids == tuple(ids)
    first = await world.day("2026-05-04")
    assert first is not None
    assert "superseded" in first.reason


async def test_three_hours_down_is_late_and_thirteen_is_skipped_with_a_reason(
    world: World,
) -> None:
    await world.list_papers("Routing")
    await world.add_reader(A, "routing", hour=8)
    await world.at(MONDAY + hours(11))
    await world.list_papers("Routing two")
    await world.at(MONDAY + timedelta(days=1, hours=21))
    await world.at(MONDAY + timedelta(days=2, hours=8))
    found = await world.days()
    assert [(row.day, row.state) for row in found] == [
        ("2026-05-04", "sent"),
        ("2026-05-05", "skipped"),
        ("2026-05-06", "sent"),
    ]
    assert "more than 12 hours late" in found[1].reason
    assert await world.titles(found[2].paper_ids) == ["Routing two"]


async def test_a_week_down_skips_each_missed_edition_once(world: World) -> None:
    await world.list_papers("Routing")
    await world.add_reader(A, "routing", hour=8)
    await world.at(MONDAY + timedelta(days=7, hours=9))
    found = await world.days()
    assert [row.state for row in found] == ["skipped"] * 7 + ["sent"]
    assert len({row.day for row in found}) == 8


async def test_a_clock_set_back_plans_nothing_twice(world: World) -> None:
    await world.list_papers("Routing")
    await world.add_reader(A, "routing", hour=8)
    await world.at(MONDAY + hours(8))
    await world.at(MONDAY - timedelta(days=2))
    await world.at(MONDAY + hours(9))
    assert [row[:2] for row in await rows(world)] == [("2026-05-04", "sent")]


async def test_the_autumn_hour_that_comes_twice_gives_one_digest(
    tmp_path: Path, database_url: str
) -> None:
    start = datetime(2026, 10, 24, 12, tzinfo=UTC)
    options: dict[str, Any] = {"digest": {"first_at_once": False}}
    async with open_world(tmp_path, database_url, start, **options) as world:
        await world.list_papers("Routing one", "Routing two", "Routing three")
        await world.add_reader(A, "routing", zone="Europe/Berlin", hour=2, max_papers=1)
        for step in range(40):
            await world.at(start + hours(step))
        assert [row[0] for row in await rows(world)] == ["2026-10-25", "2026-10-26"]
