"""Proof of work for sign-ups, in the protocol of Altcha: a stranger's machine does some sums first.

A challenge carries its own signature, so that none is kept until it is solved; then it is spent.
"""

import random
from datetime import datetime, timedelta
from typing import Any

import altcha

from digest.domain.limits import limit_key
from digest.services.context import Context
from digest.services.signup import SignupError
from digest.store import buckets

_ALGORITHM = "PBKDF2/SHA-256"
_COST = 1000  # rounds of a guess
_GUESSES = (1000, 4000)  # between which the answer lies: a second or two of a telephone
VALID = timedelta(minutes=20)
_dice = random.SystemRandom()


def new_challenge(context: Context) -> dict[str, Any]:
    """Return a challenge as the widget reads it, to be solved within `VALID`.

    Its time stands under ``data`` and not as Altcha's own expiry, which the library holds against
    the machine's clock instead of ours.
    """
    signing, deriving = _secrets(context)
    challenge = altcha.create_challenge(
        _ALGORITHM,
        _COST,
        counter=_dice.randint(*_GUESSES),
        data={"issued": int(context.clock.now().timestamp())},
        hmac_secret=signing,
        hmac_key_secret=deriving,
    )
    return challenge.to_dict()


async def check_proof(context: Context, payload: str) -> None:
    """Spend a solved challenge, where the settings ask for one; raise SignupError for all else."""
    if not context.settings.subscribe.proof_of_work:
        return
    now = context.clock.now()
    nonce = _nonce_of(context, payload, now)
    if nonce is None:
        raise SignupError("The proof of work is missing, wrong or too old. Please try again.")
    key = limit_key(context.token_keys[0], "proof of work", nonce)
    async with context.database.write() as connection:
        fresh = await buckets.spend(connection, key, now)
    if not fresh:
        raise SignupError("This proof of work was used before. Please try again.")


def _nonce_of(context: Context, payload: str, now: datetime) -> str | None:
    """Return the nonce of a challenge that is ours, solved, and not over; else None."""
    signing, deriving = _secrets(context)
    checked = altcha.verify_solution(payload, signing, hmac_key_secret=deriving)
    if not checked.verified:
        return None
    parameters = altcha.Payload.from_base64(payload).challenge.parameters
    issued = (parameters.data or {}).get("issued", 0)
    age = now.timestamp() - issued
    return parameters.nonce if -1 < age <= VALID.total_seconds() else None


def _secrets(context: Context) -> tuple[str, str]:
    key = context.token_keys[0]
    return limit_key(key, "altcha", "challenge"), limit_key(key, "altcha", "answer")
