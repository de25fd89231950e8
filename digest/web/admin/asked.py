"""What an address or a form of the admin pages asks for, read so that nothing of it can fail."""

from datetime import date
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from digest.services.looking_up import Place

_LARGEST_ID = 2**31 - 1  # the databases' integers
_DAY_LENGTH = len("2026-05-04")
Choice = TypeVar("Choice", bound=StrEnum)


def read_id(text: str) -> int | None:
    """Return an id, or None for what is none."""
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(_LARGEST_ID))):
        return None
    number = int(text)
    return number if 0 < number <= _LARGEST_ID else None


def read_day(text: str) -> date | None:
    """Return a date as ISO 8601 writes it (2026-05-04), or None for what is none."""
    try:
        return date.fromisoformat(text) if len(text) == _DAY_LENGTH and text.isascii() else None
    except ValueError:
        return None


def read_choice(kind: type[Choice], text: str) -> Choice | None:
    """Return one of an enumeration's values, or None for what is none."""
    return next((one for one in kind if one.value == text), None)


def read_place(text: str) -> Place | None:
    """Return where the next page of mails begins (``RANK.ID``), or None for what is no place."""
    rank, _, number = text.partition(".")
    found = read_id(number)
    return Place(int(rank), found) if rank in ("0", "1", "2", "3") and found else None


def with_query(path: str, **asked: object) -> str:
    """Return a path with whatever is asked for, leaving out what is empty."""
    told = {name: str(value) for name, value in asked.items() if value not in ("", None)}
    return f"{path}?{urlencode(told)}" if told else path


def as_sentence(error: Exception) -> str:
    """Return what a service says of a refusal as a sentence of a page."""
    said = str(error)
    return f"{said[:1].upper()}{said[1:]}."
