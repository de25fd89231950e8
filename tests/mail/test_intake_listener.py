"""The listener, by real clients of SMTP and LMTP: what it takes, refuses, and puts off."""

import asyncio
import re
import smtplib
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import aiosmtplib
import pytest

from digest.mail.intake_listener import ListenerOptions, MailListener
from digest.ports import IncomingMail, Receipt
from digest.services.intake import Desk
from tests.intake.installation import (
    ADDRESS,
    BARRED,
    GONE,
    LEAVE,
    READS,
    forwarded,
    mailed,
    sqlite,
    stamp,
    standing,
)
from tests.intake.letters import dsn, letter, vacation
from tests.mail.certificates import make_authority
from tests.world import World

LOOPBACK = ("127.0.0.0/8",)
OPTIONS = ListenerOptions("127.0.0.1", 0, "papers.example", LOOPBACK, timeout_s=20.0)
TO = "digest@papers.example"


class ToldDesk:
    """Expects one address and answers as the test says."""

    def __init__(self, *answers: Receipt | Exception) -> None:
        self.answers = list(answers)
        self.mails: list[IncomingMail] = []
        self.held = asyncio.Event()
        self.go = asyncio.Event()
        self.go.set()

    def expects(self, address: str) -> bool:
        return address == TO

    async def receive(self, mail: IncomingMail) -> Receipt:
        self.mails.append(mail)
        self.held.set()
        await self.go.wait()
        answer = self.answers.pop(0) if self.answers else Receipt.TAKEN
        if isinstance(answer, Exception):
            raise answer
        return answer


@asynccontextmanager
async def listening(desk: Any, **changed: Any) -> AsyncIterator[MailListener]:
    async with MailListener(replace(OPTIONS, **changed), desk) as listener:
        yield listener


@pytest.fixture
async def world(tmp_path: Path, database_url: str) -> AsyncIterator[World]:
    """Give an installation on each database."""
    async with mailed(tmp_path, database_url) as opened:
        yield opened


async def hand_over(
    port: int, to: str, raw: bytes, sender: str = "", client: type[smtplib.SMTP] = smtplib.SMTP
) -> tuple[int, str]:
    """Hand a mail over as a mail server does; return the answer that ended it."""

    def talk() -> tuple[int, str]:
        with client("127.0.0.1", port, timeout=20) as session:
            session.ehlo_or_helo_if_needed()
            code, said = session.mail(sender)
            if code == 250:
                code, said = session.rcpt(to)
            if code == 250:
                code, said = session.data(raw)
            return code, said.decode()

    return await asyncio.to_thread(talk)


async def test_a_bounce_that_a_mail_server_brings_bars_its_reader(world: World) -> None:
    to = await stamp(world)
    async with listening(Desk(world.app.context, "listener")) as listener:
        assert (await hand_over(listener.port, to, dsn(to)))[0] == 250
        assert await standing(world) == BARRED


async def test_over_lmtp_as_well(tmp_path: Path) -> None:
    async with mailed(tmp_path, sqlite(tmp_path)) as world:
        to = await stamp(world)
        desk = Desk(world.app.context, "listener")
        async with listening(desk, lmtp=True) as listener:
            assert (await hand_over(listener.port, to, vacation(to), client=smtplib.LMTP))[0] == 250
            assert await standing(world) == READS
            assert (await hand_over(listener.port, to, dsn(to), client=smtplib.LMTP))[0] == 250
            assert await standing(world) == BARRED
            with pytest.raises(smtplib.SMTPHeloError, match="LHLO"):
                await hand_over(listener.port, to, dsn(to))


async def test_leaving_and_writing_to_the_owner_by_smtp(tmp_path: Path) -> None:
    async with (
        mailed(tmp_path, sqlite(tmp_path)) as world,
        listening(Desk(world.app.context, "listener")) as listener,
    ):
        code, _ = await hand_over(listener.port, TO, letter(TO), ADDRESS)
        assert (code, len(forwarded(world))) == (250, 1)
        code, said = await hand_over(listener.port, "eve@example.org", letter("eve"), ADDRESS)
        assert (code, said) == (550, "5.1.1 there is no such address here")
        code, _ = await hand_over(listener.port, LEAVE, letter(LEAVE, "please stop"), ADDRESS)
        assert (code, len(forwarded(world))) == (250, 2)  # without a token, a person decides
        sent = message_from_bytes(world.relay.messages[0].data, policy=policy.default)
        [token] = re.findall(r"unsubscribe%20([\w-]{52})", str(sent["List-Unsubscribe"]))
        code, _ = await hand_over(listener.port, LEAVE, letter(LEAVE, f"unsubscribe {token}"))
        assert (code, await standing(world)) == (250, GONE)


async def test_nothing_is_relayed() -> None:
    desk = ToldDesk()
    async with listening(desk) as listener:
        for to in ("a@example.org", f"a%example.org@{TO.partition('@')[2]}", "@a,@b:c@d.example"):
            assert (await hand_over(listener.port, to, b"x"))[0] in (501, 550, 553)
    assert desk.mails == []


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Receipt.TAKEN, 250),
        (Receipt.LATER, 451),
        (Receipt.REFUSED, 550),
        (RuntimeError("the database is away"), 451),
    ],
)
async def test_250_is_said_only_for_what_was_dealt_with(
    answer: Receipt | Exception, code: int
) -> None:
    desk = ToldDesk(answer)
    async with listening(desk) as listener:
        assert (await hand_over(listener.port, TO, b"Subject: a\r\n\r\n..b\r\n"))[0] == code
    assert desk.mails == [IncomingMail("", TO, b"Subject: a\r\n\r\n..b\r\n")]


async def test_a_database_that_is_away_is_451_and_the_next_try_is_taken(tmp_path: Path) -> None:
    async with mailed(tmp_path, sqlite(tmp_path)) as world:
        to = await stamp(world)
        async with listening(Desk(world.app.context, "listener")) as listener:
            async with world.app.database.write() as connection:
                await connection.exec_driver_sql("ALTER TABLE bounce RENAME TO gone")
            assert (await hand_over(listener.port, to, dsn(to)))[0] == 451
            assert await standing(world) == READS
            async with world.app.database.write() as connection:
                await connection.exec_driver_sql("ALTER TABLE gone RENAME TO bounce")
            assert (await hand_over(listener.port, to, dsn(to)))[0] == 250
            assert await standing(world) == BARRED


async def test_a_mail_that_is_too_large_is_refused_and_a_long_line_is_not() -> None:
    desk = ToldDesk()
    async with listening(desk, max_bytes=64 * 1024) as listener:
        large = b"a: b\r\n\r\n" + b"xy\r\n" * 20_000
        assert ((await hand_over(listener.port, TO, large))[0], desk.mails) == (552, [])
        long = b"a: b\r\n\r\n" + b"x" * 9000 + b"\r\n"
        assert (await hand_over(listener.port, TO, long))[0] == 250
    assert [mail.data for mail in desk.mails] == [long]


async def answer_to(port: int, *lines: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for line in lines:
        writer.write(line)
    told = await asyncio.wait_for(reader.read(4000), 20)
    writer.close()
    return told


async def test_other_networks_are_turned_away() -> None:
    async with listening(ToldDesk(), networks=("192.0.2.0/24",)) as listener:
        assert (await answer_to(listener.port)).startswith(b"554 5.7.1 ")


async def test_one_connection_too_many_is_asked_to_come_again() -> None:
    async with listening(ToldDesk(), connections=2) as listener:
        held = [await asyncio.open_connection("127.0.0.1", listener.port) for _ in range(2)]
        for reader, _ in held:
            assert (await reader.readline()).startswith(b"220 ")
        assert (await answer_to(listener.port)).startswith(b"421 ")
        for _, writer in held:
            writer.close()
        await until(lambda: not listener.sessions)
        assert (await answer_to(listener.port)).startswith(b"220 ")


async def until(done: Callable[[], bool]) -> None:
    for _ in range(1000):
        if done():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


async def test_a_client_that_says_nothing_is_left() -> None:
    async with listening(ToldDesk(), timeout_s=0.2) as listener:
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        assert (await reader.readline()).startswith(b"220 ")
        assert await asyncio.wait_for(reader.read(), 20) == b""
        writer.close()


async def test_a_stop_lets_the_mail_under_way_come_to_its_answer() -> None:
    desk = ToldDesk()
    desk.go.clear()
    listener = MailListener(OPTIONS, desk)
    await listener.__aenter__()
    sending = asyncio.create_task(hand_over(listener.port, TO, b"a: b\r\n\r\nc\r\n"))
    idle, writer = await asyncio.open_connection("127.0.0.1", listener.port)
    await desk.held.wait()
    stopping = asyncio.create_task(listener.__aexit__(None, None, None))
    await asyncio.wait_for(idle.read(), 20)  # who is idle is left at once
    assert not stopping.done()
    desk.go.set()
    assert (await sending)[0] == 250
    await asyncio.wait_for(stopping, 20)
    writer.close()


async def test_a_taken_port_is_an_error_of_the_start() -> None:
    async with listening(ToldDesk()) as listener:
        with pytest.raises(OSError, match="address already in use"):
            async with listening(ToldDesk(), port=listener.port):
                pass


async def test_starttls_is_offered_with_a_certificate(tmp_path: Path) -> None:
    authority = make_authority(tmp_path)
    server = authority.server("localhost")
    desk = ToldDesk()
    async with listening(desk, tls=server) as listener:
        client = aiosmtplib.SMTP(
            hostname="localhost", port=listener.port, start_tls=True,
            tls_context=ssl.create_default_context(cafile=str(authority.path)),
        )  # fmt: skip
        async with client:
            await client.sendmail("a@example.org", [TO], b"a: b\r\n\r\nc\r\n")
    assert [mail.envelope_from for mail in desk.mails] == ["a@example.org"]
