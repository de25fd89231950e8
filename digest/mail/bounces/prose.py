"""Finds the failed recipients in a report that is written for people."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from digest.mail.bounces.addresses import addresses_in, is_service, same

MAX_RECIPIENTS = 20
CONTEXT = 14  # lines that may belong to a recipient
_LEAD = re.compile(r"[\s>*•·\-–\"'<(\d.]{0,20}")
_NAMED = re.compile(
    r"(?:\bto|recipients?|rcpt to|rcpt|addressee?s?|user(?:id|name)?|mailbox|account|unknown host|"
    r"\bfor|attempts|group|list|address(?:es)?|following|宛先|收件人|получател\w+)[\"':=\s<«]{0,6}$",
    re.IGNORECASE,
)
_SENDER = re.compile(
    r"(?:mail from|\bfrom|sender|reply-to|return-path|contact|e?-?mail us|please \w+|write|by|cc)"
    r"[\"':=\s<«]{0,6}(?:mail to |to |at )?[\"':=\s<«]{0,6}$",
    re.IGNORECASE,
)
_ECHO = re.compile(
    r"\s{0,12}(?:to|from|cc|subject|date|sent|sender|reply-to)\s{0,2}:", re.IGNORECASE
)
_REPLY = re.compile(r"(?<![\d.])[45]\d\d[\s-]|\b[45]\.\d{1,2}\.\d{1,3}\b")
_ALONE = re.compile(r"^[\s>)\]\"';:,.]{0,20}(?:<mailto:[^>]{0,300}>)?\s*$", re.IGNORECASE)
_DISPLAYED = re.compile(r"[\"']?\s{0,3}<[^<>\s:]{1,128}@")
_TRANSCRIPT = re.compile(r"[45]\d\d <")
_WROTE = re.compile(r"\W{0,4}(?:wrote|schrieb|écrit|escribió|писал)", re.IGNORECASE)


@dataclass(slots=True)
class Named:
    """A recipient that a report's prose names: how plainly (small is plain), and its lines."""

    address: str
    rank: int
    lines: list[str] = field(default_factory=list)

    def context(self) -> str:
        """Return the lines about the recipient."""
        return "\n".join(self.lines)


def named_recipients(lines: Sequence[str], own: frozenset[str]) -> list[Named]:
    """Return the recipients that lines of a report name most plainly.

    ``own`` are addresses of the sender, which count only where nothing else is named. A line that
    begins with an address is plainest, then one that calls it a recipient, then a reply with it.
    """
    found = list(_mentions(lines))
    for rank in (0, 1, 2, 3):
        for spared in (True, False):
            kept = [
                one
                for one in found
                if one.rank == rank
                and (not spared or (same(one.address) not in own and not is_service(one.address)))
                and (rank < 3 or not is_service(one.address))
            ]
            if kept and (spared or not any(_strange(one, own) for one in found)):
                return _merged(kept)
    return []


def _strange(one: Named, own: frozenset[str]) -> bool:
    return same(one.address) not in own and not is_service(one.address)


def _mentions(lines: Sequence[str]) -> list[Named]:
    per_line = [_in_line(line) for line in lines]
    leading = [any(one.rank == 0 for one in found) for found in per_line]
    mentions: list[Named] = []
    for number, found in enumerate(per_line):
        for one in found:
            one.lines = _context(lines, number, leading, one)
        mentions.extend(found)
        if len(mentions) > MAX_RECIPIENTS:
            break
    return mentions


def _context(lines: Sequence[str], number: int, leading: list[bool], one: Named) -> list[str]:
    """Return the line itself and those that go on about it: up to the next recipient's.

    Recipients listed one a line, nothing beside them, share what follows the list. A transcript
    of a session sums up what came before (``550 <user@host>... User unknown``).
    """
    if one.rank > 1:
        return [lines[number]]
    if _TRANSCRIPT.match(lines[number]):
        since = next((n for n in range(number - 1, -1, -1) if leading[n]), number - CONTEXT)
        return list(lines[max(since + 1, number - 4, 0) : number + 1])
    following = number + 1
    if _ALONE.search(lines[number].partition(one.address)[2]):
        while following < len(lines) and leading[following]:
            following += 1
    end = min(following + CONTEXT, len(lines))
    last = next((n for n in range(following, end) if leading[n]), end)
    before = next((n for n in range(number - 1, max(number - 5, -1), -1) if lines[n].strip()), -1)
    lead_in = [lines[before]] if before >= 0 and not any(leading[:number]) else []
    return [*lead_in, lines[number], *lines[following:last]]


def _in_line(line: str) -> list[Named]:
    spans = list(addresses_in(line))
    if not spans:
        return []
    echo = bool(_ECHO.match(line))
    found = []
    for start, end, address in spans:
        before, after = line[:start], line[end:]
        if _DISPLAYED.match(after):
            continue  # the name in front of an address (RFC 5322 section 3.4)
        rank = _rank(before, after, echo=echo, replied=bool(_REPLY.search(line)))
        if rank is not None:
            found.append(Named(address, rank))
    return found


def _rank(before: str, after: str, *, echo: bool, replied: bool) -> int | None:
    if _SENDER.search(before[-60:]) or _WROTE.match(after):
        return None
    if echo:
        return 3
    if before.lstrip().startswith("<<<"):
        return 2
    if _LEAD.fullmatch(before):
        return 0
    if _NAMED.search(before[-60:]):
        return 1
    return 2 if replied else 3


def _merged(found: list[Named]) -> list[Named]:
    by_address: dict[str, Named] = {}
    for one in found:
        first = by_address.setdefault(same(one.address), one)
        if first is not one and len(first.lines) < 3 * CONTEXT:
            first.lines.extend(one.lines)
    return list(by_address.values())[:MAX_RECIPIENTS]
