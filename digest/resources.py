"""Finds the folders that travel beside the package: templates and migrations."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def templates_dir() -> Path:
    """Return the folder with ``email/`` and ``web/``; raise FileNotFoundError where it is lost."""
    return _beside_package("templates")


def migrations_dir() -> Path:
    """Return Alembic's script folder; raise FileNotFoundError where it is lost."""
    return _beside_package("migrations")


def _beside_package(name: str) -> Path:
    # A wheel carries the folder inside the package under a private name (hatchling force-include);
    # in a checkout, and so in an editable install, it stands at the root.
    for candidate in (_PACKAGE / f"_{name}", _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(
        f"the folder {name!r} is missing: it stands neither in the package nor beside it; "
        f"install the program again"
    )
