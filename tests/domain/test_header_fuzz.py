"""20,000 hostile subjects and names, read back by two parsers; a fixed seed, so always the same."""

import random
import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from itertools import pairwise

import fast_mail_parser
import pytest

from digest.domain.headers import clean_name, clean_text, mailbox_field, text_field, uri_field

COUNT, PARTS = 20_000, 4  # parts, so that the workers of pytest share them
ADDRESS = "ada@reader.example"
RANGES = (
    range(0x20, 0x7F),
    range(0xA0, 0x250),
    range(0x300, 0x370),  # combining marks
    range(0x370, 0x2000),
    range(0x3000, 0xA000),
    range(0x1D400, 0x1F700),
    range(0xE000, 0x110000),  # private, noncharacters and all that lies beyond
)
CONTROLS = "".join(map(chr, (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)))
BIDI = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u00ad"
ODD = (
    *("=?utf-8?q?x?=", "=?UTF-8?B?eA==?=", "=?", "?=", "=?utf-8?q?=0D=0ABcc:_x?=", "=?x?="),
    *("\r\nBcc: x@evil.example", "\nX: y", "\r", "\r\n\r\nbody", "\r\n ", "\u2028Bcc: x", "\x85"),
    *("👩‍🔬", "🏳️‍🌈", "e\u0301\u0302\u0323", "한글", "ｆｕｌｌ", "\U0001f1e9\U0001f1ea"),
    *('"', "\\", '\\"', "<x@evil.example>", ",", ";", ":", "(", ")", "@", "[", "]", "'", "_", "="),
    *(" ", "  ", "\t", "\xa0", "\u3000", "a" * 80, "é" * 90, "x" * 1100, "word " * 30),
)  # fmt: skip
ENCODED = re.compile(rb"=\?UTF-8\?(?:B\?[A-Za-z0-9+/]+=*|Q\?[A-Za-z0-9!*+/=_-]+)\?=")


def hostile(source: random.Random) -> str:
    """Return a text of a few pieces: letters of one range, controls, overrides, traps."""
    pieces = []
    for _ in range(source.choice((1, 1, 2, 3, 4, 6, 9))):
        kind = source.random()
        if kind < 0.45:
            letters = source.choice(RANGES)
            pieces.append(
                "".join(chr(source.choice(letters)) for _ in range(source.randint(1, 24)))
            )
        elif kind < 0.8:
            pieces.append(source.choice(ODD))
        else:
            pieces.append(source.choice(BIDI if kind < 0.9 else CONTROLS))
    text = "".join(pieces)
    return text if source.random() < 0.9 else f"  {text} \t "


def texts(count: int, seed: int) -> list[str]:
    """Return so many different texts."""
    source = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        found[hostile(source)] = None
    return list(found)


def read_by_stdlib(raw: bytes) -> tuple[list[str], str, str]:
    """Return the names of the fields, the subject and the display name.

    The name is read by the older parser: the newer one, in Python 3.11, puts a space between two
    encoded words of a name, against RFC 2047 section 6.2.
    """
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    value = str(dict(message.raw_items())["To"])
    phrase = value.rpartition(" <")[0]
    name = str(make_header(decode_header(phrase))) if "=?" in phrase else parseaddr(value)[0]
    assert value.endswith(f"<{ADDRESS}>" if phrase else ADDRESS)
    return message.keys(), str(message["Subject"]), name


def read_by_another(raw: bytes) -> tuple[list[str], str, str]:
    """Return the same as `fast_mail_parser` has it, which leaves quotes where they are."""
    message = fast_mail_parser.parse_email(raw)
    (value,) = message.headers["To"]
    phrase = value.removesuffix(ADDRESS).removesuffix(f" <{ADDRESS}>")
    assert value.endswith(f"<{ADDRESS}>" if phrase else ADDRESS)
    return list(message.headers), message.subject, phrase


def unquoted(phrase: str) -> str:
    whole = re.fullmatch(r'"(.*)"', phrase, re.DOTALL)
    return re.sub(r"\\(.)", r"\1", whole[1]) if whole else phrase


def check_lines(raw: bytes) -> None:
    """Assert what every field must be on the wire."""
    assert raw.isascii()
    assert not re.search(rb"[^\r\n -~]|\r(?!\n)|(?<!\r)\n", raw)
    lines = raw.removesuffix(b"\r\n\r\n").split(b"\r\n")
    for line in lines:
        assert line.strip()
        assert len(line) <= 998
        # longer than 78 only where there is no place to fold: one word
        assert len(line) <= 78 or b" " not in line.strip().partition(b": ")[2]
        words = [(m.start(), m.end(), m[0]) for m in ENCODED.finditer(line)]
        assert all(len(word) <= 75 for _, _, word in words)
        assert all(line[a[1] : b[0]].isspace() for a, b in pairwise(words))
        for start, end, _ in words:
            assert line[start - 1 : start] == b" "
            assert line[end : end + 1] in (b"", b" ")


@pytest.mark.parametrize("part", range(PARTS))
def test_20_000_hostile_subjects_and_names_are_read_back_by_two_parsers(part: int) -> None:
    subjects, names = texts(COUNT // PARTS, 20260504 + part), texts(COUNT // PARTS, 4052026 + part)
    for subject, name in zip(subjects, names, strict=True):
        raw = text_field("Subject", subject) + mailbox_field("To", name, ADDRESS) + b"\r\n"
        check_lines(raw)
        wanted, shown = clean_text(subject), clean_name(name)
        assert read_by_stdlib(raw) == (["Subject", "To"], wanted, shown)
        keys, read, phrase = read_by_another(raw)
        assert sorted(keys) == ["Subject", "To"]
        assert read.strip(" ") == wanted
        assert shown in (phrase, unquoted(phrase))


def test_list_unsubscribe_is_bare_for_every_length_from_20_to_900() -> None:
    for length in range(20, 901):
        uri = "https://a.example/".ljust(length, "u")
        field = uri_field("List-Unsubscribe", uri, "mailto:leave@example.org?subject=x")
        assert field.split(b"\r\n")[0] == f"List-Unsubscribe: <{uri}>,".encode()
        message = message_from_bytes(field + b"\r\n", policy=policy.default)
        assert f"<{uri}>" in str(message["List-Unsubscribe"])
        (value,) = fast_mail_parser.parse_email(field + b"\r\n").headers["List-Unsubscribe"]
        assert value.startswith(f"<{uri}>,")
