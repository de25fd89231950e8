"""Mends feeds whose body ends in mid-item, so that what came can be read."""

import re
from enum import Enum

MOST_TAGS = 200_000  # some 5,000 items; the parser needs up to 60 us for each

_TAIL = 200_000  # bytes at the end that are searched for an item without an end
_HEAD = 100_000
_NAME = rb"(?:[A-Za-z0-9_]+:)?"
_ITEM = re.compile(rb"<" + _NAME + rb"(?:item|entry)[\s>]")
_ITEM_END = re.compile(rb"</" + _NAME + rb"(?:item|entry)\s*>")
_TITLE_END = re.compile(rb"</" + _NAME + rb"title\s*>")
_LINK_END = re.compile(rb"</" + _NAME + rb"link\s*>|<" + _NAME + rb"link\s[^<>]*>")
_ROOT_END = re.compile(rb"</(?:[A-Za-z0-9_]+:)?(?:rss|feed|RDF|channel)\s*>", re.IGNORECASE)
_CDATA = re.compile(rb"<!\[CDATA\[.*?\]\]>|<!--.*?-->", re.DOTALL)
_TAG = re.compile(rb"<(/?)([A-Za-z_][\w:.-]*)[^<>]*?(/?)>")
_HALF = re.compile(rb"(?:<[^<>]*|&[^;\s<>&]{0,12})\Z")


class Ending(Enum):
    """How the last item of a body ends."""

    WHOLE = "whole"
    CUT = "cut behind its title and link"
    BROKEN = "cut before its title and link were whole"


def bounded(body: bytes) -> bytes:
    """Return the body up to its 200,000th tag."""
    pieces = body.split(b"<", MOST_TAGS + 1)
    return body if len(pieces) <= MOST_TAGS + 1 else body[: len(body) - len(pieces[-1]) - 1]


def ending_of(body: bytes) -> Ending:
    """Tell how the last item ends; a body in UTF-16 or UTF-32 counts as whole."""
    tail = body[-_TAIL:]
    start = _last_item(tail)
    if start is None or _ITEM_END.search(tail, start):
        return Ending.WHOLE
    has_both = _TITLE_END.search(tail, start) and _LINK_END.search(tail, start)
    return Ending.CUT if has_both else Ending.BROKEN


def is_honestly_empty(body: bytes) -> bool:
    """Tell whether a body comes to its end and no item ever began in it."""
    return _ITEM.search(body) is None and _ROOT_END.search(body[-_TAIL:]) is not None


def closed(body: bytes) -> bytes:
    """Return a body cut in mid-item with everything closed that is open.

    A half tag or entity at the end goes; the text before it stays, and with it the part of an
    abstract that came.
    """
    base = max(0, len(body) - _TAIL)
    start = base + (_last_item(body[base:]) or 0)
    first = _ITEM.search(body, 0, _HEAD)
    above = _open_elements(body[: first.start()]) if first else []
    item = body[start:]
    if item.rfind(b"<![CDATA[") > item.rfind(b"]]>"):
        body, item = body + b"]]>", item + b"]]>"
    else:
        item = _HALF.sub(b"", item)
        body = body[:start] + item
    return body + b"".join(b"</%b>" % name for name in reversed(above + _open_elements(item)))


def _last_item(tail: bytes) -> int | None:
    starts = [found.start() for found in _ITEM.finditer(tail)]
    return starts[-1] if starts else None


def _open_elements(piece: bytes) -> list[bytes]:
    """Return the names of the elements that are open at the end of a piece, outermost first."""
    names: list[bytes] = []
    for end, name, empty in _TAG.findall(_CDATA.sub(b"", piece)):
        if not end and not empty:
            names.append(name)
        elif end and name in names:
            while names.pop() != name:
                pass
    return names
