"""Mail of people that came in where programs read: who wrote it, and how it is passed on.

It is passed on as an attachment under our own From: with the writer's, DMARC would turn it down.
"""

import hashlib
import re
from base64 import encodebytes
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import parseaddr

from digest.domain import headers
from digest.domain.subscribers import address_key

FORWARDED = "X-Paper-Digest-Forwarded"  # whose value is our own From address
MOST_HOPS = 30  # Received fields; RFC 5321 section 6.3 says well under 100
_LINE = 998
_LOOKED_AT = 256 * 1024  # bytes; a header is shorter
_AUTOMATIC = re.compile(r"^(?:auto|junk|bulk|list)", re.IGNORECASE)
_TO_FIELDS = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-delivered-to")


@dataclass(frozen=True, slots=True)
class Letter:
    """The header of a mail as far as it decides where it goes; addresses are bare, or ""."""

    sender: str
    sender_name: str
    subject: str
    recipients: tuple[str, ...]
    automatic: bool  # written by a program (RFC 3834), or sent to a list
    hops: int
    list_id: str
    forwarded_by: str
    mark: str  # the same for the same mail, whichever way it came


def read_letter(raw: bytes) -> Letter:
    """Return the header of any mail; what cannot be read is empty."""
    mail = message_from_bytes(raw[:_LOOKED_AT])
    name, sender = parseaddr(_text(mail.get("from")))
    told = [_text(mail.get(field)) for field in ("message-id", "from", "date", "subject")]
    said = _text(mail.get("auto-submitted")).strip().lower()
    automatic = bool(said) and not said.startswith("no")
    listed = _AUTOMATIC.match(_text(mail.get("precedence")).strip())
    return Letter(
        sender=sender,
        sender_name=_decoded(name),
        subject=" ".join(_decoded(mail.get("subject")).split()),
        recipients=tuple(_recipients(mail)),
        automatic=automatic or bool(listed),
        hops=len(mail.get_all("received", [])),
        list_id=_text(mail.get("list-id")),
        forwarded_by=_text(mail.get(FORWARDED)).strip(),
        mark=hashlib.sha256("\0".join(told).encode("utf-8", "replace")).hexdigest(),
    )


def is_our_own(letter: Letter, from_address: str, list_id: str) -> bool:
    """Return whether a mail went round in a circle: one of ours, or one passed on before."""
    ours = address_key(from_address)
    return (
        address_key(letter.sender) == ours
        or address_key(letter.forwarded_by) == ours
        or f"<{list_id}>" in letter.list_id
        or letter.hops > MOST_HOPS
    )


def passed_on(
    letter: Letter,
    raw: bytes,
    *,
    from_address: str,
    site_name: str,
    to_address: str,
    message_id: str,
    now: datetime,
) -> bytes:
    """Return the mail that carries another as an attachment; no line of it begins with a dot.

    It answers to the writer, and says that a program sent it (RFC 3834 section 5).
    """
    boundary = f"=_{letter.mark[:32]}"
    shown = letter.sender_name or letter.sender or "somebody"
    subject = letter.subject or "(no subject)"
    fields = [
        headers.date_field(now),
        headers.mailbox_field("From", f"{shown} via {site_name}"[:200], from_address),
        headers.mailbox_field("To", None, to_address),
        *_reply_to(letter),
        headers.text_field("Subject", f"Fwd: {subject[:300]}"),
        headers.message_id_field(message_id),
        b"Auto-Submitted: auto-forwarded\r\n",
        headers.text_field(FORWARDED, from_address),
        b"MIME-Version: 1.0\r\n",
        f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n'.encode("ascii"),
    ]
    told = (
        f"This came in for {site_name} at {letter.recipients[0] if letter.recipients else '-'} "
        "and was written by a person, or could not be read.\nThe whole mail is attached."
    )
    return b"".join(
        (
            *fields,
            f"--{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\n".encode("ascii"),
            b"Content-Transfer-Encoding: base64\r\n\r\n",
            _base64(told.encode("utf-8", "replace")),
            f"--{boundary}\r\n".encode("ascii"),
            *_attachment(raw),
            f"--{boundary}--\r\n".encode("ascii"),
        )
    )


def _attachment(raw: bytes) -> Iterator[bytes]:
    """Yield a mail as message/rfc822 where it is plain enough, else as a file in base64.

    RFC 2046 section 5.2.1 allows no base64 in message/rfc822, and a relay no other long lines.
    """
    lines = raw.replace(b"\r\n", b"\n").split(b"\n")
    text = b"\r\n".join(lines)
    plain = text.isascii() and not any(c in text for c in (b"\0", b"\r\r"))
    if plain and not any(len(one) > _LINE or one[:1] == b"." or b"\r" in one for one in lines):
        yield b"Content-Type: message/rfc822\r\nContent-Disposition: inline\r\n\r\n"
        yield text + b"\r\n"
    else:
        yield b'Content-Type: application/octet-stream; name="message.eml"\r\n'
        yield b'Content-Disposition: attachment; filename="message.eml"\r\n'
        yield b"Content-Transfer-Encoding: base64\r\n\r\n"
        yield _base64(raw)


def _base64(raw: bytes) -> bytes:
    return encodebytes(raw).replace(b"\n", b"\r\n")


def _reply_to(letter: Letter) -> Iterator[bytes]:
    try:
        yield headers.mailbox_field("Reply-To", letter.sender_name or None, letter.sender)
    except ValueError:  # nobody that could be answered
        return


def _recipients(mail: Message) -> Iterator[str]:
    for field in _TO_FIELDS:
        for value in mail.get_all(field, []):
            address = parseaddr(_text(value))[1]
            if address:
                yield address


def _text(value: object) -> str:
    return "" if value is None else str(value).encode("utf-8", "replace").decode("utf-8")


def _decoded(value: object) -> str:
    parsed = EmailMessage(policy=policy.default)
    try:
        parsed["subject"] = " ".join(_text(value).split())
        return str(parsed["subject"])
    except (ValueError, LookupError, IndexError, AttributeError):  # encoded words made to break it
        return _text(value)
