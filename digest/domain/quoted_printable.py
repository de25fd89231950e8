"""Quoted-printable (RFC 2045 section 6.7) of UTF-8 text, with room for one late word a line.

Three things differ from a plain encoder. A marker may stand for a word of fixed width that is
filled in later: it is never cut by a soft line break. And a line never starts with "." or "From ",
so neither SMTP (RFC 5321 section 4.5.2) nor an mbox has anything to change in transit. And of
blanks in a row only the first stands bare, so that DKIM has nothing to fold (RFC 6376 3.4.4).
"""

import re
from collections.abc import Iterator

LINE_LENGTH = 76  # characters without CRLF, RFC 2045 rule 5
SLOT_BYTE = b"\x00"  # an encoded body never holds a raw NUL, so no text can pretend to be a slot

_LINE_END = re.compile(r"\r\n|\r|\n")
_UNSAFE = re.compile(rb"[^ -<>-~]|(?<= ) ")
_ESCAPES = {bytes((value,)): b"=%02X" % value for value in range(256)}


def encode_lines(segments: list[str], slot_width: int) -> bytes:
    """Return the segments as encoded lines, each ended by CRLF, with slots between the segments.

    A slot is ``slot_width`` NUL bytes; every line is at most 76 bytes with its slots filled. The
    last line is ended where the text does not end it. Lone surrogates become "?".
    """
    slot = SLOT_BYTE * slot_width
    body = slot.join(_escape(segment) for segment in segments)
    if not body:
        return b""
    lines = body.split(b"\n")
    if not lines[-1]:
        lines.pop()
    return b"".join(
        piece + b"\r\n" for line in lines for piece in _folded(_ended(line), slot_width)
    )


def _escape(text: str) -> bytes:
    raw = _LINE_END.sub("\n", text).encode("utf-8", "replace")
    return b"\n".join(
        _UNSAFE.sub(lambda match: _ESCAPES[match[0]], line) for line in raw.split(b"\n")
    )


def _ended(line: bytes) -> bytes:
    # Transports strip white space at a line's end (RFC 2045 rule 3); tabs are escaped already.
    return line[:-1] + b"=20" if line.endswith(b" ") else line


def _folded(line: bytes, slot_width: int) -> Iterator[bytes]:
    """Yield one line as pieces of at most 76 bytes, all but the last ended by a soft break."""
    start = 0
    while True:
        lead, skipped = _guard(line, start)
        start += skipped
        room = LINE_LENGTH - len(lead)
        if len(line) - start <= room:
            yield lead + line[start:]
            return
        cut = _cut(line, start, start + room - 1, slot_width)
        yield lead + line[start:cut] + b"="
        start = cut


def _guard(line: bytes, start: int) -> tuple[bytes, int]:
    if line.startswith(b".", start):
        return b"=2E", 1
    if line.startswith(b"From ", start):
        return b"=46", 1
    return b"", 0


def _cut(line: bytes, start: int, cut: int, slot_width: int) -> int:
    """Return the last place at or before ``cut`` that halves neither an escape nor a slot."""
    for back in (1, 2):
        if line[cut - back] == 0x3D:  # "=" opens an escape of three bytes
            return cut - back
    # Slots stand side by side in runs, so count from the run's first byte.
    if line[cut - 1] == 0 and line[cut] == 0:
        run = cut
        while run > start and line[run - 1] == 0:
            run -= 1
        cut -= (cut - run) % slot_width
    return cut
