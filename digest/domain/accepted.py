"""The journal of what a relay accepted while the database was away: one line a message.

``accepted ID SUBMISSION WORKER INSTANT PLACED RELAY REPLY``, parts apart by a blank, "-" for what
is not known. The submission is the count of the ledger's row at that hand-over: whoever has handed
the message over again since has counted on, and the line says nothing about that one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

_UNKNOWN = "-"
_PARTS = 8


@dataclass(frozen=True, slots=True)
class Accepted:
    """A message that a relay took: which hand-over of which delivery, when, and its reply."""

    delivery_id: int
    submission: int
    worker: str
    at: datetime
    placed: int | None = None
    relay: str = ""
    reply: str = ""


def to_line(one: Accepted) -> str:
    """Return a journal's line, without its end."""
    parts = (
        "accepted",
        str(one.delivery_id),
        str(one.submission),
        _word(one.worker),
        one.at.isoformat(),
        _UNKNOWN if one.placed is None else str(one.placed),
        _word(one.relay),
        " ".join(one.reply.split()) or _UNKNOWN,
    )
    return " ".join(parts)


def read_accepted(lines: Iterable[str]) -> list[Accepted]:
    """Return what the lines say, each hand-over once; a line that says nothing is passed over."""
    found: dict[tuple[int, int], Accepted] = {}
    for line in lines:
        one = _from_line(line)
        if one is not None:
            found.setdefault((one.delivery_id, one.submission), one)
    return list(found.values())


def _from_line(line: str) -> Accepted | None:
    parts = line.split(" ", _PARTS - 1)
    if len(parts) != _PARTS or parts[0] != "accepted":
        return None
    _, delivery_id, submission, worker, at, placed, relay, reply = parts
    try:
        instant = datetime.fromisoformat(at)
        one = Accepted(
            int(delivery_id),
            int(submission),
            _known(worker),
            instant,
            None if placed == _UNKNOWN else int(placed),
            _known(relay),
            _known(reply),
        )
    except ValueError:
        return None
    return None if instant.tzinfo is None else one


def _word(text: str) -> str:
    """Return a text as one word: a relay's name may hold blanks."""
    return "_".join(text.split()) or _UNKNOWN


def _known(text: str) -> str:
    return "" if text == _UNKNOWN else text
