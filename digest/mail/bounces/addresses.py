"""Finds mail addresses in what mail systems write."""

import re
from collections.abc import Iterator

_ADDRESS = re.compile(
    r'(?:"[^"\n]{1,64}"|[^\s<>"\'(),:;\[\]|@=]{1}[^\s<>"(),:;\[\]|@]{0,127})@'
    r"[^\s<>\"'(),:;\[\]|@/\\]{1,255}"
)
_TYPED = re.compile(r"\s*[\w-]{1,30}\s*;\s*(.*)", re.DOTALL)
_ESCAPED = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")
_SERVICE = re.compile(
    r"(?:post_?master|mailer-?daemon|mail-?daemon|daemon|abuse|support|help(?:desk)?|root|"
    r"no-?reply|.{1,80}-(?:ctl|request|owner|admin|bounces?)|owner-.{1,80})@",
    re.IGNORECASE,
)
_HOST = re.compile(
    r"(?:[\w-]{1,63}\.){0,20}(?:[a-zA-Z0-9-]{1,63}|[\w-]{1,63})"
)  # words go on after ASCII
_FINAL = ".>)]}!?*'\"`\u3000。、，"


def addresses_in(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where each address begins and ends and what it is, without marks around it."""
    if "@" not in text:
        return
    for found in _ADDRESS.finditer(text):
        address = _trimmed(found[0])
        if address:
            yield found.start(), found.start() + len(address), address


def _trimmed(text: str) -> str:
    local, _, host = text.rstrip(_FINAL).rpartition("@")
    kept = _HOST.match(host)
    host = kept[0].rstrip(".-_") if kept else ""
    return f"{local}@{host}" if local and host and len(local) + len(host) < 320 else ""


def first_address(text: str) -> str:
    """Return the first address in a text, or ""."""
    return next((address for _, _, address in addresses_in(text)), "")


def typed_address(value: str) -> str:
    """Return the address of a field like ``rfc822; user@host`` (RFC 3464 2.3, RFC 6533 3), or "".

    A source route (``@relay:user@host``) or a program is no address that was mailed.
    """
    found = _TYPED.match(value)
    plain = (found[1] if found else value).strip()
    plain = _ESCAPED.sub(_character, plain).strip("<> \t")
    spans = list(addresses_in(plain))
    return spans[0][2] if len(spans) == 1 and spans[0][:2] == (0, len(plain)) else ""


def _character(found: re.Match[str]) -> str:
    number = int(found[1], 16)
    return chr(number) if 32 < number < 0x110000 and not 0xD800 <= number < 0xE000 else ""


def is_service(address: str) -> bool:
    """Return whether an address is one that mail systems name as their own."""
    return bool(_SERVICE.match(address))


def same(address: str) -> str:
    """Return an address for comparing: hosts do not tell letters' case, people rarely do."""
    return address.lower()
