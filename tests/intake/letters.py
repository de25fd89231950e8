"""Mails that come in, invented: bounces, complaints, automatic answers, and people."""

from collections.abc import Sequence

from digest.domain.return_path import return_path
from digest.ports import OutgoingMessage
from digest.store import deliveries
from digest.store.deliveries import Delivery
from tests.world import World

VERP = {"from": "Paper Digest <digest@papers.example>", "bounces": "verp",
        "return_path_domain": "bounces.papers.example"}  # fmt: skip
UNKNOWN_USER = "550 5.1.1 no such user here"
FULL = "452 4.2.2 the mailbox is full"
SPAM = "550 5.7.1 this looks like spam"


async def delivery_of(world: World, number: int = 1) -> Delivery:
    async with world.app.database.read() as connection:
        found = await deliveries.find_delivery(connection, number)
    assert found is not None
    return found


def stamp_of(world: World, row: Delivery, key: bytes | None = None) -> str:
    """Return the return path of a delivery, under another key if told."""
    used = key or world.app.context.token_keys[0]
    domain = "bounces.papers.example"
    return return_path("verp", "digest@papers.example", domain, used, row.id, row.planned_at)


def head_of(message: OutgoingMessage) -> bytes:
    """Return the header of a mail that went out."""
    return message.data.partition(b"\r\n\r\n")[0]


def dsn(
    to: str,
    recipient: str = "ada@example.org",
    said: str = UNKNOWN_USER,
    *,
    action: str = "failed",
    original: bytes = b"Subject: a digest\r\nMessage-ID: <1@papers.example>",
    others: Sequence[str] = (),
) -> bytes:
    """Return a bounce (RFC 3464) of a mail to ``recipient``, sent to a return path."""
    status = said.split(" ")[1]
    fields = b"".join(
        f"\r\nFinal-Recipient: rfc822; {one}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; {said}\r\n".encode()
        for one in (recipient, *others)
    )
    return b"".join((
        f"From: MAILER-DAEMON@mx.example.org\r\nTo: <{to}>\r\n".encode(),
        b"Subject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n",
        b"Message-ID: <dsn@mx.example.org>\r\nAuto-Submitted: auto-replied\r\n",
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="cut"\r\n\r\n',
        b"--cut\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n",
        b"--cut\r\nContent-Type: message/delivery-status\r\n\r\n",
        b"Reporting-MTA: dns; mx.example.org\r\n", fields,
        b"\r\n--cut\r\nContent-Type: text/rfc822-headers\r\n\r\n", original,
        b"\r\n\r\n--cut--\r\n",
    ))  # fmt: skip


def complaint(
    to: str,
    *,
    feedback: str = "abuse",
    mail_from: str = "",
    original: bytes = b"Subject: a digest",
) -> bytes:
    """Return a complaint (RFC 5965); ``mail_from`` is its Original-Mail-From."""
    envelope = f"Original-Mail-From: <{mail_from}>\r\n" if mail_from else ""
    return b"".join((
        f"From: feedback@provider.example\r\nTo: <{to}>\r\nSubject: FW: spam\r\n".encode(),
        b"MIME-Version: 1.0\r\n",
        b'Content-Type: multipart/report; report-type=feedback-report; boundary="cut"\r\n\r\n',
        b"--cut\r\nContent-Type: text/plain\r\n\r\nThis is an abuse report.\r\n",
        b"--cut\r\nContent-Type: message/feedback-report\r\n\r\n",
        f"Feedback-Type: {feedback}\r\nUser-Agent: Loop/1\r\nVersion: 1\r\n{envelope}".encode(),
        b"\r\n--cut\r\nContent-Type: message/rfc822\r\n\r\n", original,
        b"\r\n\r\nThe mail.\r\n--cut--\r\n",
    ))  # fmt: skip


def vacation(to: str, sender: str = "ada@example.org") -> bytes:
    """Return an automatic answer (RFC 3834)."""
    return (
        f"From: {sender}\r\nTo: <{to}>\r\nSubject: Out of office: Your digest\r\n"
        "Auto-Submitted: auto-replied\r\nMessage-ID: <away@example.org>\r\n\r\n"
        "I am away until Monday.\r\n"
    ).encode()


def letter(
    to: str,
    subject: str = "Re: Your digest",
    sender: str = "Ada <ada@example.org>",
    body: str = "Thank you!\r\n",
    more: str = "",
) -> bytes:
    """Return what a person writes; ``more`` are further header lines."""
    return (
        f"From: {sender}\r\nTo: <{to}>\r\nSubject: {subject}\r\n"
        f"Date: Mon, 04 May 2026 09:00:00 +0000\r\nMessage-ID: <1@example.org>\r\n{more}\r\n{body}"
    ).encode()
