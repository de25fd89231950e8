"""What comes back: each way right and wrong, and a mail that leaves no trace."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from digest.bootstrap import intake_of
from digest.domain.reports import ReportKind
from digest.domain.return_path import return_path
from digest.mail.bounces.parse import read_report
from digest.ports import IncomingMail
from digest.services.doctor.examine import examine
from digest.services.doctor.returned import harmless_mail
from digest.services.intake import Took, take_mail
from digest.services.intake_running import intake_running
from digest.services.ways import list_ways, note_way
from digest.store.columns import metadata
from digest.web.app import create_app
from digest.web.serving import serve
from tests.cli.test_run import free_port
from tests.intake.installation import mailed, sqlite
from tests.intake.letters import VERP
from tests.mail.mailbox_servers import NAME, PASSWORD, Box, serving
from tests.services.doctor.clinic import at, clinic, level, line
from tests.world import World

LISTENER = "intake/listener"
TOKEN = "a token of thirty-two characters, or more"


async def rows(world: World) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row but the notes about the ways themselves."""
    async with world.app.database.read() as connection:
        return {
            table.name: sorted(map(tuple, await connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
            if table.name != "meta"
        }


async def noted(world: World) -> None:
    """Wait until the listener has written down that it listens."""
    for _ in range(1000):
        if (await list_ways(world.app.context))[0].state == "ok":
            return
        await asyncio.sleep(0.02)


@asynccontextmanager
async def listening(folder: Path, **told: Any) -> AsyncIterator[tuple[World, dict[str, Any]]]:
    """Run an installation with its listener, whose reader was sent a digest."""
    bounces = {"listener": {"port": free_port()} | told}
    async with (
        mailed(folder, sqlite(folder), bounces=bounces, mail=VERP) as world,
        intake_running(world.app.context, intake_of(world.app.context)),
    ):
        await noted(world)
        yield world, {"bounces": bounces, "mail": VERP}


@pytest.mark.parametrize("protocol", ["smtp", "lmtp"])
async def test_the_listener_takes_a_mail_that_does_nothing(tmp_path: Path, protocol: str) -> None:
    async with listening(tmp_path, protocol=protocol) as (world, tables):
        before = await rows(world)
        async with clinic(tmp_path, **tables) as one:
            found = await line(at(one, world.clock), LISTENER)
        assert await rows(world) == before
        assert world.relay.messages[1:] == []
    assert (found.level, "250" in found.found) == ("green", True)


async def test_another_secret_than_the_running_one_is_red(tmp_path: Path) -> None:
    async with (
        listening(tmp_path) as (world, tables),
        clinic(tmp_path, **tables, secret_key="x" * 40) as one,
    ):
        found = await line(at(one, world.clock), LISTENER)
    assert (found.level, "another secret" in found.remedy) == ("red", True)


async def test_a_listener_for_other_networks_is_yellow(tmp_path: Path) -> None:
    networks = ["192.0.2.0/24"]
    async with (
        listening(tmp_path, networks=networks) as (_, tables),
        clinic(tmp_path, **tables) as one,
    ):
        found = await line(one, LISTENER)
    assert (found.level, "networks" in found.remedy) == ("yellow", True)


async def test_nobody_listening_is_red(tmp_path: Path) -> None:
    async with clinic(tmp_path, bounces={"listener": {"port": free_port()}}) as one:
        found = await line(one, LISTENER)
    assert (found.level, "digest run" in found.remedy) == ("red", True)


async def test_no_way_is_left_out_unless_mails_name_a_return_path(tmp_path: Path) -> None:
    async with clinic(tmp_path) as one:
        assert await level(one, "intake") == "skipped"
    async with clinic(tmp_path, mail=VERP) as one:
        assert await level(one, "intake") == "yellow"


@pytest.mark.parametrize("way", ["imap", "pop3"])
async def test_a_mailbox_is_logged_into_and_nothing_is_taken(tmp_path: Path, way: str) -> None:
    box = Box()
    box.put(b"Subject: one\r\n\r\n", b"Subject: two\r\n\r\n")
    async with serving(box, box.imap if way == "imap" else box.pop3):
        told = {"host": "127.0.0.1", "port": box.port, "tls": "none", "username": NAME}
        async with clinic(tmp_path, bounces={way: told | {"password": PASSWORD}}) as one:
            found = await line(one, f"intake/{way}")
        async with clinic(tmp_path, bounces={way: told | {"password": "wrong"}}) as one:
            wrong = await line(one, f"intake/{way}")
    assert (found.level, "2 mails" in found.found) == ("green", True)
    assert (wrong.level, "password" in wrong.remedy) == ("red", True)
    assert (len(box.mails), box.fetched) == (2, [])


async def test_hooks_refuse_as_they_should(tmp_path: Path) -> None:
    postmark = {"username": "u", "password": "p" * 32}
    ways: dict[str, Any] = {
        "hook": {"token": TOKEN},
        "postmark": postmark,
        "mailgun": {"signing_key": "k" * 32},
    }
    ways["ses"] = {"topics": ["arn:aws:sns:eu-west-1:123456789012:bounces"]}
    async with mailed(tmp_path, sqlite(tmp_path), bounces=ways) as world:
        before = await rows(world)
        async with serve(create_app(world.app.context)) as port:
            base = f"http://127.0.0.1:{port}/digest"
            async with clinic(tmp_path, bounces=ways, base_url=base) as one:
                lines = await examine(one, ["intake"])
        assert await rows(world) == before
    assert {one.name: one.level.value for one in lines} == dict.fromkeys(
        ("intake/hook", "intake/ses", "intake/postmark", "intake/mailgun"), "green"
    )


async def test_a_hook_that_is_not_there_is_red(tmp_path: Path) -> None:
    ways = {"hook": {"token": TOKEN}}
    async with (
        mailed(tmp_path, sqlite(tmp_path)) as world,
        serve(create_app(world.app.context)) as port,
        clinic(tmp_path, bounces=ways, base_url=f"http://127.0.0.1:{port}/digest") as one,
    ):
        assert await level(one, "intake/hook") == "red"
    async with clinic(tmp_path, bounces=ways, base_url="http://127.0.0.1:9") as one:
        assert await level(one, "intake/hook") == "red"


async def test_trouble_of_the_running_process_is_told(tmp_path: Path) -> None:
    box = Box()
    async with serving(box, box.imap):
        told = {"host": "127.0.0.1", "port": box.port, "tls": "none", "username": NAME}
        async with clinic(tmp_path, bounces={"imap": told | {"password": PASSWORD}}) as one:
            await note_way(one.context, "imap", ok=False, text="it hung up")
            found = await line(one, "intake/imap")
    assert (found.level, "it hung up" in found.found) == ("yellow", True)


async def test_the_mail_is_an_automatic_answer_and_nothing_else(tmp_path: Path) -> None:
    async with mailed(tmp_path, sqlite(tmp_path)) as world:
        context = world.app.context
        address = return_path("verp", "", "bounces.papers.example", context.token_keys[0], 1,
                              world.now)  # fmt: skip
        assert read_report(harmless_mail(address)).kind is ReportKind.AUTO_REPLY
        before = await rows(world)
        taken = await take_mail(
            context, IncomingMail("", address, harmless_mail(address)), "listener"
        )
        assert (taken.took, taken.ours) == (Took.AUTOMATIC, True)
        assert await rows(world) == before
