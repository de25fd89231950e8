"""Tells a report's own words from the mail it returns."""

import re

from digest.mail.bounces import signs
from digest.mail.bounces.addresses import addresses_in
from digest.mail.bounces.mime import Part, read_fields

MAX_LINES = 300  # of a report's own words
MAX_LINE = 1000
_RETURNED = {"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"}
_HEADER = re.compile(
    r"(?:received|return-path|message-id|dkim-signature|mime-version|domainkey-signature|"
    r"x-originating-ip|authentication-results|arc-seal)\s{0,2}:",
    re.IGNORECASE,
)
_MESSAGE_ID = re.compile(
    r"^[>\s]{0,8}message-id\s{0,2}:\s{0,200}(<[^<>\s]{1,400}>)", re.IGNORECASE | re.MULTILINE
)


def is_returned(part: Part) -> bool:
    """Return whether a leaf of a multipart is the mail that comes back, or its header."""
    if part.kind in _RETURNED:
        return True
    named = part.fields.keys()
    return "content-type" not in part.fields and {"from", "subject", "message-id"} <= named


def own_words(text: str) -> tuple[list[str], str]:
    """Return the lines a report says itself, and the rest: the mail it returns."""
    lines = text.splitlines()
    for number, line in enumerate(lines[:MAX_LINES]):
        if number and (_HEADER.match(line) or (len(line) < 100 and signs.returns_below(line))):
            return _cut(lines[:number]), "\n".join(lines[number:])
    return _cut(lines[:MAX_LINES]), "\n".join(lines[MAX_LINES:])


def _cut(lines: list[str]) -> list[str]:
    return [line[:MAX_LINE] for line in lines]


def message_id_in(text: str) -> str:
    """Return the first Message-ID that a returned mail's text has, or ""."""
    found = _MESSAGE_ID.search(text[:20_000])
    return found[1] if found else ""


def addressees(part: Part) -> list[str]:
    """Return whom a returned mail was for."""
    fields, _ = read_fields(part.content().lstrip(b"\n"))
    values = [*fields.get("to", []), *part.fields.get("to", [])]
    return [address for value in values for _, _, address in addresses_in(value[:2000])]
