"""IMAP and POP3 mailboxes: what is ours is dealt with and taken out, all else is left alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from digest.mail.intake_imap import ImapMailbox
from digest.mail.intake_pop3 import Pop3Mailbox
from digest.mail.mailbox_options import MailboxOptions
from digest.ports import Mailbox, MailboxError, Outcome, Verdict
from digest.services.mailboxes import look_into
from tests.intake.installation import (
    BARRED,
    READS,
    forwarded,
    mailed,
    sqlite,
    stamp,
    standing,
)
from tests.intake.letters import dsn, letter, vacation
from tests.mail.mailbox_servers import NAME, PASSWORD, Box, serving
from tests.world import World

KINDS = ("imap", "pop3")
FORGED = dsn(f"b-{'a' * 24}@bounces.papers.example")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Give an installation whose reader was sent a digest."""
    async with mailed(tmp_path, sqlite(tmp_path)) as opened:
        yield opened


@asynccontextmanager
async def mailbox(kind: str, box: Box, **changed: Any) -> AsyncIterator[Mailbox]:
    """Serve a mailbox and give its client."""
    async with serving(box, getattr(box, kind)):
        told: dict[str, Any] = {
            "password": PASSWORD,
            "tls": "none",
            "timeout_s": 20.0,
            "max_bytes": 100_000,
        }
        options = MailboxOptions("127.0.0.1", box.port, NAME, **told | changed)
        yield ImapMailbox(options) if kind == "imap" else Pop3Mailbox(options)


async def look(world: World, client: Mailbox, *, forward: bool = False) -> dict[str, int]:
    return dict(await look_into(world.app.context, client, "box", forward=forward))


@pytest.mark.parametrize("kind", KINDS)
async def test_a_bounce_is_taken_out_and_what_is_not_ours_is_read_once_and_stays(
    world: World, kind: str
) -> None:
    to, box = await stamp(world), Box()
    box.put(letter("digest@papers.example"), dsn(to), FORGED, vacation(to))
    async with mailbox(kind, box) as client:
        assert await look(world, client) == {"bounce": 1, "automatic": 1, "left alone": 2}
        assert await standing(world) == BARRED
        assert list(box.mails) == [1, 3]
        box.put(letter("another@papers.example"))
        assert await look(world, client) == {"left alone": 1}
        assert await look(world, client) == {}
    assert box.fetched == [1, 2, 3, 4, 5]
    assert forwarded(world) == []


@pytest.mark.parametrize("kind", KINDS)
async def test_with_forward_mail_of_people_is_passed_on_and_taken_out(
    world: World, kind: str
) -> None:
    box = Box()
    box.put(letter("digest@papers.example"), FORGED)
    async with mailbox(kind, box) as client:
        world.relay.answers = [Outcome(Verdict.DEFERRED, 451, "451 later")]
        assert await look(world, client, forward=True) == {"later": 1, "left alone": 1}
        assert list(box.mails) == [1, 2]
        assert await look(world, client, forward=True) == {"forwarded": 1}
    assert list(box.mails) == [2]


@pytest.mark.parametrize("kind", KINDS)
async def test_another_validity_means_other_mails(world: World, kind: str) -> None:
    box = Box()
    box.put(FORGED)
    async with mailbox(kind, box) as client:
        await look(world, client)
        box.validity += 1
        assert await look(world, client) == {"left alone": 1}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lines", ["many", "long"])
async def test_a_mail_over_the_size_is_not_fetched_and_long_lines_are(
    world: World, kind: str, lines: str
) -> None:
    to, box = await stamp(world), Box()
    large = dsn(to, original=b"X: y\r\n" * 40_000)
    box.put(large if lines == "many" else dsn(to, original=b"X: " + b"y" * 60_000))
    async with mailbox(kind, box) as client:
        expected = {"left alone": 1} if lines == "many" else {"bounce": 1}
        assert await look(world, client) == expected
    assert box.fetched == ([] if lines == "many" else [1])


@pytest.mark.parametrize(
    ("kind", "broken"),
    [
        *(("imap", command) for command in ("SELECT", "BODY", "STORE", "LOGOUT")),
        *(("pop3", command) for command in ("UIDL", "RETR", "DELE", "QUIT")),
    ],
)
async def test_a_connection_that_breaks_is_an_error_and_the_next_look_goes_on(
    world: World, kind: str, broken: str
) -> None:
    to, box = await stamp(world), Box(broken=broken)
    box.put(FORGED, dsn(to))
    async with mailbox(kind, box) as client:
        with pytest.raises(MailboxError, match=r"at 127\.0\.0\.1"):
            await look(world, client)
        box.broken = ""
        await look(world, client)
    assert await standing(world) == BARRED
    assert list(box.mails) == [1]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_wrong_password_and_a_closed_port_are_errors_in_words(
    world: World, kind: str
) -> None:
    box = Box()
    async with mailbox(kind, box, password="wrong") as client:
        with pytest.raises(MailboxError, match=r"at 127\.0\.0\.1: .*wrong password"):
            await look(world, client)
    with pytest.raises(MailboxError, match="refused"):
        await look(world, client)


@pytest.mark.parametrize("kind", KINDS)
async def test_when_the_database_is_away_nothing_is_taken_out(world: World, kind: str) -> None:
    to, box = await stamp(world), Box()
    box.put(dsn(to))
    async with mailbox(kind, box) as client:
        async with world.app.database.write() as connection:
            await connection.exec_driver_sql("ALTER TABLE bounce RENAME TO gone")
        with pytest.raises(Exception, match="no such table"):
            await look(world, client)
        assert await standing(world) == READS
        async with world.app.database.write() as connection:
            await connection.exec_driver_sql("ALTER TABLE gone RENAME TO bounce")
        assert await look(world, client) == {"bounce": 1}
    assert box.mails == {}


@pytest.mark.parametrize("capabilities", ["UIDPLUS MOVE", "UIDPLUS", ""])
async def test_what_was_dealt_with_goes_to_its_folder(world: World, capabilities: str) -> None:
    to, box = await stamp(world), Box(capabilities=capabilities)
    raw = dsn(to)
    box.put(raw)
    async with mailbox("imap", box, processed_folder="Done") as client:
        assert await look(world, client) == {"bounce": 1}
        assert box.moved == {1: raw}
        assert await look(world, client) == {}
    # without UIDPLUS an expunge would take other mails along: it is only marked
    assert (box.mails == {}) == bool(capabilities)
