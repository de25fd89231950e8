"""Operators: who may open the admin pages, with what password, and how long a session stands."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 1024  # in characters (NIST SP 800-63B section 3.1.1.2)
_FEWEST_DIFFERENT = 5
_LONGEST_NAME = 64
CODE_STEP_S = 30  # of a one-time code (RFC 6238 section 4.1, X)
_DRIFT_STEPS = 1  # RFC 6238 section 5.2: one step for the network and slow hands


class OperatorError(Exception):
    """An account or a change of one that cannot be, with what to do."""


@dataclass(frozen=True, slots=True)
class Operator:
    """An account of the admin pages.

    ``password_hash`` is of argon2id (RFC 9106), None for an account of an OpenID provider, whose
    ``subject`` is "ISSUER SUB". ``totp_step`` is the time step of the last code that was taken,
    ``recovery`` the hashes of the codes that are left. A new ``generation`` ends all sessions.
    """

    id: int
    name: str
    password_hash: str | None
    totp_sealed: str | None
    totp_step: int | None
    recovery: tuple[str, ...]
    subject: str | None
    generation: int
    created_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that signed in; ``key`` is the hash of its cookie."""

    key: str
    account_id: int
    generation: int
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    agent: str


def checked_name(name: str) -> str:
    """Return an account's name, trimmed; raises OperatorError for one that cannot be."""
    trimmed = " ".join(name.split())
    if not trimmed or len(trimmed) > _LONGEST_NAME or not trimmed.isprintable():
        raise OperatorError(f"a name has 1 to {_LONGEST_NAME} printable characters")
    return trimmed


def name_key(name: str) -> str:
    """Return what makes two names the same: "Ada" and "ada " are one account.

    No name has a character that does not print; PostgreSQL would not even look for a NUL.
    """
    return "".join(letter for letter in " ".join(name.split()).casefold() if letter.isprintable())


def checked_password(password: str, name: str) -> str:
    """Return the password as it is; raises OperatorError for one that is guessed at once."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise OperatorError(
            f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters; "
            "four words that nobody else puts together are a good one"
        )
    if len(set(password)) < _FEWEST_DIFFERENT:
        raise OperatorError("that password repeats too few characters; choose another")
    left = password.casefold().replace(name_key(name), "")
    if len(left) < SHORTEST_PASSWORD // 2:
        raise OperatorError("that password is little more than the account's name; choose another")
    return password


def is_let_in(allowed: Iterable[str], subject: str, email: str, verified: bool) -> bool:
    """Return whether a list of addresses and subjects lets in whom an OpenID provider signed in.

    An address counts where the provider has verified it, in any case of its letters. What has an @
    is never a subject: some providers let people choose theirs.
    """
    address = email.strip().casefold() if verified else ""
    return any(
        one.strip().casefold() == address if "@" in one else one.strip() == subject
        for one in allowed
        if one.strip()
    )


def numbered_name(name: str, number: int) -> str:
    """Return an account's name for the first (1), second, ... who would have it."""
    if number == 1:
        return name
    end = f" ({number})"
    return name[: _LONGEST_NAME - len(end)] + end


def session_stands(session: Session, account: Operator, now: datetime, idle: timedelta) -> bool:
    """Return whether a session still opens the pages.

    Not after its end, not after ``idle`` without a request, not where the account was disabled or
    changed its password or codes, and not where the clock stands before its beginning.
    """
    return (
        account.disabled_at is None
        and session.account_id == account.id
        and session.generation == account.generation
        and session.created_at <= now < session.expires_at
        and now - session.seen_at < idle
    )


def code_steps(now: datetime, last: int | None) -> list[int]:
    """Return the time steps whose one-time codes are taken now, the likeliest first.

    A step up to the ``last`` one that was taken is over: each code is good once (RFC 6238, 5.2).
    """
    current = int(now.timestamp()) // CODE_STEP_S
    near = [current, current - _DRIFT_STEPS, current + _DRIFT_STEPS]
    return [step for step in near if last is None or step > last]


def plain_code(typed: str) -> str:
    """Return a code without the spaces and dashes that people type, in capitals."""
    return re.sub(r"[\s-]", "", typed).upper()
