"""The ways of intake go on for ever: a failure is told, an alarm after an hour, and tried again."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import date
from pathlib import Path

import pytest

from digest.mail.intake_listener import MailListener
from digest.ports import Listing, MailboxError
from digest.services import intake_running
from digest.services.alarms import list_alarms
from digest.services.intake import Desk
from digest.services.intake_running import IntakeWays, PolledMailbox
from digest.services.ways import Way, list_ways, note_way
from tests.intake.installation import BARRED, mailed, sqlite, stamp, standing
from tests.intake.letters import dsn
from tests.mail.test_intake_listener import OPTIONS, hand_over
from tests.world import World, hours

SETTINGS = {
    "listener": {},
    "imap": {"host": "mx.example", "username": "u", "password": "p", "poll_minutes": 5},
    "hook": {"token": "t" * 40},
}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Give an installation whose reader was sent a digest."""
    async with mailed(tmp_path, sqlite(tmp_path), bounces=SETTINGS) as opened:
        yield opened


class ToldMailbox:
    """A mailbox with one mail, that fails so many times first."""

    def __init__(self, raw: bytes, failures: int) -> None:
        self.raw = raw
        self.failures = failures
        self.looks = 0
        self.done: list[str] = []
        self.closed = asyncio.Event()

    async def look(self, since: date) -> Listing:
        assert since < date(2026, 5, 4)
        self.looks += 1
        if self.looks <= self.failures:
            raise MailboxError("IMAP at mx.example: no")
        return Listing("1", () if self.done else ("7",))

    async def fetch(self, mail_id: str) -> bytes | None:
        assert mail_id == "7"
        return self.raw

    async def discard(self, mail_id: str) -> None:
        self.done.append(mail_id)

    async def close(self) -> None:
        self.closed.set()

    async def abandon(self) -> None:
        """Nothing is open."""


async def way(world: World, name: str) -> Way:
    [found] = [one for one in await list_ways(world.app.context) if one.name == name]
    return found


async def until(done: Callable[[], bool]) -> None:
    for _ in range(1000):
        if done():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


async def test_listener_and_mailbox_run_at_once_and_say_how_they_do(world: World) -> None:
    to = await stamp(world)
    box = ToldMailbox(dsn(to), failures=0)
    listener = MailListener(OPTIONS, Desk(world.app.context, "listener"))
    polled = PolledMailbox("imap", box, 3600.0, forward=False)
    ways = IntakeWays(listener, "127.0.0.1:2525", (polled,))
    assert (await way(world, "imap")).state == "waiting"
    async with intake_running.intake_running(world.app.context, ways):
        await box.closed.wait()
        await until(lambda: listener.port > 0)
        assert (await hand_over(listener.port, to, dsn(to)))[0] == 250
    assert await standing(world) == BARRED
    assert box.done == ["7"]
    imap, listening = await way(world, "imap"), await way(world, "listener")
    assert (imap.state, imap.text) == ("ok", "1 bounce")
    assert (listening.state, listening.text) == ("ok", "listens on 127.0.0.1:2525")
    with pytest.raises(ConnectionRefusedError):
        await hand_over(listener.port, to, dsn(to))
    world.clock.set(world.now + hours(1))
    assert (await way(world, "listener")).state == (await way(world, "imap")).state == "silent"
    assert (await way(world, "hook")).state == "waiting"


async def test_a_mailbox_is_left_to_the_scheduler_that_leads(world: World) -> None:
    box = ToldMailbox(dsn(await stamp(world)), failures=0)
    ways = IntakeWays(mailboxes=(PolledMailbox("imap", box, 0.01, forward=False),))
    lead: list[str] = []
    async with intake_running.intake_running(world.app.context, ways, lambda: bool(lead)):
        await asyncio.sleep(0.2)
        assert box.looks == 0
        assert (await way(world, "imap")).state == "waiting"
        lead.append("ours")
        await until(lambda: box.looks >= 1)


async def test_a_way_that_fails_is_told_and_stops_nothing(world: World) -> None:
    box = ToldMailbox(b"", failures=99)
    async with MailListener(OPTIONS, Desk(world.app.context, "listener")) as first:
        taken = MailListener(
            OPTIONS.__class__("127.0.0.1", first.port, "x", OPTIONS.networks),
            Desk(world.app.context, "listener"),
        )
        polled = (PolledMailbox("imap", box, 0.01, forward=False),)
        ways = IntakeWays(taken, "127.0.0.1", polled)
        async with intake_running.intake_running(world.app.context, ways):
            await until(lambda: box.looks >= 1)
            for name, words in (("imap", "IMAP at mx.example: no"), ("listener", "in use")):
                found = await way(world, name)
                while found.state == "waiting":
                    await asyncio.sleep(0.01)
                    found = await way(world, name)
                assert found.state == "failing"
                assert words in found.text


async def test_an_hour_of_failing_is_an_alarm_until_it_is_well(world: World) -> None:
    context = world.app.context
    for minutes in (0, 59, 60):
        assert await list_alarms(context) == []
        world.clock.set(world.now.replace(hour=9 + minutes // 60, minute=minutes % 60))
        await note_way(context, "imap", ok=False, text="no route")
    [alarm] = await list_alarms(context)
    assert (alarm.key, "no route" in alarm.text) == ("intake/imap", True)
    await note_way(context, "imap", ok=True, text="nothing new")
    open_now = [a for a in await list_alarms(context) if getattr(a, "cleared_at", None) is None]
    assert open_now == []
