"""Folders of overrides, as an operator writes them."""

from pathlib import Path

from digest.looks.overrides import Overrides, read_overrides


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Write files by their names under a folder; return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def overrides(folder: Path, files: dict[str, str | bytes]) -> Overrides:
    """Write files and read them as a start does."""
    return read_overrides(write(folder, files))
