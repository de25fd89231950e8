"""The installation's own secret: made once, kept beside the data, readable by its owner only."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

_LENGTH = 64


class SecretError(Exception):
    """A secret file that cannot be read or made, with what to do."""


def load_or_create(path: Path) -> str:
    """Return the secret kept at ``path``, which is made (mode 0600) where there is none.

    Two processes that start together agree: the file appears whole, by a link from a private one.
    """
    try:
        return _read(path)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise SecretError(f"cannot read {path}: {error.strerror}; it must belong to you") from error
    try:
        _create(path)
        return _read(path)
    except OSError as error:
        raise SecretError(
            f"cannot write {path}: {error.strerror}; make data_dir writable or set secret_key"
        ) from error


def find_secret(path: Path) -> str | None:
    """Return the secret kept at ``path``, None where there is none; raises SecretError else."""
    try:
        return _read(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SecretError(f"cannot read {path}: {error.strerror}; it must belong to you") from error


def _read(path: Path) -> str:
    value = path.read_text("ascii", errors="replace").strip()
    if len(value) < 32 or not value.isascii():
        raise SecretError(f"{path} is damaged: restore it, or every link in sent mails is dead")
    return value


def _create(path: Path) -> None:
    with suppress(FileExistsError):  # another process was first: its secret is the secret
        write_private(path, secrets.token_urlsafe(_LENGTH) + "\n")


def write_private(path: Path, text: str) -> None:
    """Write a file of mode 0600 that appears whole; raise FileExistsError where there is one.

    Raises OSError where it cannot be written, and then leaves nothing behind.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    finally:
        draft.unlink()
