"""Signed tokens of fixed length: who a link belongs to, and what it may do.

A token is 39 bytes, base64url without padding: 52 characters, all of them safe in a URL path and
in quoted-printable. Layout, big-endian: version 1, purpose 1, subscriber 6, delivery 6,
generation 4, issued 5 (seconds since 1970), then HMAC-SHA256 cut to 16 bytes (RFC 2104 section 5).
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum

TOKEN_LENGTH = 52
_VERSION = 1
_CLAIMS = 23
_MAC = 16


class Purpose(IntEnum):
    """What a token was made for; a token of one purpose is worthless for another."""

    MAIL = 1  # the links of one mail: unsubscribe, preferences, browser view
    CONFIRM = 2  # double opt-in
    MANAGE = 3  # a link mailed on request: export, erasure, change of address
    FEED = 4  # a personal feed's secret address
    FORM = 5  # a form that was fetched before it was posted; nobody's


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says. ``delivery`` is 0 where no mail is meant."""

    purpose: Purpose
    subscriber: int
    delivery: int
    generation: int
    issued_at: datetime


def derive_key(secret: str) -> bytes:
    """Return the token key of an installation's secret, apart from any other use of it."""
    return hmac.new(secret.encode(), b"paper-digest link token v1", hashlib.sha256).digest()


def make_token(key: bytes, claims: Claims) -> str:
    """Return the 52 characters that stand for ``claims``; raises OverflowError beyond 48 bits."""
    body = b"".join(
        (
            bytes((_VERSION, claims.purpose)),
            claims.subscriber.to_bytes(6, "big"),
            claims.delivery.to_bytes(6, "big"),
            claims.generation.to_bytes(4, "big"),
            int(claims.issued_at.timestamp()).to_bytes(5, "big"),
        )
    )
    return base64.urlsafe_b64encode(body + _mac(key, body)).decode("ascii")


def read_token(keys: Sequence[bytes], token: str) -> Claims | None:
    """Return the claims of a token signed by any of ``keys`` (newest first), or None.

    Every key is tried in constant time, so that an old link survives a rotation of the secret.
    """
    raw = _decode(token)
    if raw is None:
        return None
    body, mac = raw[:_CLAIMS], raw[_CLAIMS:]
    valid = [hmac.compare_digest(_mac(key, body), mac) for key in keys]
    if not any(valid) or body[0] != _VERSION or body[1] not in set(Purpose):
        return None
    return Claims(
        purpose=Purpose(body[1]),
        subscriber=int.from_bytes(body[2:8], "big"),
        delivery=int.from_bytes(body[8:14], "big"),
        generation=int.from_bytes(body[14:18], "big"),
        issued_at=datetime.fromtimestamp(int.from_bytes(body[18:23], "big"), UTC),
    )


def _decode(token: str) -> bytes | None:
    if len(token) != TOKEN_LENGTH or not token.isascii():
        return None
    try:
        raw = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == _CLAIMS + _MAC else None


def _mac(key: bytes, body: bytes) -> bytes:
    return hmac.new(key, body, hashlib.sha256).digest()[:_MAC]
