"""One sender on SQLite: a lock that the kernel frees when its process dies, kill -9 included."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class LockedError(Exception):
    """Another process works with this data directory."""


@contextmanager
def sender_lock(path: Path) -> Iterator[None]:
    """Hold the sender's lock; raise LockedError where another process does."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            owner = os.read(descriptor, 32).decode("ascii", "replace").strip()
            raise LockedError(
                f"another sender works on this database (process {owner or 'unknown'}, "
                f"lock {path}); SQLite has one sender, several need PostgreSQL, "
                "each with a data_dir of its own"
            ) from error
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode("ascii"))
        yield
    finally:
        os.close(descriptor)
