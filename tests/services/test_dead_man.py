"""The ping after each completed day, at a real server; and what befalls one that is not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request, Response
from sqlalchemy import update

from digest.services.alarms import list_alarms, raise_alarm
from digest.services.dead_man import ENOUGH_FAILURES, find_news, ping_completed_days
from digest.store.schema import delivery, edition
from digest.web.serving import serve
from tests.world import MONDAY, World, hours, open_world


@dataclass
class Watchdog:
    """A server in the manner of healthchecks: what it was posted, and what it answers."""

    url: str = ""
    status: int = 200
    seen: list[tuple[str, str]] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        """The paths of the pings."""
        return [path for path, _ in self.seen]


@asynccontextmanager
async def running_watchdog() -> AsyncIterator[Watchdog]:
    dog, app = Watchdog(), FastAPI(openapi_url=None)

    @app.post("/{path:path}")
    async def take(path: str, request: Request) -> Response:
        dog.seen.append((f"/{path}", (await request.body()).decode()))
        return Response(status_code=dog.status)

    async with serve(app) as port:
        dog.url = f"http://127.0.0.1:{port}/ping/0f7c"
        yield dog


@pytest.fixture
async def dog() -> AsyncIterator[Watchdog]:
    """Give a watchdog that listens."""
    async with running_watchdog() as running:
        yield running


@pytest.fixture
async def world(tmp_path: Path, database_url: str, dog: Watchdog) -> AsyncIterator[World]:
    """Give an installation with two readers in two zones, and the watchdog's address."""
    told: dict[str, Any] = {"digest": {"first_at_once": False}, "watch": {"ping_url": dog.url}}
    async with open_world(tmp_path, database_url, **told) as opened:
        await opened.list_papers("Sparse experts")
        await opened.add_reader("a@example.org", "experts", hour=8)
        await opened.add_reader("b@example.org", "experts", hour=8, zone="America/New_York")
        yield opened


async def ping(world: World) -> bool:
    """Look as the tick does, a minute later; return whether the watchdog was told."""
    world.clock.set(world.now + timedelta(minutes=1))
    return await ping_completed_days(world.app.context) is not None


async def test_a_day_is_pinged_when_its_last_edition_is_settled_and_once(
    world: World, dog: Watchdog
) -> None:
    assert await ping(world)  # of the day before, when nobody was due: the address works
    await world.at(MONDAY + hours(8))
    assert not await ping(world)  # New York's is yet to come
    await world.plan_at(MONDAY + hours(12))
    assert not await ping(world)
    await world.send()
    assert await ping(world)
    assert not await ping(world)
    assert dog.seen == [
        ("/ping/0f7c", "2026-05-03: completed"),
        ("/ping/0f7c", "2026-05-04: completed"),
    ]


async def test_a_restart_pings_no_day_twice_and_leaves_none_out(
    tmp_path: Path, dog: Watchdog
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    told: dict[str, Any] = {"digest": {"first_at_once": False}, "watch": {"ping_url": dog.url}}
    async with open_world(tmp_path, url, **told) as first:
        await first.list_papers("Sparse experts")
        await first.add_reader("a@example.org", "experts", hour=8)
        assert await ping(first)
        await first.at(MONDAY + hours(8))
    async with open_world(tmp_path, url, MONDAY + hours(9), **told) as second:
        assert await ping(second)
    async with open_world(tmp_path, url, MONDAY + hours(10), **told) as third:
        assert not await ping(third)
        await third.at(MONDAY + hours(32))
        await third.at(MONDAY + hours(56))
        assert await ping(third)
    assert [body for _, body in dog.seen] == [
        "2026-05-03: completed",
        "2026-05-04: completed",
        "2026-05-05 to 2026-05-06: completed",
    ]


async def test_a_day_that_does_not_balance_is_told_as_a_failure(
    world: World, dog: Watchdog
) -> None:
    assert await ping(world)
    await world.at(MONDAY + hours(8))
    await world.at(MONDAY + hours(12))
    async with world.app.database.write() as connection:
        await connection.execute(update(edition).values(planned=edition.c.planned + 1))
    assert await ping(world)
    assert dog.seen[-1] == (
        "/ping/0f7c/fail",
        "2026-05-04: not completed\n2026-05-04: the books do not balance",
    )


async def test_a_held_mail_keeps_its_day_back_until_it_is_overdue(
    world: World, dog: Watchdog
) -> None:
    assert await ping(world)
    await world.at(MONDAY + hours(8))
    await world.at(MONDAY + hours(12))
    async with world.app.database.write() as connection:
        held = update(delivery).where(delivery.c.id == 1).values(state="held")
        await connection.execute(held)
    for hour in (32, 36, 55):
        await world.at(MONDAY + hours(hour))
        assert not await ping(world)
    await world.at(MONDAY + hours(57))
    assert await ping(world)
    path, body = dog.seen[-1]
    assert path == "/ping/0f7c/fail"
    assert "2026-05-04: 1 digests are still open" in body


async def test_a_watchdog_that_fails_is_asked_again_and_becomes_an_alarm(
    world: World, dog: Watchdog
) -> None:
    dog.status = 503
    for _ in range(ENOUGH_FAILURES - 1):
        assert not await ping(world)
    assert await list_alarms(world.app.context) == []
    assert not await ping(world)
    [alarm] = await list_alarms(world.app.context)
    assert (alarm.key, alarm.cleared_at) == ("watch/ping", None)
    assert alarm.text == "5 pings in a row did not reach watch.ping_url: HTTP 503"
    dog.status = 200
    assert await ping(world)
    [alarm] = await list_alarms(world.app.context)
    assert alarm.cleared_at is not None
    assert len(dog.seen) == ENOUGH_FAILURES + 1


async def test_an_address_where_nobody_listens_holds_nothing_up(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    watch = {"ping_url": "http://127.0.0.1:9/ping"}  # discard: nothing listens in a test
    async with open_world(tmp_path, url, watch=watch) as world:
        for _ in range(ENOUGH_FAILURES):
            assert not await ping(world)
        assert [alarm.key for alarm in await list_alarms(world.app.context)] == ["watch/ping"]


async def test_several_processes_ping_once(world: World, dog: Watchdog) -> None:
    context = world.app.context
    done = await asyncio.gather(*(ping_completed_days(context) for _ in range(6)))
    assert sum(found is not None for found in done) == 1
    assert len(dog.seen) == 1


async def test_without_readers_each_day_that_is_over_is_completed(
    tmp_path: Path, dog: Watchdog
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with open_world(tmp_path, url, watch={"ping_url": dog.url}) as world:
        for day in range(3):
            world.clock.set(MONDAY + hours(24 * day))
            assert await ping(world)
            assert not await ping(world)
    assert [body[:10] for _, body in dog.seen] == ["2026-05-03", "2026-05-04", "2026-05-05"]


async def test_without_an_address_nothing_is_asked(both: World) -> None:
    assert await find_news(both.app.context) is not None
    await raise_alarm(both.app.context, "watch/ping", "of the settings before")
    assert not await ping(both)
    assert [one.cleared_at for one in await list_alarms(both.app.context)] == [both.now]
