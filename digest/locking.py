"""Locks that the kernel frees when their process dies, kill -9 included: one sender on SQLite."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class LockedError(Exception):
    """Another process sends from this data directory."""


@contextmanager
def sender_lock(path: Path) -> Iterator[None]:
    """Hold the sender's lock; raise LockedError where another process does."""
    with _held(path) as owner:
        if owner is not None:
            raise LockedError(
                f"another sender works on this database (process {owner}, "
                f"lock {path}); SQLite has one sender, several need PostgreSQL"
            )
        yield


@contextmanager
def scheduler_lock(path: Path) -> Iterator[None]:
    """Hold the lock of a data directory's scheduler; raise LockedError where another does."""
    with _held(path) as owner:
        if owner is not None:
            raise LockedError(
                f"another scheduler works with this data_dir (process {owner}, lock {path}); "
                "give each a data_dir of its own"
            )
        yield


@contextmanager
def _held(path: Path) -> Iterator[str | None]:
    """Hold a lock and give None, or give the number of the process that holds it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            owner = os.read(descriptor, 32).decode("ascii", "replace").strip()
            yield owner or "unknown"
            return
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode("ascii"))
        yield None
    finally:
        os.close(descriptor)
