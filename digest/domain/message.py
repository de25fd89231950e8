"""The bytes of a mail: head fields and a multipart/alternative body (RFC 5322, 2045, 2046).

Own serializer because the standard library encodes long List-Unsubscribe URLs and damages some
Unicode subjects (docs/adr). Pure: the same head, fragments and token give the same bytes.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.domain import headers
from digest.domain.fragments import Fragment, join_fragments

ONE_CLICK = b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"  # RFC 8058 section 3.2
_AUTOMATIC = b"Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: OOF, AutoReply\r\n"
_BULK = b"Precedence: list\r\n"
_OWN_FIELDS = re.compile(
    "date|from|to|cc|bcc|sender|reply-to|subject|message-id|mime-version|content-.*|list-.*"
    "|feedback-id|precedence|auto-submitted|x-auto-response-suppress|dkim-signature"
    "|return-path|received",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class MessageHead:
    """Everything above the body. Transactional kinds leave the list fields None.

    ``date`` is aware; ``message_id`` carries its angle brackets; ``list_id`` is the bare identifier
    (RFC 2919) without them, ``list_name`` its display phrase. URIs are absolute ASCII.
    ``extra`` holds further unstructured fields as (name, text), such as an idempotency key.
    """

    date: datetime
    from_address: str
    to_address: str
    subject: str
    message_id: str
    from_name: str = ""
    to_name: str | None = None
    reply_to: str | None = None
    language: str = "en"
    list_id: str | None = None
    list_name: str = ""
    list_unsubscribe_https: str | None = None
    list_unsubscribe_mailto: str | None = None
    list_help: str | None = None
    list_owner: str | None = None
    list_archive: str | None = None
    feedback_id: str | None = None
    extra: tuple[tuple[str, str], ...] = ()


def build_message(
    head: MessageHead, text_parts: Sequence[Fragment], html_parts: Sequence[Fragment], token: str
) -> bytes:
    """Return the finished message: CRLF lines of at most 998 bytes that need no dot-stuffing.

    Raises ValueError for a head that cannot be written safely (bad address, URI, id) and for a
    token that is not 52 safe characters. Text in Subject and names never raises.
    """
    boundary = boundary_of(head.message_id)
    rule = f"--{boundary}\r\n".encode("ascii")
    return b"".join(
        (
            head_bytes(head, boundary),
            b"\r\n",
            rule,
            _part_head("text/plain"),
            join_fragments(text_parts, token),
            b"\r\n",
            rule,
            _part_head("text/html"),
            join_fragments(html_parts, token),
            f"\r\n--{boundary}--\r\n".encode("ascii"),
        )
    )


def boundary_of(message_id: str) -> str:
    """Return the boundary of a message: "=_" cannot occur in quoted-printable (RFC 2045 6.7)."""
    return "=_" + hashlib.sha256(message_id.encode("utf-8", "replace")).hexdigest()[:32]


def head_bytes(head: MessageHead, boundary: str) -> bytes:
    """Return the header fields, each ended by CRLF; raises ValueError as `build_message` does."""
    fields = [
        headers.date_field(head.date),
        headers.mailbox_field("From", head.from_name, head.from_address),
        headers.mailbox_field("To", head.to_name, head.to_address),
    ]
    if head.reply_to:
        fields.append(headers.mailbox_field("Reply-To", None, head.reply_to))
    fields += [
        headers.text_field("Subject", head.subject),
        headers.message_id_field(head.message_id),
        *_list_fields(head),
        _AUTOMATIC,
        *(_extra_field(name, text) for name, text in head.extra),
        headers.token_field("Content-Language", head.language),
        b"MIME-Version: 1.0\r\n",
        f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n'.encode("ascii"),
    ]
    return b"".join(fields)


def _list_fields(head: MessageHead) -> list[bytes]:
    fields = []
    if head.list_id:
        fields += [headers.list_id_field(head.list_name, head.list_id), _BULK]
    unsubscribe = [
        uri for uri in (head.list_unsubscribe_https, head.list_unsubscribe_mailto) if uri
    ]
    if unsubscribe:
        fields.append(headers.uri_field("List-Unsubscribe", *unsubscribe))
    if head.list_unsubscribe_https:
        fields.append(ONE_CLICK)
    for name, uri in (
        ("List-Help", head.list_help),
        ("List-Owner", head.list_owner),
        ("List-Archive", head.list_archive),
    ):
        if uri:
            fields.append(headers.uri_field(name, uri))
    if head.feedback_id:
        fields.append(headers.token_field("Feedback-ID", head.feedback_id))
    return fields


def _extra_field(name: str, text: str) -> bytes:
    if _OWN_FIELDS.fullmatch(name):
        raise ValueError(f"{name} is written by the serializer itself")
    return headers.text_field(name, text)


def _part_head(media_type: str) -> bytes:
    return (
        f"Content-Type: {media_type}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    ).encode("ascii")
