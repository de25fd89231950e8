"""Which of our deliveries a mail that came in is about, proved by a signature of ours in it.

Anybody can write a bounce. Two things in it cannot be made up: the stamp of the return path
(`domain.return_path`), and the token in the List-Unsubscribe of the mail that it gives back. Who
holds the token may unsubscribe its reader anyway, and a bounce is lifted by the owner: so it
proves a bounce. It does not prove a complaint, which bars for ever: forwarded mails carry it too.
A Message-ID proves nothing: it is made of numbers that can be guessed.
"""

import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes
from enum import StrEnum
from itertools import islice

from digest.domain.access import Right, allows
from digest.domain.return_path import VALID, read_return_path
from digest.domain.tokens import TOKEN_LENGTH, Claims, read_token

_STAMP = re.compile(rb"(?<![A-Za-z0-9])b-[a-z2-7]{24}(?![a-z0-9])", re.IGNORECASE)
_TOKEN = re.compile(rb"[A-Za-z0-9_-]{%d,80}" % TOKEN_LENGTH)
_MOST_TRIED = 64  # signatures that are checked for one mail, however many it claims to hold
_LOOKED_AT = 4 * 1024 * 1024  # bytes


class Means(StrEnum):
    """What ties a mail to a delivery."""

    STAMP = "stamp"  # the return path, which readers do not pass on
    LINK = "link"  # the token of the links of a mail
    PROVIDER = "provider"  # the signature of whoever delivers for us


@dataclass(frozen=True, slots=True)
class Proof:
    """A delivery, and what proves that a mail is about it."""

    delivery: int
    means: Means


def find_proof(
    keys: Sequence[bytes], envelope_to: Sequence[str], raw: bytes, now: datetime
) -> Proof | None:
    """Return the delivery that a mail is about, or None where nothing valid proves one.

    Only what is younger than 30 days counts. The envelope goes before the mail, a stamp before a
    link; parts in base64 or quoted-printable are looked into.
    """
    today = now.date()
    for address in envelope_to:
        returned = read_return_path(keys, address, today)
        if returned is not None:
            return Proof(returned.delivery, Means.STAMP)
    for view in _views(raw[:_LOOKED_AT]):
        for found in islice(_STAMP.finditer(view), _MOST_TRIED):
            returned = read_return_path(keys, f"{found[0].decode('ascii')}@", today)
            if returned is not None:
                return Proof(returned.delivery, Means.STAMP)
    for view in _views(raw[:_LOOKED_AT]):
        for claims in _claims_in(keys, view):
            if claims.delivery and _is_young(claims, now):
                return Proof(claims.delivery, Means.LINK)
    return None


def find_leave(keys: Sequence[bytes], texts: Sequence[str], now: datetime) -> Claims | None:
    """Return the claims of a token that may unsubscribe, from a subject or a local part, or None.

    A token of any age does. A mail's body is not looked into: whoever answers a digest quotes it.
    """
    for text in texts:
        for claims in _claims_in(keys, text.encode("utf-8", "replace")):
            if allows(claims, None, Right.LEAVE, now):
                return claims
    return None


def _claims_in(keys: Sequence[bytes], text: bytes) -> Iterator[Claims]:
    for run in islice(_TOKEN.finditer(text), _MOST_TRIED):
        word = run[0].decode("ascii")
        # "%20" before a token leaves two characters that look like its own
        for candidate in dict.fromkeys((word[:TOKEN_LENGTH], word[-TOKEN_LENGTH:])):
            claims = read_token(keys, candidate)
            if claims is not None:
                yield claims


def _is_young(claims: Claims, now: datetime) -> bool:
    return claims.issued_at - timedelta(days=1) <= now <= claims.issued_at + VALID


def _views(raw: bytes) -> Iterator[bytes]:
    """Yield a mail as it stands, with quoted-printable undone, and each part in base64."""
    yield raw
    if b"=" in raw:
        yield binascii.a2b_qp(raw)
    if b"base64" in raw.lower():
        for part in message_from_bytes(raw).walk():
            coding = str(part.get("content-transfer-encoding", "")).strip().lower()
            if coding == "base64" and not part.is_multipart():
                held = part.get_payload(decode=True)
                if isinstance(held, bytes):
                    yield held
