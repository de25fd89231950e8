"""Tests that the catcher keeps what a real SMTP client sends it."""

import asyncio
from datetime import UTC, datetime

import aiosmtplib
import pytest

from digest.clocks import SimulatedClock
from digest.mail.catcher import MAX_MAIL_BYTES, MailCatcher

MAIL = b"Subject: Gr\xc3\xbc\xc3\x9fe\r\n\r\n.a dot first\r\nna\xc3\xafve\r\n"


def client(catcher: MailCatcher) -> aiosmtplib.SMTP:
    return aiosmtplib.SMTP(hostname="127.0.0.1", port=catcher.port)


async def test_a_mail_is_kept_byte_for_byte_with_its_envelope() -> None:
    async with MailCatcher() as catcher, client(catcher) as smtp:
        await smtp.sendmail("bounces@a.example", ["x@b.example", "y@c.example"], MAIL)
    [mail] = catcher.mails
    assert mail.data == MAIL
    assert mail.envelope_from == "bounces@a.example"
    assert mail.rcpt_to == ("x@b.example", "y@c.example")


async def test_addresses_beyond_ascii_are_taken() -> None:
    async with MailCatcher() as catcher, client(catcher) as smtp:
        options = ["SMTPUTF8", "BODY=8BITMIME"]
        await smtp.sendmail("dörte@ü.example", ["jürgen@ö.example"], MAIL, mail_options=options)
    assert catcher.mails[0].envelope_from == "dörte@ü.example"
    assert catcher.mails[0].rcpt_to == ("jürgen@ö.example",)


async def test_the_extensions_a_digest_needs_are_offered() -> None:
    async with MailCatcher() as catcher, client(catcher) as smtp:
        offered = set(smtp.esmtp_extensions)
    assert {"8bitmime", "smtputf8", "size"} <= offered


async def test_a_mail_is_dated_by_the_clock_it_was_given() -> None:
    monday = datetime(2026, 5, 4, 6, 0, tzinfo=UTC)
    async with MailCatcher(SimulatedClock(monday)) as catcher, client(catcher) as smtp:
        await smtp.sendmail("a@a.example", ["b@b.example"], MAIL)
    assert catcher.mails[0].received_at == monday


async def test_only_the_newest_mails_are_kept() -> None:
    async with MailCatcher(keep=2) as catcher, client(catcher) as smtp:
        for n in range(3):
            await smtp.sendmail(f"{n}@a.example", ["b@b.example"], MAIL)
    assert [mail.envelope_from for mail in catcher.mails] == ["1@a.example", "2@a.example"]


async def test_a_mail_beyond_the_size_limit_is_refused() -> None:
    async with MailCatcher() as catcher, client(catcher) as smtp:
        with pytest.raises(aiosmtplib.SMTPResponseException) as refused:
            await smtp.sendmail("a@a.example", ["b@b.example"], b"x" * (MAX_MAIL_BYTES + 1))
    assert refused.value.code == 552
    assert catcher.mails == ()


async def test_leaving_hangs_up_on_a_client_that_still_talks() -> None:
    async with MailCatcher() as catcher:
        reader, writer = await asyncio.open_connection("127.0.0.1", catcher.port)
        await reader.readline()
    assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()
