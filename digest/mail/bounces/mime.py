"""Takes a mail apart that may be broken, hostile or huge: never raises, and bounds its work.

The standard library's parser is right about well-formed mail and slow on large mail; reports need
neither its exactness nor the parts of the mail they return. Limits cut off, they do not refuse.
"""

import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

MAX_BYTES = 256 * 1024  # of a mail; a report's own parts come before the mail it returns
MAX_PARTS = 30
MAX_DEPTH = 6
MAX_HEAD_LINES = 400
MAX_TEXT = 48 * 1024  # bytes of one part
_FIELD = re.compile(r"([!-9;-~]{1,76})[ \t]*:[ \t]*(.*)")
_PARAMETER = re.compile(r'[;\s]([\w*-]{1,40})\s*=\s*(?:"([^"]{0,200})"|([^\s;"]{1,200}))')
_TAG = re.compile(r"<[^<>]{0,2000}>")
_HIDDEN = re.compile(r"<(/?)(?:style|script|head)\b", re.IGNORECASE)
_BREAK = re.compile(r"<(?:br|/?p|/?div|/?tr|/?li|/?h\d)\b[^<>]{0,500}>", re.IGNORECASE)
_CHARSET = re.compile(  # those that mails are written in, no slow codec
    r"utf-?(?:8|16)\w*|iso-?8859-\d{1,2}|iso-2022-(?:jp|kr)(?:-\w+)?|(?:windows|cp)-?\d{3,4}|latin-?\d|"
    r"koi8-[rut]|gb(?:2312|k|18030)|hz(?:-gb-2312)?|big5\w*|euc-?(?:jp|kr)|shift_?jis|sjis|ks_c_\S{1,20}|"
    "tis-620|mac\\w{2,12}",
)
_WORD = re.compile(
    r"=\?([\w-]{1,40})(?:\*[\w-]{1,20})?\?([bBqQ])\?([^?\s]{0,400})\?=(?:\s{1,3}(?==\?))?"
)
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", " "), ("&#39;", "'"), ("&amp;", "&"))

Fields = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf of a mail: its header fields by small name, its type, and its bytes as they came."""

    fields: Fields
    kind: str
    body: bytes
    parameters: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """Return the first value of a header field, unfolded, or ""."""
        return self.fields.get(name, [""])[0]

    def content(self) -> bytes:
        """Return the bytes with their transfer encoding undone, at most ``MAX_TEXT`` of them."""
        return _decoded(self.body[:MAX_TEXT], self.get("content-transfer-encoding"))

    def text(self) -> str:
        """Return the text; tags are taken out of HTML."""
        text = decode_text(self.content(), self.parameters.get("charset", ""))
        return strip_tags(text) if self.kind == "text/html" else text


def read_mail(raw: bytes) -> tuple[Part, list[Part]]:
    """Return the mail itself as a part, and its leaves in order (RFC 2045, RFC 2046).

    A returned mail (``message/*``) is a leaf. The fields of what could not be taken apart are
    whatever was understood.
    """
    data = raw[:MAX_BYTES].replace(b"\0", b"").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    whole = read_part(data.lstrip(b"\n"))
    leaves: list[Part] = []
    _collect(whole, 0, leaves)
    return whole, leaves


def read_part(data: bytes) -> Part:
    """Return one entity: header fields up to the first line that is none, and the rest."""
    fields, body = read_fields(data)
    value = fields.get("content-type", [""])[0]
    kind = re.split(r"[;\s]", value, maxsplit=1)[0].strip().lower() if value else ""
    parameters = {
        name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(value[:2000])
    }
    return Part(fields, kind or "text/plain", body, parameters)


def read_fields(data: bytes) -> tuple[Fields, bytes]:
    """Return header fields by small name, unfolded, and what follows the first blank line."""
    fields: Fields = {}
    last: list[str] = []
    at = 0
    for number in range(MAX_HEAD_LINES):
        end = data.find(b"\n", at)
        end = len(data) if end < 0 else end
        line = data[at : min(end, at + 4000)].decode("utf-8", "replace")
        if not line.strip():
            return fields, data[end + 1 :]
        if line[0] in " \t" and last:
            last[-1] = f"{last[-1]} {line.strip()}"[:8000]
        elif found := _FIELD.match(line):
            last = fields.setdefault(found[1].lower(), [])
            last.append(found[2].strip())
        elif number or not line.startswith(("From ", ">From ")):  # an mbox's envelope line
            return fields, data[at:]
        at = end + 1
        if at >= len(data):
            break
    return fields, data[at:]


def _collect(part: Part, depth: int, leaves: list[Part]) -> None:
    if len(leaves) >= MAX_PARTS:
        return
    multipart = part.kind.startswith("multipart/")
    sections = list(_sections(part)) if multipart else []
    if not sections or depth >= MAX_DEPTH:
        leaves.append(replace(part, kind="text/plain") if multipart else part)
        return
    for section in sections:
        _collect(read_part(section), depth + 1, leaves)


def _sections(part: Part) -> Iterator[bytes]:
    boundary = part.parameters.get("boundary", "").encode("utf-8", "replace")
    if not boundary:
        guessed = re.match(rb"(?:[^\n]{0,300}\n){0,5}?--([^\n]{1,100})\n(?i:content-)", part.body)
        boundary = guessed[1].strip() if guessed else b""
    if not boundary:
        return
    delimiter = re.compile(rb"(?m)^--" + re.escape(boundary) + rb"(--)?[ \t]*$")
    start = -1
    for count, found in enumerate(delimiter.finditer(part.body)):
        if start >= 0:
            yield part.body[start : found.start()]
        start = found.end() + 1
        if found[1] or count >= MAX_PARTS:
            return
    if 0 <= start < len(part.body):
        yield part.body[start:]  # the closing delimiter is missing


def _decoded(body: bytes, encoding: str) -> bytes:
    match encoding.strip().lower():
        case "quoted-printable":
            return quopri.decodestring(body)
        case "base64":
            letters = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
            try:
                return binascii.a2b_base64(letters[: len(letters) // 4 * 4] + _rest(letters))
            except binascii.Error:
                return body
    return body


def _rest(letters: bytes) -> bytes:
    rest = letters[len(letters) // 4 * 4 :]
    return rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b""


def decode_text(data: bytes, charset: str) -> str:
    """Return bytes as text, by the charset told if it fits, else by what they look like."""
    if b"\x1b$" in data or b"\x1b(" in data:
        charset = "iso-2022-jp"
    for name in (charset.strip(" '\"").lower(), "utf-8"):
        try:
            if _CHARSET.fullmatch(name):
                return data.decode(name)
        except (LookupError, ValueError):
            continue
    return _by_looks(data)


def _by_looks(data: bytes) -> str:
    if b"\x1b$" in data:
        return data.decode("iso-2022-jp", "replace")
    return data.decode("utf-8" if data.isascii() else "latin-1", "replace")


def strip_tags(html: str) -> str:
    """Return the text of HTML, lines where blocks begin; no attempt at anything finer."""
    text = _TAG.sub("", _BREAK.sub("\n", _shown(html)))
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    return text


def decode_words(value: str) -> str:
    """Return a header field's text with its encoded words decoded (RFC 2047)."""
    return _WORD.sub(_decoded_word, value[:2000]) if "=?" in value else value


def _decoded_word(found: re.Match[str]) -> str:
    encoding = "base64" if found[2] in "bB" else "quoted-printable"
    letters = found[3].replace("_", " ") if encoding == "quoted-printable" else found[3]
    return decode_text(_decoded(letters.encode("utf-8", "replace"), encoding), found[1])


def _shown(html: str) -> str:
    shown, at, hidden = [], 0, False
    for found in _HIDDEN.finditer(html):
        if not found[1] and not hidden:
            shown.append(html[at : found.start()])
            hidden = True
        elif found[1] and hidden:
            at, hidden = found.start(), False
    return "".join(shown) + ("" if hidden else html[at:])
