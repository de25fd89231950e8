"""Reading our own mails back, for rehearsals and the demo's inbox."""

import quopri
from email import message_from_bytes, policy
from email.message import EmailMessage


def parse(data: bytes) -> EmailMessage:
    """Return a message's parts and fields, by the standard library."""
    message = message_from_bytes(data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def html_of(data: bytes) -> str:
    """Return the HTML alternative of a message, or an empty string."""
    part = parse(data).get_body(("html",))
    return str(part.get_content()) if part else ""


def text_of(data: bytes) -> str:
    """Return the plain text alternative of a message, or an empty string."""
    part = parse(data).get_body(("plain",))
    return str(part.get_content()) if part else ""


def quoted_printable_text(body: bytes) -> str:
    """Return the text of a quoted-printable body (RFC 2045 section 6.7)."""
    return quopri.decodestring(body).decode("utf-8").replace("\r\n", "\n")
