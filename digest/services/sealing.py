"""Sealing: what the installation must read again is kept encrypted by its own secret.

AES-256-GCM (NIST SP 800-38D) under a key derived by HKDF (RFC 5869) for this use alone.
"""

import base64
import hmac
import os
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from digest.services.context import Context

_NONCE = 12  # bytes, as SP 800-38D section 8.2.2 has it
_INFO = b"paper-digest sealed v1"


class UnsealError(Exception):
    """What was sealed cannot be opened by any secret of the settings."""


def seal(context: Context, text: str, purpose: str) -> str:
    """Return ``text`` encrypted by the newest secret, in base64url; only ``purpose`` opens it."""
    return base64.urlsafe_b64encode(seal_bytes(context, text.encode(), purpose)).decode("ascii")


def unseal(context: Context, sealed: str, purpose: str) -> str:
    """Return what was sealed; raises UnsealError where no secret of the settings opens it."""
    try:
        raw = base64.b64decode(sealed.encode(), altchars=b"-_", validate=True)
    except ValueError as error:
        raise UnsealError("it is damaged") from error
    return unseal_bytes(context, raw, purpose).decode()


def seal_bytes(context: Context, data: bytes, purpose: str) -> bytes:
    """Return ``data`` encrypted by the newest secret; only ``purpose`` opens it."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(_key(context.token_keys[0])).encrypt(nonce, data, purpose.encode())


def unseal_bytes(context: Context, sealed: bytes, purpose: str) -> bytes:
    """Return what was sealed; raises UnsealError where no secret of the settings opens it."""
    for key in context.token_keys:
        try:
            return AESGCM(_key(key)).decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode())
        except (InvalidTag, ValueError):
            continue
    raise UnsealError("the secret key it was sealed with is gone; set secret_keys_old")


def keyed_hash(context: Context, text: str, purpose: str) -> list[str]:
    """Return the HMAC of a text under each secret, newest first, in hexadecimal digits."""
    said = f"{purpose}\n{text}".encode()
    return [hmac.new(_key(key), said, sha256).hexdigest() for key in context.token_keys]


def _key(token_key: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=_INFO).derive(token_key)
