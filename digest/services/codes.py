"""One-time codes (RFC 6238) and the recovery codes that stand in for a lost telephone."""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest

import pyotp

from digest.domain.operators import CODE_STEP_S, code_steps, plain_code
from digest.services.context import Context
from digest.services.sealing import keyed_hash, seal, unseal

RECOVERY_CODES = 10
_RECOVERY_BYTES = 10  # 80 bits in 16 letters: nobody tries them all
_TOTP, _RECOVERY = "totp", "recovery code"


@dataclass(frozen=True, slots=True)
class Codes:
    """What a person keeps: the address for their app (``otpauth:``), the codes for a bad day."""

    secret: str
    uri: str
    recovery: tuple[str, ...]


def new_codes(site: str, name: str) -> Codes:
    """Return a new secret and recovery codes, which nothing has kept yet."""
    secret = pyotp.random_base32()
    uri = pyotp.TOTP(secret, interval=CODE_STEP_S).provisioning_uri(name=name, issuer_name=site)
    return Codes(secret, uri, tuple(_recovery_code() for _ in range(RECOVERY_CODES)))


def sealed_codes(context: Context, codes: Codes) -> tuple[str, tuple[str, ...]]:
    """Return what the database keeps of them: the secret sealed, the recovery codes hashed."""
    hashes = (keyed_hash(context, plain_code(code), _RECOVERY)[0] for code in codes.recovery)
    return seal(context, codes.secret, _TOTP), tuple(hashes)


def matching_step(
    context: Context, sealed: str, last: int | None, code: str, now: datetime
) -> int | None:
    """Return the time step that a code belongs to, None for a wrong or used one.

    Raises UnsealError where the secret cannot be read.
    """
    totp = pyotp.TOTP(unseal(context, sealed, _TOTP), interval=CODE_STEP_S)
    typed, found = plain_code(code), None
    for step in code_steps(now, last):
        right = compare_digest(totp.generate_otp(step).encode(), typed.encode())
        found = step if right and found is None else found
    return found


def recovery_hashes(context: Context, code: str) -> list[str]:
    """Return under which hashes a recovery code may be kept."""
    return keyed_hash(context, plain_code(code), _RECOVERY)


def _recovery_code() -> str:
    text = base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode("ascii")
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))
