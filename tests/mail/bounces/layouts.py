"""Reads invented reports of many layouts (``layouts/*.eml``), and what is to be read in each.

A file's first line is no part of the mail: ``Expect: address | reason | hard or soft | status |
charset | another address``, of which the last two may be missing.
"""

from dataclasses import dataclass
from pathlib import Path

from digest.domain.reports import BounceReason

_FOLDER = Path(__file__).with_name("layouts")


@dataclass(frozen=True)
class Layout:
    """A report as a mail, and what it tells."""

    name: str
    raw: bytes
    addresses: tuple[str, ...]
    reason: BounceReason
    hard: bool
    status: str


def layouts() -> list[Layout]:
    """Return all layouts, by name."""
    return [_read(path) for path in sorted(_FOLDER.glob("*.eml"))]


def _read(path: Path) -> Layout:
    first, _, mail = path.read_text("utf-8").partition("\n")
    told = [field.strip() for field in first.removeprefix("Expect:").split("|")]
    address, reason, kind, status, charset, other = (*told, "", "")[:6]
    return Layout(
        path.stem,
        mail.encode(charset or "utf-8"),
        (address, other) if other else (address,),
        BounceReason(reason),
        kind == "hard",
        status,
    )
