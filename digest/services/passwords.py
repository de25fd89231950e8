"""Passwords: hashed by argon2id (RFC 9106), never more at once than memory allows."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

T = TypeVar("T")
_HASHER = PasswordHasher()
# each hash takes 64 MiB for some tens of milliseconds: two at once, the others wait
_HANDS = ThreadPoolExecutor(2, thread_name_prefix="password")


async def hash_password(password: str) -> str:
    """Return a password's hash, its parameters and salt within it."""
    return await _aside(_HASHER.hash, password)


async def fits(kept: str | None, password: str) -> bool:
    """Return whether a password is the one of a hash; without a hash, as late as with one."""
    try:
        verified = await _aside(_HASHER.verify, kept or _nobodys(), password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return bool(verified) and kept is not None


def is_outdated(kept: str) -> bool:
    """Return whether a hash was made by weaker parameters than today's."""
    return _HASHER.check_needs_rehash(kept)


async def _aside(work: Callable[..., T], *values: str) -> T:
    return await asyncio.get_running_loop().run_in_executor(_HANDS, work, *values)


@cache
def _nobodys() -> str:
    return _HASHER.hash("nobody has this password")
