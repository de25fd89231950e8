"""What every mail must be, on mails that were sent: headers, envelope, signatures."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from digest.bootstrap import render_version, signer_of
from digest.domain.deliveries import Kind
from digest.domain.dkim_record import KeyKind
from digest.domain.return_path import read_return_path
from digest.mail.dkim import DkimKey
from digest.mail.dkim_keys import make_key, write_key
from digest.mail.reading import parse
from digest.ports import Outcome, OutgoingMessage, Verdict
from digest.resources import templates_dir
from digest.store.schema import delivery
from tests.dkim_verifiers import by_dkimpy
from tests.dns_server import dns_server
from tests.mail.keys import private
from tests.store.ledger_rows import add_row
from tests.world import MONDAY, World, hours, open_world

ALWAYS = {
    *("Date", "From", "To", "Reply-To", "Subject", "Message-ID", "MIME-Version", "Content-Type"),
    *("Auto-Submitted", "X-Auto-Response-Suppress", "Content-Language"),
}
OF_A_LIST = {
    *("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Help", "List-Owner"),
    *("List-Archive", "Feedback-ID", "Precedence"),
}
SINGLE = sorted(set(Kind) - {Kind.DIGEST, Kind.RESEND, Kind.ALARM, Kind.TEST})
SIGNATURES = "DKIM-Signature"


@asynccontextmanager
async def world(
    folder: Path, *, keyed: bool = True, bounces: str = "none", anew: bool = True
) -> AsyncIterator[World]:
    """Give an installation that signs if ``keyed``, ``anew`` with its one confirmed reader."""
    dkim: dict[str, Any] = {}
    if keyed:
        for kind, prefix in ((KeyKind.RSA, ""), (KeyKind.ED25519, "ed25519_")):
            path = folder / f"{kind.value}.pem"
            if not path.exists():
                write_key(path, private(kind))
            dkim |= {f"{prefix}selector": kind.value, f"{prefix}key_file": path}
    mail = {
        "from": "Paper Digest <digest@papers.example>",
        "reply_to": "owner@papers.example",
        "return_path_domain": "bounces.papers.example",
        "bounces": bounces,
    }
    tables: dict[str, Any] = {"mail": mail, "dkim": dkim, "digest": {"first_at_once": False}}
    url = f"sqlite+aiosqlite:///{folder}/digest.sqlite3"
    async with open_world(folder, url, **tables) as opened:
        if anew:
            await opened.add_reader("a@example.org", "routing")
        yield opened


async def digest_of(world: World) -> OutgoingMessage:
    """Send Monday's digest and return it."""
    await world.list_papers("Sparse routing")
    await world.at(MONDAY + hours(8))
    return world.relay.messages[-1]


async def single(world: World, kind: Kind) -> OutgoingMessage:
    """Send a mail that is no digest and return it."""
    if kind is Kind.CONFIRM:  # asked of people who are not confirmed yet
        await world.add_reader("a@example.com", "routing", confirmed=False)
    else:
        now = world.now
        await add_row(world.app.database, 1, kind=kind, planned_at=now, next_try_at=now)
    await world.send()
    return world.relay.messages[-1]


def names(message: EmailMessage) -> list[str]:
    return sorted(name for name in message.keys() if name != SIGNATURES)  # noqa: SIM118 - repeats


async def test_a_digest_has_each_header_of_the_table_once(tmp_path: Path) -> None:
    async with world(tmp_path) as opened:
        sent = await digest_of(opened)
    read = parse(sent.data)
    assert names(read) == sorted(ALWAYS | OF_A_LIST)
    assert read["Date"].datetime == parsedate_to_datetime(str(read["Date"])) == MONDAY + hours(8)
    assert str(read["Date"]).endswith("+0000")
    assert read["Message-ID"] == sent.message_id
    assert read["List-Id"] == "Paper Digest <digest.papers.example>"
    one_click, mailto = str(read["List-Unsubscribe"]).split(", ")
    assert one_click.startswith("<https://papers.example/digest/unsubscribe/")
    assert mailto.startswith("<mailto:owner@papers.example?subject=unsubscribe%20")
    assert b">,\r\n <mailto:" in sent.data
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert read["Feedback-ID"] == "topic:daily:digest:papers.example"
    assert read["Precedence"] == "list"


@pytest.mark.parametrize("kind", SINGLE)
async def test_a_single_mail_has_those_that_make_sense_for_it(tmp_path: Path, kind: Kind) -> None:
    async with world(tmp_path) as opened:
        read = parse((await single(opened, kind)).data)
    assert names(read) == sorted(ALWAYS)
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["X-Auto-Response-Suppress"] == "OOF, AutoReply"


@pytest.mark.parametrize("keyed", [True, False])
async def test_every_mail_is_signed_last_by_each_key(tmp_path: Path, keyed: bool) -> None:
    async with world(tmp_path, keyed=keyed) as opened:
        mails = [(await digest_of(opened)).data]
        mails += [(await single(opened, kind)).data for kind in SINGLE]
        records = [key.record for key in opened.app.context.signer.keys]
    if not keyed:
        assert not any(b"DKIM-Signature" in data for data in mails)
        return
    assert [record.kind for record in records] == [KeyKind.RSA, KeyKind.ED25519]
    for data in mails:
        first, second = parse(data).get_all(SIGNATURES, [])
        assert "a=rsa-sha256; c=relaxed/relaxed; d=papers.example; s=rsa;" in first
        assert "a=ed25519-sha256; c=relaxed/relaxed; d=papers.example; s=ed25519;" in second
        covered = "".join(first.partition(" h=")[2].partition(";")[0].split()).split(":")
        assert {name.lower() for name in names(parse(data))} <= set(covered)
        for name in ("from", "subject", "date", "to"):
            assert covered.count(name) == 2
        is_list = 1 + (data is mails[0])
        assert covered.count("list-unsubscribe") == covered.count("list-id") == is_list
    with dns_server({record.name: record.value for record in records}) as (_, port):
        results = by_dkimpy(mails, port)
    assert all(result["rsa-sha256"] == "pass" for result in results)


async def test_a_mail_sent_again_is_the_same_to_the_last_byte(tmp_path: Path) -> None:
    async with world(tmp_path, bounces="verp") as opened:
        opened.relay.answers = [Outcome(Verdict.DEFERRED, 451, "451 4.7.1 later")]
        first = await digest_of(opened)
    async with world(tmp_path, bounces="verp", anew=False) as opened:
        opened.clock.set(MONDAY + hours(10) + timedelta(seconds=7))
        await opened.send()
        (again,) = opened.relay.messages
    assert again == first
    assert f"t={int((MONDAY + hours(8)).timestamp())};".encode() in first.data


async def test_another_key_is_another_version_of_the_mails(tmp_path: Path) -> None:
    async with world(tmp_path) as opened:
        context = opened.app.context
        keys = signer_of(context.settings).keys
    other: list[tuple[DkimKey, ...]] = [
        keys,
        keys[:1],
        (),
        (replace(keys[0], selector="next"), keys[1]),
        (replace(keys[0], domain="example"), keys[1]),
        (keys[0], replace(keys[1], private=make_key(KeyKind.ED25519))),
    ]
    versions = [
        render_version(context.settings, templates_dir(), [key.key_id for key in each])
        for each in other
    ]
    assert versions[0] == context.render_version
    assert len(set(versions)) == len(other)


@pytest.mark.parametrize("mode", ["none", "plus", "verp"])
async def test_the_envelope_is_made_as_the_settings_say(tmp_path: Path, mode: str) -> None:
    async with world(tmp_path, keyed=False, bounces=mode) as opened:
        sent = [await digest_of(opened), await single(opened, Kind.CONFIRM)]
        async with opened.app.database.read() as connection:
            rows = (await connection.execute(delivery.select().order_by(delivery.c.id))).all()
        keys, today = opened.app.context.token_keys, opened.now.date()
    assert [mail.envelope_to for mail in sent] == ["a@example.org", "a@example.com"]
    for mail in sent:
        local, _, host = mail.envelope_from.partition("@")
        told = read_return_path(keys, mail.envelope_from, today)
        if mode == "none":
            assert mail.envelope_from == "digest@papers.example"
            assert told is None
            continue
        assert told is not None
        assert told.delivery in {row.id for row in rows}
        assert host == ("papers.example" if mode == "plus" else "bounces.papers.example")
        assert local.startswith("digest+b-" if mode == "plus" else "b-")
    assert mode == "none" or sent[0].envelope_from != sent[1].envelope_from
