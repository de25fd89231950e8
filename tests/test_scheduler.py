"""The ticks on a running scheduler: they do the work, and a stop lets a mail come to its end."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI, Response
from sqlalchemy import select

from digest import scheduler
from digest.domain.deliveries import State
from digest.domain.subscribers import SubscriberState
from digest.parts import Part
from digest.ports import Outcome, OutgoingMessage
from digest.services import leading
from digest.services.alarms import raise_alarm
from digest.services.erasure import erase
from digest.services.status import read_status
from digest.store import marks, workers
from digest.store.schema import topic_set
from digest.web.serving import serve
from tests.store.ledger_rows import add_row
from tests.world import ACCEPTED, MONDAY, ToldTransport, hours, open_world


class SlowTransport(ToldTransport):
    """A relay that takes its time over the final dot."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = asyncio.Event()

    async def send(self, message: OutgoingMessage) -> Outcome:
        """Accept after a while."""
        self.begun.set()
        await asyncio.sleep(0.4)
        self.messages.append(message)
        return ACCEPTED


async def test_a_stop_lets_the_mail_under_way_end_and_gives_the_others_back(
    tmp_path: Path,
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    relay = SlowTransport()
    async with open_world(tmp_path, url, transport=relay) as world:
        await world.list_papers("Routing")
        for number in range(9):
            await world.add_reader(f"r{number}@example.org", "routing", hour=8)
        await world.plan_at(MONDAY + hours(8))
        stop = asyncio.Event()
        ticks = scheduler.Ticks(world.app.context, world.app.ingestor, stop)
        ticks.start()
        await asyncio.wait_for(relay.begun.wait(), 30)
        stop.set()
        await ticks.finish()
        [books] = (await read_status(world.app.context)).books
        assert books.balanced
        sent = books.states[State.SENT]
        assert sent == len(relay.messages) > 0
        assert books.states == {State.SENT: sent, State.PENDING: 9 - sent}


async def test_the_ticks_finish_an_erasure_and_prune_what_it_left(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with open_world(tmp_path, url) as world:
        reader = await world.add_reader("a@example.org", "charlesbabbage")
        database = world.app.database
        row = await add_row(database, reader, state="submitting", owner="other")
        assert not await erase(world.app.context, reader)
        ticks = scheduler.Ticks(world.app.context, world.app.ingestor, asyncio.Event())
        async with database.write() as connection:
            await workers.beat(connection, "other", world.now)
        await ticks.sweep()
        assert (await world.reader(reader)).address == "a@example.org"
        async with database.write() as connection:
            await marks.mark(connection, "other", State.SUBMITTING, State.SENT, [row])
        await ticks.sweep()
        assert (await world.reader(reader)).state is SubscriberState.ERASED
        await ticks.housekeep()
        async with database.read() as connection:
            assert len((await connection.execute(select(topic_set))).all()) == 1


async def test_the_ticks_tell_the_operator_and_the_watchdog(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    pings: list[str] = []

    async def take(path: str) -> Response:
        pings.append(path)
        return Response()

    dog = FastAPI(openapi_url=None)
    dog.add_api_route("/{path:path}", take, methods=["POST"])
    async with serve(dog) as port:
        watch = {"mail_to": ["ops@papers.example"], "ping_url": f"http://127.0.0.1:{port}/ping"}
        async with open_world(tmp_path, url, watch=watch) as world:
            context = world.app.context
            await raise_alarm(context, "source/taken out", "stale")
            await raise_alarm(context, "books", "they do not balance")
            ticks = scheduler.Ticks(context, world.app.ingestor, asyncio.Event())
            await ticks.review()
            await ticks.mail()
            await ticks.ping()
    assert pings == ["ping"]
    assert [m.envelope_to for m in world.relay.messages] == ["ops@papers.example"]
    assert b"Subject: Paper Digest: alarm: books\r\n" in world.relay.messages[0].data


# on SQLite a lock lets no second one start
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_scheduler_that_does_not_lead_plans_nothing(
    tmp_path: Path, database_url: str
) -> None:
    async with open_world(tmp_path, database_url, digest={"first_at_once": False}) as world:
        await world.list_papers("Routing")
        await world.add_reader("a@example.org", "routing", hour=8)
        world.clock.set(MONDAY + hours(8))
        other = leading.Leading(replace(world.app.context, worker_id="other"))
        assert await other.keep()
        stop = asyncio.Event()
        ticks = scheduler.Ticks(world.app.context, world.app.ingestor, stop, {Part.SCHEDULER})
        work = dict(ticks.list_ticks())
        [plan] = [tick for tick in work if tick.__name__ == "plan"]
        assert {tick.__name__ for tick in work}.isdisjoint({"send", "sweep"})
        await plan()
        assert (await read_status(world.app.context)).books == ()
        await other.leave()
        await plan()
        [books] = (await read_status(world.app.context)).books
        assert books.planned == 1


async def test_a_process_that_serves_pages_alone_ticks_not(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with open_world(tmp_path, url) as world:
        ticks = scheduler.Ticks(world.app.context, world.app.ingestor, asyncio.Event(), {Part.WEB})
        assert list(ticks.list_ticks()) == []
        ticks.start()
        await ticks.finish()


async def test_a_start_looks_at_the_sources_within_seconds(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    asked = asyncio.Event()

    async def take() -> Response:
        asked.set()
        return Response('<rss version="2.0"><channel><title>Lab</title></channel></rss>')

    site = FastAPI(openapi_url=None)
    site.add_api_route("/feed", take)
    async with serve(site) as port:
        source = {"name": "Lab", "kind": "feed", "url": f"http://127.0.0.1:{port}/feed"}
        told = [source | {"allow_private": True}]
        async with open_world(tmp_path, url, sources=told) as world:
            ticks = scheduler.Ticks(world.app.context, world.app.ingestor, asyncio.Event())
            ticks.start()
            await asyncio.wait_for(asked.wait(), 20)
            await ticks.finish()
