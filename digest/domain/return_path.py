"""Envelope senders that tell which delivery came back (VERP), signed so that nobody forges one.

A stamp is 15 bytes as 24 letters and digits of base32: delivery 5, day since 1970 2, and 8 of an
HMAC-SHA256. The day is that of the planned instant, so a message sent again has the same envelope.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

VALID = timedelta(days=30)
_EPOCH = date(1970, 1, 1)
_MARK = "b-"


@dataclass(frozen=True, slots=True)
class Returned:
    """The delivery that a return path belongs to, and the day it was planned."""

    delivery: int
    planned_on: date


def return_path(
    mode: str, from_address: str, domain: str, key: bytes, delivery: int, planned_at: datetime
) -> str:
    """Return the envelope sender of a delivery (RFC 5321 section 4.4).

    ``none`` is the plain From address, which small relays insist on; ``plus`` a subaddress of it
    (RFC 5233); ``verp`` an address of its own at ``domain``.
    """
    if mode == "none":
        return from_address
    stamp = _MARK + _stamp(key, delivery, planned_at.astimezone(UTC).date())
    local, _, host = from_address.rpartition("@")
    return f"{local}+{stamp}@{host}" if mode == "plus" else f"{stamp}@{domain}"


def read_return_path(keys: Sequence[bytes], address: str, today: date) -> Returned | None:
    """Return what a return path says, or None for one that is forged, damaged or too old."""
    local = address.rpartition("@")[0].lower()
    stamp = local.rpartition(_MARK)[2]
    try:
        raw = base64.b32decode(stamp.upper())
    except (binascii.Error, ValueError):
        return None
    valid = [hmac.compare_digest(_mac(key, raw[:7]), raw[7:]) for key in keys]
    if len(raw) != 15 or not any(valid):
        return None
    planned_on = _EPOCH + timedelta(days=int.from_bytes(raw[5:7], "big"))
    if not planned_on - timedelta(days=1) <= today <= planned_on + VALID:
        return None
    return Returned(int.from_bytes(raw[:5], "big"), planned_on)


def _stamp(key: bytes, delivery: int, day: date) -> str:
    body = delivery.to_bytes(5, "big") + (day - _EPOCH).days.to_bytes(2, "big")
    return base64.b32encode(body + _mac(key, body)).decode("ascii").lower()


def _mac(key: bytes, body: bytes) -> bytes:
    return hmac.new(key, b"return path" + body, hashlib.sha256).digest()[:8]
