"""Reads a caught mail for the inbox page: whatever its bytes are, something can be shown."""

import email
import re
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message

from digest.mail.catcher import CaughtMail

_ENCODED_WORD = re.compile(r"=\?[^?\s]+\?[bBqQ]\?[^?\s]*\?=")
_BETWEEN_WORDS = re.compile(r"(?<=\?=)\s+(?==\?)")
_UNSHOWABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class MailView:
    """A mail's parts as text. ``html`` is None where it has none; ``size`` is in bytes."""

    number: int
    to: str
    sender: str
    subject: str
    date: str
    received_at: datetime
    text: str
    html: str | None
    headers: tuple[tuple[str, str], ...]
    source: str
    size: int


def mail_view(number: int, mail: CaughtMail) -> MailView:
    """Return what the page shows of a mail; ``to`` is the envelope's, not the header's."""
    message = email.message_from_bytes(mail.data)
    headers = tuple((name, shown_header(value)) for name, value in message.raw_items())
    first = {name.lower(): value for name, value in reversed(headers)}
    return MailView(
        number=number,
        to=_showable(", ".join(mail.rcpt_to)),
        sender=first.get("from", ""),
        subject=first.get("subject", "") or "(no subject)",
        date=first.get("date", ""),
        received_at=mail.received_at,
        text=_part(message, "text/plain") or "",
        html=_part(message, "text/html"),
        headers=headers,
        source=_showable(mail.data.decode("utf-8", "replace")),
        size=len(mail.data),
    )


def shown_header(value: object) -> str:
    """Return a raw header value unfolded, its RFC 2047 words decoded, its raw 8-bit as UTF-8."""
    raw = str(value).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    joined = _BETWEEN_WORDS.sub("", re.sub(r"\r?\n(?=[ \t])", "", raw))
    decoded = _ENCODED_WORD.sub(lambda word: _decoded(word[0]), joined)
    return " ".join(_showable(decoded).split())


def opens_links_outside(html: str) -> str:
    """Return the page with a base element, so that links in a frame open in a tab of their own."""
    base = '<base target="_blank">'
    if _HEAD.search(html):
        return _HEAD.sub(lambda head: head[0] + base, html, count=1)
    return base + html


def _decoded(word: str) -> str:
    try:
        [(content, charset)] = decode_header(word)
        if isinstance(content, bytes):
            return content.decode(charset or "ascii", "replace")
    except (HeaderParseError, LookupError, ValueError):
        return word
    return word


def _part(message: "Message[str, str]", media_type: str) -> str | None:
    for part in message.walk():
        if part.get_content_type() != media_type:
            continue
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            return _showable(_text(content, part.get_content_charset("utf-8")))
    return None


def _text(content: bytes, charset: str) -> str:
    try:
        return content.decode(charset, "replace")
    except (LookupError, ValueError):  # no such charset, or not even a name (a NUL in it)
        return content.decode("utf-8", "replace")


def _showable(text: str) -> str:
    return _UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n"))
