"""The journal of who has left: one line an act, which outlives a database that is restored.

``INSTANT KIND HASH``: the hash is keyed, so that the file names nobody. A pause has its end in the
kind, ``pause:2026-06-01``. Whoever came back is in it as well, so that they are not sent off again.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from digest.domain.subscribers import address_key


class Act(StrEnum):
    """What somebody did, or what was done to their address."""

    UNSUBSCRIBE = "unsubscribe"
    PAUSE = "pause"
    SUPPRESS = "suppress"  # by bounces
    COMPLAINT = "complaint"
    BAR = "bar"  # by the operator
    ERASE = "erase"
    RETURN = "return"  # confirmed anew, or ended a pause


@dataclass(frozen=True, slots=True)
class OptOut:
    """One line: when, what, and whose address by its keyed hash; ``until`` ends a pause."""

    at: datetime
    act: Act
    who: str
    until: date | None = None


def hashed_address(token_key: bytes, address: str) -> str:
    """Return the keyed hash under which an address stands in the journal."""
    body = b"opted out v1\x00" + address_key(address).encode("utf-8", "surrogatepass")
    return hmac.new(token_key, body, hashlib.sha256).hexdigest()


def to_line(one: OptOut) -> str:
    """Return a journal's line, without its end."""
    kind = f"{one.act.value}:{one.until}" if one.until else one.act.value
    return f"{one.at.isoformat()} {kind} {one.who}"


def read_opt_outs(lines: Iterable[str], after: datetime | None = None) -> dict[str, list[OptOut]]:
    """Return the acts by whose they are, in the order of the lines; a bad line is passed over.

    ``after`` leaves out what was done until that instant.
    """
    found: dict[str, list[OptOut]] = {}
    for line in lines:
        one = _from_line(line)
        if one is not None and (after is None or one.at > after):
            found.setdefault(one.who, []).append(one)
    return found


def _from_line(line: str) -> OptOut | None:
    parts = line.split(" ")
    if len(parts) != 3 or not parts[2]:
        return None
    kind, _, until = parts[1].partition(":")
    try:
        at = datetime.fromisoformat(parts[0])
        one = OptOut(at, Act(kind), parts[2], date.fromisoformat(until) if until else None)
    except ValueError:
        return None
    return None if at.tzinfo is None else one


def what_holds(acts: Iterable[OptOut], since: datetime) -> tuple[OptOut, ...]:
    """Return the acts that hold of a reader who subscribed at ``since``, in their order.

    What was done before is not about them: an address may come again after its erasure. Complaint
    and erasure hold whatever came later; of all others the last one, unless they came back. Bars
    stand before an erasure, so that a tombstone keeps them.
    """
    mine = [one for one in acts if one.at >= since]
    complaint, erasure = (
        next((one for one in mine if one.act is act), None) for act in (Act.COMPLAINT, Act.ERASE)
    )
    others = [one for one in mine if one.act is not Act.ERASE]
    last = max(others, key=lambda one: one.at, default=None)
    barred = last if last is not None and last.act is Act.BAR else None
    lasting = tuple(one for one in (complaint, barred, erasure) if one is not None)
    if lasting:
        return lasting
    return () if last is None or last.act is Act.RETURN else (last,)
