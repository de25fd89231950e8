"""Files that outlive a crash: appended or replaced whole, and on the disk when the call returns."""

import os
from contextlib import suppress
from pathlib import Path

_OWNER_ONLY = 0o600


def append_lines(path: Path, lines: list[str]) -> None:
    """Append lines and wait until the disk has them; raises OSError where it cannot.

    A line that a crash cut short before is ended first, so that it spoils none of these.
    """
    fresh = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, _OWNER_ONLY)
    try:
        size = os.fstat(descriptor).st_size
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        text = ("\n" if torn else "") + "".join(f"{line}\n" for line in lines)
        rest = memoryview(text.encode("utf-8", "backslashreplace"))
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if fresh:
        sync(path.parent)


def read_lines(path: Path) -> list[str]:
    """Return the whole lines of a file, none without one; a torn last line is left out."""
    try:
        text = path.read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return []
    *whole, _torn = text.split("\n")
    return [line for line in whole if line]


def replace_whole(path: Path, text: str) -> None:
    """Write a file so that a crash leaves the old one or the new one; raises OSError."""
    draft = path.with_name(f".{path.name}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        raise
    sync(path.parent)


def remove(path: Path) -> None:
    """Take a file away, where there is one, so that a crash does not bring it back."""
    try:
        path.unlink()
    except FileNotFoundError:
        return
    sync(path.parent)


def sync(path: Path) -> None:
    """Wait until the disk has a file, or the names in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
