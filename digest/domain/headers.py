"""Header fields as bytes: RFC 5322 syntax, RFC 2047 encoded words, RFC 2369 list fields.

Nothing that comes from outside can end a header: text loses its controls, everything that has a
syntax of its own (addresses, URIs, ids) is refused with ValueError unless it keeps to it.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import lru_cache

LINE_LENGTH = 76  # RFC 2047 section 2 where encoded words stand; RFC 5322 2.1.1 would have 78
HARD_LIMIT = 998  # same section, always
WORD_LENGTH = 75  # RFC 2047 section 2

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_SURROGATES = re.compile("[\ud800-\udfff]")
_PLAIN = re.compile(r"[!-~]{1,60}(?: [!-~]{1,60})*")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,60}"
_ATOMS = re.compile(f"{_ATOM}(?: {_ATOM})*")
_Q_SAFE = re.compile(rb"[^A-Za-z0-9!*+/-]")  # RFC 2047 section 5 (3): the set for a phrase
_ADDRESS = re.compile(
    r'[^\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff()<>\[\]\\,;:"@]{1,64}@'
    r"[^\W_](?:[\w.-]{0,251}\w)?"
)
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+>")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!#-;=?-\[\]_a-z~]+")
_LIST_ID = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+")
_TOKEN = re.compile(r"[!-~]+")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def clean_text(text: str) -> str:
    """Return text fit for a header: runs of C0, C1, U+2028/9 become one space, ends are trimmed."""
    return _SURROGATES.sub("\ufffd", _CONTROLS.sub(" ", text)).strip(" ")


def clean_name(text: str) -> str:
    """Return a display name fit for a phrase, where a run of spaces means no more than one."""
    return " ".join(clean_text(text).split())


def date_field(instant: datetime) -> bytes:
    """Return the Date field (RFC 5322 section 3.3) in UTC; raises ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError("a Date needs an aware instant")
    at = instant.astimezone(UTC)
    day, month = _DAYS[at.weekday()], _MONTHS[at.month - 1]
    return f"Date: {day}, {at.day:02d} {month} {at.year:04d} {at:%H:%M:%S} +0000\r\n".encode()


@lru_cache(maxsize=4096)
def text_field(name: str, text: str) -> bytes:
    """Return an unstructured field (Subject) with its CRLF, plain where the text allows it."""
    clean = clean_text(text)
    prefix = _field_name(name) + ": "
    if not clean:
        return f"{prefix}\r\n".encode()
    if _PLAIN.fullmatch(clean) and "=?" not in clean:
        return _folded(prefix, clean.split(" "))
    return (prefix + encoded_words(clean, len(prefix)) + "\r\n").encode("ascii")


@lru_cache(maxsize=4096)
def mailbox_field(name: str, display_name: str | None, address: str) -> bytes:
    """Return a From, To or Reply-To field; raises ValueError for what is not one address."""
    mailbox = checked_address(address)
    prefix = _field_name(name) + ": "
    shown = clean_name(display_name or "")
    if not shown:
        return f"{prefix}{mailbox}\r\n".encode()
    return _folded(prefix, [*_phrase(shown, len(prefix)), f"<{mailbox}>"])


def _phrase(shown: str, column: int) -> list[str]:
    """Return a display name as atoms, one quoted string, or encoded words (RFC 5322 3.2.5)."""
    if "=?" not in shown:
        if _ATOMS.fullmatch(shown):
            return shown.split(" ")
        if len(shown) <= 60 and _PLAIN.fullmatch(shown):
            return ['"' + shown.replace("\\", "\\\\").replace('"', '\\"') + '"']
    return encoded_words(shown, column).split("\r\n ")


def uri_field(name: str, *uris: str) -> bytes:
    """Return a list field (RFC 2369), folded between its URIs only and never encoded.

    Raises ValueError for a URI that is not ASCII, holds one of <>" or a space, or is too long.
    """
    for uri in uris:
        if not _URI.fullmatch(uri):
            raise ValueError(f"{name}: not a URI that a header can carry: {uri[:100]!r}")
    field = f"{_field_name(name)}: " + ",\r\n ".join(f"<{uri}>" for uri in uris)
    if any(len(line) > HARD_LIMIT for line in field.split("\r\n")):
        raise ValueError(f"{name}: a URI of more than {HARD_LIMIT} characters")
    return f"{field}\r\n".encode("ascii")


def token_field(name: str, value: str) -> bytes:
    """Return a field of one printable ASCII word; raises ValueError for anything else."""
    if not _TOKEN.fullmatch(value) or len(name) + len(value) + 2 > HARD_LIMIT:
        raise ValueError(f"{name}: not one printable ASCII word: {value[:100]!r}")
    return f"{_field_name(name)}: {value}\r\n".encode("ascii")


def message_id_field(value: str) -> bytes:
    """Return the Message-ID field (RFC 5322 section 3.6.4); raises ValueError for a bad one."""
    if not _MESSAGE_ID.fullmatch(value):
        raise ValueError(f"not a Message-ID: {value[:100]!r}")
    return token_field("Message-ID", value)


@lru_cache(maxsize=256)
def list_id_field(name: str, identifier: str) -> bytes:
    """Return the List-Id field (RFC 2919); raises ValueError unless the id is dotted labels."""
    if len(identifier) > 255 or not _LIST_ID.fullmatch(identifier):
        raise ValueError(f"not a List-Id: {identifier[:100]!r}")
    prefix = "List-Id: "
    shown = clean_name(name)
    if not shown:
        return f"{prefix}<{identifier}>\r\n".encode("ascii")
    return _folded(prefix, [*_phrase(shown, len(prefix)), f"<{identifier}>"])


def checked_address(address: str) -> str:
    """Return ``address`` if it is a bare local@domain (RFC 6531 letters too), else ValueError."""
    dots = address.startswith(".") or ".@" in address or ".." in address
    if dots or len(address) > 254 or not _ADDRESS.fullmatch(address):
        raise ValueError(f"not a bare mail address: {address[:100]!r}")
    return address


def encoded_words(text: str, column: int) -> str:
    """Return text as RFC 2047 words of at most 75, one a line, the first starting at ``column``.

    No word splits a character or is empty; B or Q, whichever is shorter for the whole.
    """
    raw = text.encode("utf-8")
    quoted = len(_Q_SAFE.sub(b"=XX", raw.replace(b" ", b"a")))
    encode = _q_word if 3 * quoted <= 4 * len(raw) else _b_word
    return "\r\n ".join(_words(text, column, encode))


def _words(text: str, column: int, encode: Callable[[str], str]) -> Iterator[str]:
    room = min(WORD_LENGTH, LINE_LENGTH - column)
    chunk = ""
    for char in text:
        if chunk and len(encode(chunk + char)) > room:
            yield encode(chunk)
            chunk, room = "", WORD_LENGTH
        chunk += char
    yield encode(chunk)


def _b_word(text: str) -> str:
    return f"=?UTF-8?B?{b64encode(text.encode('utf-8')).decode('ascii')}?="


def _q_word(text: str) -> str:
    raw = _Q_SAFE.sub(lambda match: b"=%02X" % match[0][0], text.encode("utf-8"))
    return f"=?UTF-8?Q?{raw.decode('ascii').replace('=20', '_')}?="


def _folded(prefix: str, words: list[str]) -> bytes:
    """Return the words behind the prefix, folded at single spaces before column 76."""
    lines, line = [], prefix + words[0]
    for word in words[1:]:
        if len(line) + 1 + len(word) > LINE_LENGTH:
            lines.append(line)
            line = ""
        line += " " + word
    return ("\r\n".join([*lines, line]) + "\r\n").encode()


def _field_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a header name: {name[:100]!r}")
    return name
