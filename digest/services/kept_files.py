"""Files that operators bring, kept sealed for the little while between two steps of a form.

They lie in ``data_dir/tmp``, each readable by the program alone and opened by whom it belongs to.
"""

import os
import re
import secrets
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from digest.services.context import Context
from digest.services.sealing import UnsealError, seal_bytes, unseal_bytes

LIFE = timedelta(minutes=30)
_TOKEN = re.compile(r"(\d{10})-([A-Za-z0-9_-]{32})")
_END = ".sealed"


class FileGoneError(Exception):
    """A file that is kept no more, or was never kept for that account; the text says what to do."""

    def __init__(self) -> None:
        super().__init__("That file is kept no more. Bring it again.")


def keep_file(context: Context, account: int, data: bytes) -> str:
    """Keep a file for an account; return what it is asked for by. Raises OSError."""
    sweep_files(context)
    ends = int((context.clock.now() + LIFE).timestamp())
    token = f"{ends:010d}-{secrets.token_urlsafe(24)}"
    folder = _folder(context)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = _path(context, token)
    sealed = seal_bytes(context, data, _purpose(account, path))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(sealed)
    return token


def read_file(context: Context, account: int, token: str) -> bytes:
    """Return a file that was kept for an account; raises FileGoneError."""
    found = _TOKEN.fullmatch(token)
    if found is None or int(found[1]) <= context.clock.now().timestamp():
        raise FileGoneError
    path = _path(context, token)
    try:
        return unseal_bytes(context, path.read_bytes(), _purpose(account, path))
    except (OSError, UnsealError) as error:
        raise FileGoneError from error


def take_file(context: Context, account: int, token: str) -> bytes:
    """Return a file and keep it no longer: of two who take it, one gets it.

    Raises FileGoneError.
    """
    data = read_file(context, account, token)
    try:
        _path(context, token).unlink()
    except OSError as error:
        raise FileGoneError from error
    return data


def sweep_files(context: Context) -> int:
    """Take away whatever is kept too long; return how many files."""
    now, gone = context.clock.now().timestamp(), 0
    for path in _folder(context).glob(f"*{_END}"):
        ends = path.name.partition("-")[0]
        if not ends.isdigit() or int(ends) <= now:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _folder(context: Context) -> Path:
    return context.settings.data_dir / "tmp"


def _path(context: Context, token: str) -> Path:
    """Return where a file lies; its name is no help to whoever reads the folder."""
    ends, _, secret = token.partition("-")
    return _folder(context) / f"{ends}-{sha256(secret.encode()).hexdigest()}{_END}"


def _purpose(account: int, path: Path) -> str:
    return f"kept file of account {account}: {path.name}"
