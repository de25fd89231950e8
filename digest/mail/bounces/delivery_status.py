"""Reads delivery status fields (RFC 3464, RFC 6533), and those written into plain text."""

import re
from collections.abc import Iterator

from digest.mail.bounces.addresses import first_address, typed_address
from digest.mail.bounces.mime import Fields

KINDS = ("message/delivery-status", "message/global-delivery-status", "text/delivery-status")
MAX_GROUPS = 20
_FIELD = re.compile(
    r"[>\s]{0,6}((?:final|original|x-actual)-recipient|action|status|diagnostic-code|remote-mta|"
    r"reporting-mta|arrival-date|original-envelope-id|last-attempt-date|will-retry-until|"
    r"received-from-mta|final-log-id|localized-action|x-[a-z-]{1,40})\s{0,2}[:=]\s{0,2}(.*)",
    re.IGNORECASE,
)
_OF_RECIPIENT = {"final-recipient", "original-recipient", "x-actual-recipient"}
_REPEATED = {"final-recipient", "action", "status", "original-recipient"}


def groups(text: str) -> list[Fields]:
    """Return the groups of fields about one recipient each (RFC 3464 section 2.3).

    Groups are parted by blank lines, or by a field that comes again; a group without recipient
    belongs to the one before, as some systems part what belongs together.
    """
    found: list[Fields] = []
    for group in _blocks(text):
        if _OF_RECIPIENT & group.keys() or not found:
            found.append(group)
        else:
            for name, values in group.items():
                found[-1].setdefault(name, values)
        if len(found) >= MAX_GROUPS:
            break
    return [group for group in found if _OF_RECIPIENT & group.keys()]


def _blocks(text: str) -> Iterator[Fields]:
    group: Fields = {}
    last: list[str] = []
    for line in text.splitlines():
        if not line.strip("> \t"):
            if group:
                yield group
            group, last = {}, []
        elif found := _FIELD.match(line[:4000]):
            name = found[1].lower()
            if name in _REPEATED and name in group and _OF_RECIPIENT & group.keys():
                yield group
                group = {}
            last = group.setdefault(name, [])
            last.append(found[2].strip())
        elif last and line[0] in " \t>":
            last[-1] = f"{last[-1]} {line.strip('> ' + chr(9))}"[:4000]
        else:
            last = []
    if group:
        yield group


def value(group: Fields, name: str) -> str:
    """Return the first value of a field, or ""."""
    return group.get(name, [""])[0]


def recipients_of(group: Fields) -> tuple[str, str]:
    """Return the address that failed and the one that was mailed ("" for each that is not told)."""
    original = typed_address(value(group, "original-recipient"))
    final = typed_address(value(group, "final-recipient"))
    if not final:
        programs = value(group, "final-recipient")
        loose = "" if programs.count("@") > 1 else first_address(programs)
        final = original or typed_address(value(group, "x-actual-recipient")) or loose
    return final or original, original or final


def action_of(group: Fields) -> str:
    """Return the Action (RFC 3464 section 2.3.3) as one small word, "failed" if none is told."""
    found = re.match(r"[a-z-]+", value(group, "action").lower())
    return found[0] if found else "failed"


def diagnostic_of(group: Fields) -> str:
    """Return what the remote system said, without the type in front (RFC 3464 section 2.3.6)."""
    return re.sub(r"^[\w-]{1,30}\s{0,4};\s{0,4}", "", value(group, "diagnostic-code"))


def category_of(group: Fields) -> str:
    """Return in words what kind of bounce PowerMTA calls it ("bad mailbox"), or ""."""
    return value(group, "x-powermta-bouncecategory").replace("-", " ")


def status_of(group: Fields) -> str:
    """Return the Status field as it stands (RFC 3464 section 2.3.4)."""
    return value(group, "status")


def is_formal(group: Fields) -> bool:
    """Return whether a group has what RFC 3464 section 2.3 asks for, as far as it tells why."""
    code = value(group, "diagnostic-code")
    return bool(
        group.keys() >= {"final-recipient", "status"}
        and (not code or re.match(r"[\w-]+ ?;|\d", code))
    )
