"""Finds mail addresses in what mail systems write."""

import re
from collections.abc import Iterator

_LOCAL_BACKWARDS = re.compile(
    r'"[^"\n]{1,64}"|[^\s<>"(),:;\[\]|@：；，、。（）【】＜＞《》]{1,128}'
)
_DOMAIN = re.compile(r"[^\s<>\"'(),:;\[\]|@/\\]{1,255}")
MAX_IN_LINE = 50
_TYPED = re.compile(r"\s{0,9}[\w-]{1,30}\s{0,9};\s{0,9}(.*)", re.DOTALL)
_ESCAPED = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")
_SERVICE = re.compile(
    r"(?:post_?master|mailer-?daemon|mail-?daemon|daemon|abuse|support|help(?:desk)?|root|"
    r"no-?reply|.{1,80}-(?:ctl|request|owner|admin|bounces?)|owner-.{1,80})@",
    re.IGNORECASE,
)
_HOST = re.compile(
    r"(?:[\w-]{1,63}\.){0,20}(?:[a-zA-Z0-9-]{1,63}|[\w-]{1,63})"
)  # words go on after ASCII
_FINAL = ".>)]}!?*'\"`\u3000。、，»”’」』）"


def addresses_in(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where each address begins and ends and what it is, without marks around it."""
    at = -1
    for _ in range(MAX_IN_LINE):
        at = text.find("@", at + 1)
        if at < 0:
            return
        local = _LOCAL_BACKWARDS.match(text[max(0, at - 130) : at][::-1])
        domain = _DOMAIN.match(text, at + 1)
        if local and domain and (host := _host(domain[0])):
            mailbox = local[0][::-1].lstrip("'=`*«“‘„「『（")
            if mailbox and len(mailbox) + len(host) < 320:
                start = at - len(mailbox)
                yield start, at + 1 + len(host), f"{mailbox}@{host}"


def _host(text: str) -> str:
    found = _HOST.match(text.rstrip(_FINAL))
    return found[0].rstrip(".-_") if found else ""


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
