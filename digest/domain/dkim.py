"""DKIM on bytes (RFC 6376): relaxed canonicalisation, what is signed, the field before its key.

Pure: the one thing missing here is the private key (digest/mail/dkim.py).
"""

import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

OVER_SIGNED = (
    *("from", "to", "cc", "reply-to", "subject", "date", "mime-version", "content-type"),
    *("list-id", "list-unsubscribe", "list-unsubscribe-post", "list-help", "list-owner"),
    *("list-archive", "list-subscribe", "list-post"),
)
"""Fields named once more than they occur, so that adding one breaks the signature (RFC 6376 8.15).

Not among them are fields that relays put on top of ours in good faith, such as Feedback-ID.
"""

_LINE_LENGTH = 76
_BLANKS = re.compile(rb"[ \t]+")
_BLANKS_AT_END = re.compile(rb"[ \t]+\r\n")
_FOLD = re.compile(rb"\r\n(?=[ \t])")
_FIELD_END = re.compile(rb"\r\n(?![ \t])")


@dataclass(frozen=True, slots=True)
class SignedPart:
    """What a signature covers of a message, made once for all its signatures.

    ``names`` are the lower-case names of h=, ``canonical`` those fields in relaxed form, each ended
    by CRLF.
    """

    names: tuple[str, ...]
    canonical: bytes


def split_message(message: bytes) -> tuple[tuple[bytes, ...], bytes]:
    """Return the header fields, each without its CRLF but folded as it was, and the body.

    Raises ValueError for a message that has no empty line after its fields.
    """
    head, gap, body = message.partition(b"\r\n\r\n")
    if not gap:
        raise ValueError("a message without an empty line after its header fields")
    return tuple(_FIELD_END.split(head)), body


def body_is_relaxed(body: bytes) -> bool:
    """Return whether a body is its own relaxed form, so that it can be hashed as it stands."""
    if body in (b"", b"\r\n"):
        return not body
    return (
        body.endswith(b"\r\n")
        and not body.endswith(b"\r\n\r\n")
        and b"  " not in body
        and b" \r\n" not in body
        and b"\t" not in body
    )


def relaxed_body(body: bytes) -> bytes:
    """Return a body in relaxed form (RFC 6376 section 3.4.4): lines end in CRLF and nothing else.

    Blanks at a line's end go, runs of blanks become one space, empty lines at the end go; what is
    left ends in CRLF unless nothing is left.
    """
    ended = body if body.endswith(b"\r\n") else body + b"\r\n"
    folded = _BLANKS.sub(b" ", _BLANKS_AT_END.sub(b"\r\n", ended))
    end = len(folded)
    while folded.endswith(b"\r\n", 0, end):
        end -= 2
    return folded[:end] + b"\r\n" if end else b""


def relaxed_field(field: bytes) -> bytes:
    """Return a header field in relaxed form (RFC 6376 section 3.4.2), without its CRLF.

    Raises ValueError for a field without a colon.
    """
    name, colon, value = field.partition(b":")
    if not colon:
        raise ValueError(f"not a header field: {field[:100]!r}")
    if b"\r" in value or b"\t" in value or b"  " in value:  # else there is nothing to fold
        value = _BLANKS.sub(b" ", _FOLD.sub(b"", value))
    return name.strip(b" \t").lower() + b":" + value.strip(b" ")


def signed_part(fields: Sequence[bytes]) -> SignedPart:
    """Return what is signed of these fields: every one, and `OVER_SIGNED` once more.

    Of fields with the same name the last is signed first (RFC 6376 section 5.4.2). The field that
    is not there adds nothing but its name to h=.
    """
    relaxed = [relaxed_field(field) for field in fields]
    lines: dict[str, list[bytes]] = {}
    for line in relaxed:
        lines.setdefault(line.partition(b":")[0].decode("ascii"), []).append(line)
    names = [name for name, held in lines.items() for _ in held]
    ordered = [line for held in lines.values() for line in reversed(held)]
    canonical = b"".join(line + b"\r\n" for line in ordered)
    return SignedPart((*names, *OVER_SIGNED), canonical)


def signature_field(
    algorithm: str, domain: str, selector: str, at: int, names: Sequence[str], body_hash: bytes
) -> bytes:
    """Return a DKIM-Signature field up to and with its empty b=, without CRLF, folded.

    ``at`` is in seconds since 1970 and becomes t=; ``domain`` and ``selector`` are ASCII.
    """
    tags = (
        *("v=1;", f"a={algorithm};", "c=relaxed/relaxed;", f"d={domain};", f"s={selector};"),
        f"t={at};",
        f"bh={b64encode(body_hash).decode('ascii')};",
        *_list_of_names(names),
        "b=",
    )
    lines, line = [], "DKIM-Signature:"
    for tag in tags:
        if len(line) + 1 + len(tag) > _LINE_LENGTH:
            lines.append(line)
            line = ""
        line += " " + tag
    return "\r\n".join([*lines, line]).encode("ascii")


def _list_of_names(names: Sequence[str]) -> Iterator[str]:
    """Yield the tag h= in pieces that may stand on lines of their own: a colon ends each."""
    piece = "h="
    for number, name in enumerate(names, 1):
        part = name + (":" if number < len(names) else ";")
        if len(piece) + len(part) > _LINE_LENGTH - 1:
            yield piece
            piece = ""
        piece += part
    yield piece


def signing_input(part: SignedPart, field: bytes) -> bytes:
    """Return the bytes that are signed: the fields, then the signature's own without CRLF."""
    return part.canonical + relaxed_field(field)


def finished_field(field: bytes, signature: bytes) -> bytes:
    """Return the field with its signature and CRLF; b= may be folded anywhere (section 3.5)."""
    text = b64encode(signature)
    room = _LINE_LENGTH - len(field) + field.rfind(b"\r\n") + 2
    lines = [text[:room]]
    lines += [text[at : at + _LINE_LENGTH - 1] for at in range(room, len(text), _LINE_LENGTH - 1)]
    return field + b"\r\n ".join(lines) + b"\r\n"
