"""Alarms by mail: several in one, once each, and never in a loop with a relay that refuses."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from digest.ports import Outcome, OutgoingMessage, Verdict
from digest.services.alarm_mail import MOST_TOLD, mail_alarms
from digest.services.alarms import clear_alarm, list_alarms, raise_alarm
from digest.store.schema import delivery
from tests.world import ToldTransport, World, open_world

DOWN = Outcome(Verdict.RELAY_DOWN, None, "connection refused")
REFUSED = Outcome(Verdict.REFUSED, 550, "550 5.1.1 no such user")
OPS = "ops@papers.example"


@pytest.fixture
async def world(tmp_path: Path, database_url: str) -> AsyncIterator[World]:
    """Give an installation with an operator to write to, on each database."""
    async with open_world(tmp_path, database_url, watch={"mail_to": [OPS]}) as opened:
        yield opened


def mails(world: World) -> list[EmailMessage]:
    """Return what the relay was handed, parsed."""
    return [message_from_bytes(m.data, policy=policy.default) for m in world.relay.messages]


def later(world: World, minutes: float) -> None:
    """Move the clock on."""
    world.clock.set(world.now + timedelta(minutes=minutes))


async def test_what_is_open_is_mailed_once_several_in_one(world: World) -> None:
    context = world.app.context
    await raise_alarm(context, "books", "the books of 2026-05-03 do not balance")
    await raise_alarm(context, "source/arXiv", "stale: <b>nothing</b> new since Thursday")
    assert await mail_alarms(context)
    later(world, 600)
    assert not await mail_alarms(context)
    [mail] = mails(world)
    assert mail["Subject"] == "Paper Digest: 2 alarms"
    assert mail["To"] == OPS
    assert mail["Auto-Submitted"] == "auto-generated"
    parts = [part.get_content() for part in mail.iter_parts()]
    for part in parts:
        assert "books of 2026-05-03" in part
        assert "source/arXiv" in part
    assert "stale: <b>nothing</b>" in parts[0]
    assert "&lt;b&gt;nothing&lt;/b&gt;" in parts[1]
    async with world.app.database.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(delivery)) == 0


async def test_the_end_of_a_trouble_is_mailed_and_its_return_is_news(world: World) -> None:
    context = world.app.context
    await raise_alarm(context, "held", "3 mails wait")
    await mail_alarms(context)
    later(world, 20)
    await clear_alarm(context, "held")
    assert await mail_alarms(context)
    later(world, 20)
    assert not await mail_alarms(context)
    await raise_alarm(context, "held", "4 mails wait")
    assert [one.mailed_at for one in await list_alarms(context)] == [None]
    assert await mail_alarms(context)
    assert [mail["Subject"].partition(": ")[2] for mail in mails(world)] == [
        "alarm: held",
        "over: held",
        "alarm: held",
    ]


async def test_a_trouble_that_came_and_went_unmailed_is_not_told(world: World) -> None:
    context = world.app.context
    await raise_alarm(context, "held", "3 mails wait")
    await clear_alarm(context, "held")
    assert not await mail_alarms(context)
    assert mails(world) == []


async def test_what_comes_soon_after_a_mail_waits_for_the_next(world: World) -> None:
    context = world.app.context
    await raise_alarm(context, "a", "one")
    await mail_alarms(context)
    later(world, 14)
    await raise_alarm(context, "b", "two")
    await raise_alarm(context, "c", "three")
    assert not await mail_alarms(context)
    later(world, 1)
    assert await mail_alarms(context)
    assert [mail["Subject"] for mail in mails(world)] == [
        "Paper Digest: alarm: a",
        "Paper Digest: 2 alarms",
    ]


async def test_a_relay_that_is_down_is_asked_ever_more_rarely_and_nothing_is_lost(
    world: World,
) -> None:
    context = world.app.context
    world.relay.answers = [DOWN, DOWN, DOWN]
    await raise_alarm(context, "relay/main", "it is down")
    tried = []
    for minute in range(8 * 60):
        before = len(world.relay.messages)
        await mail_alarms(context)
        if len(world.relay.messages) > before:
            tried.append(minute)
        later(world, 1)
    assert tried == [0, 30, 90, 210]
    [last] = mails(world)[-1:]
    assert "relay/main" in last.as_string()
    assert {one.key for one in await list_alarms(context) if one.cleared_at is None} == {
        "relay/main"
    }


async def test_an_address_that_is_refused_is_an_alarm_of_its_own_until_one_arrives(
    world: World,
) -> None:
    context = world.app.context
    world.relay.answers = [REFUSED]
    await raise_alarm(context, "held", "3 mails wait")
    assert not await mail_alarms(context)
    found = {one.key: one.text for one in await list_alarms(context)}
    assert "550 5.1.1 no such user" in found["watch/mail"]
    later(world, 30)
    assert await mail_alarms(context)
    assert {one.key for one in await list_alarms(context) if one.cleared_at} == {"watch/mail"}


async def test_of_several_operators_one_is_enough_and_each_has_a_mail(
    tmp_path: Path,
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    watch = {"mail_to": [OPS, "Eve <eve@papers.example>"]}
    async with open_world(tmp_path, url, watch=watch) as world:
        world.relay.answers = [REFUSED]
        await raise_alarm(world.app.context, "held", "3 mails wait")
        with capture_logs() as logs:
            assert await mail_alarms(world.app.context)
        assert [m.envelope_to for m in world.relay.messages] == [OPS, "eve@papers.example"]
        assert [line["outcome"] for line in logs if line["log_level"] == "warning"] == ["refused"]
        later(world, 60)
        assert not await mail_alarms(world.app.context)


async def test_two_processes_write_one_mail(world: World) -> None:
    context = world.app.context
    await raise_alarm(context, "held", "3 mails wait")
    done = await asyncio.gather(*(mail_alarms(context) for _ in range(6)))
    assert sum(done) == 1
    assert len(world.relay.messages) == 1


async def test_an_alarm_raised_anew_while_its_mail_left_is_told_again(world: World) -> None:
    context = world.app.context
    await raise_alarm(context, "held", "3 mails wait")

    class Slow(ToldTransport):
        """A relay during whose answer the trouble ends and begins again."""

        async def send(self, message: OutgoingMessage) -> Outcome:
            """Accept, late."""
            later(world, 1)
            await clear_alarm(context, "held")
            later(world, 1)
            await raise_alarm(context, "held", "9 mails wait")
            return await super().send(message)

    assert await mail_alarms(replace(context, transport=Slow()))
    later(world, 15)
    assert await mail_alarms(context)
    assert "9 mails wait" in mails(world)[-1].as_string()


async def test_very_many_alarms_take_several_mails(world: World) -> None:
    context = world.app.context
    for number in range(MOST_TOLD + 5):
        await raise_alarm(context, f"policy/main/p{number:03}", "refused")
    assert await mail_alarms(context)
    later(world, 15)
    assert await mail_alarms(context)
    assert [mail["Subject"] for mail in mails(world)] == [
        f"Paper Digest: {MOST_TOLD} alarms",
        "Paper Digest: 5 alarms",
    ]


async def test_without_an_address_nothing_is_mailed(both: World) -> None:
    await raise_alarm(both.app.context, "held", "3 mails wait")
    await raise_alarm(both.app.context, "watch/mail", "of the settings before")
    assert not await mail_alarms(both.app.context)
    assert both.relay.messages == []
    found = {one.key: one.cleared_at for one in await list_alarms(both.app.context)}
    assert found == {"held": None, "watch/mail": both.now}
