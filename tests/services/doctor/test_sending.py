"""Sending: the guard, the sender, the last digest, books, queue, the barred, alarms."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from digest.domain.subscribers import SubscriberState
from digest.services.alarms import raise_alarm
from digest.services.doctor.examine import examine
from digest.services.doctor.instruments import Instruments
from digest.store import leads, meta
from digest.store.delivery_schema import worker
from digest.store.schema import delivery, edition, slot, subscriber
from tests.intake.installation import mailed
from tests.services.doctor.clinic import at, clinic, level, line
from tests.world import World, hours


@pytest.fixture
async def world(tmp_path: Path, database_url: str) -> AsyncIterator[World]:
    """Give an installation whose reader was sent Monday's digest."""
    async with mailed(tmp_path, database_url) as opened:
        yield opened


@pytest.fixture
async def one(tmp_path: Path, database_url: str, world: World) -> AsyncIterator[Instruments]:
    """Give the doctor of that installation, by its clock."""
    async with clinic(tmp_path, url=database_url) as instruments:
        yield at(instruments, world.clock)


async def write(world: World, *statements: object) -> None:
    async with world.app.database.write() as connection:
        for statement in statements:
            await connection.execute(statement)  # type: ignore[call-overload]


async def test_a_morning_that_went_well_is_green(one: Instruments) -> None:
    names = ("restore", "last digest", "books", "queue", "suppression", "alarms")
    assert {n: await level(one, n) for n in names} == dict.fromkeys(names, "green")
    assert "1 sent" in (await line(one, "last digest")).found


async def test_an_older_database_than_its_marker_is_red(one: Instruments) -> None:
    marker = one.context.settings.data_dir / "ledger.marker"
    marker.write_text("something else")
    found = await line(one, "restore")
    assert (found.level, "digest resume" in found.remedy) == ("red", True)
    assert marker.read_text() == "something else"


@pytest.mark.parametrize(("seconds", "wanted"), [(5, "green"), (60, "red"), (None, "red")])
async def test_a_sender_has_to_say_that_it_lives(
    world: World, one: Instruments, seconds: int | None, wanted: str
) -> None:
    assert await level(one, "sender") == "skipped"  # a rehearsal
    async with world.app.database.write() as connection:
        await meta.save_value(connection, "rehearsal", "no")
    await write(world, worker.delete())
    if seconds is not None:
        beat = datetime.now(UTC) - timedelta(seconds=seconds)
        row = {"id": "w", "started_at": beat, "heartbeat_at": beat}
        await write(world, insert(worker).values(**row))
    assert await level(one, "sender") == wanted


@pytest.mark.parametrize(("seconds", "wanted"), [(5, "green"), (60, "red"), (None, "red")])
async def test_a_scheduler_has_to_say_that_it_leads(
    world: World, one: Instruments, seconds: int | None, wanted: str
) -> None:
    assert await level(one, "scheduler") == "skipped"  # a rehearsal
    async with world.app.database.write() as connection:
        await meta.save_value(connection, "rehearsal", "no")
        if seconds is not None:
            kept_at = datetime.now(UTC) - timedelta(seconds=seconds)
            await leads.lock_lead(connection, "w", kept_at)
    assert await level(one, "scheduler") == wanted


async def test_an_edition_that_is_not_planned_is_red(world: World, one: Instruments) -> None:
    late = world.now - timedelta(minutes=16)
    await write(world, update(slot).values(next_due_at=late))
    found = await line(one, "last digest")
    assert (found.level, "not planned" in found.found) == ("red", True)


async def test_a_digest_that_nobody_got_is_red(world: World, one: Instruments) -> None:
    await write(world, update(delivery).values(state="expired", reason="too late"))
    found = await line(one, "last digest")
    assert (found.level, "digest books" in found.remedy) == ("red", True)


async def test_without_readers_there_is_no_last_digest(world: World, one: Instruments) -> None:
    await write(world, update(subscriber).values(state=SubscriberState.UNSUBSCRIBED.value))
    assert await level(one, "last digest") == "skipped"
    assert await level(one, "suppression") == "skipped"


async def test_a_day_without_an_edition_is_told(world: World, one: Instruments) -> None:
    await write(world, update(edition).values(planned=0))
    assert "none in 8 days" in (await line(one, "last digest")).found


async def test_books_that_do_not_balance_are_red(world: World, one: Instruments) -> None:
    await write(world, update(edition).values(planned=7))
    assert await level(one, "books") == "red"


@pytest.mark.parametrize(("minutes", "wanted"), [(1, "green"), (20, "yellow"), (90, "red")])
async def test_a_mail_that_waits_is_told(
    world: World, one: Instruments, minutes: int, wanted: str
) -> None:
    due = world.now - timedelta(minutes=minutes)
    await write(world, update(delivery).values(state="pending", next_try_at=due))
    assert await level(one, "queue") == wanted
    await write(world, update(delivery).values(next_try_at=world.now + hours(1)))
    assert await level(one, "queue") == "green"


async def test_many_who_are_barred_are_yellow(world: World, one: Instruments) -> None:
    for number in range(4):
        await world.add_reader(f"r{number}@example.org", "experts")
    barred = update(subscriber).where(subscriber.c.id > 3)
    await write(world, barred.values(state=SubscriberState.SUPPRESSED.value, suppression="bounce"))
    found = await line(one, "suppression")
    assert (found.level, "2 of 5" in found.found) == ("yellow", True)


async def test_each_open_alarm_is_a_red_line(world: World, one: Instruments) -> None:
    await raise_alarm(world.app.context, "relay/main", "it refuses the password")
    await raise_alarm(world.app.context, "held", "mails are held")
    lines = await examine(one, ["alarms"])
    assert {(x.name, x.level.value) for x in lines} == {
        ("alarms/relay/main", "red"),
        ("alarms/held", "red"),
    }
    assert all(replace(x).remedy for x in lines)
