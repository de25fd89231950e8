"""What a file of people is, told by its first line or its first object."""

from collections.abc import Mapping, Sequence
from typing import Any

from digest.domain.cells import unguarded
from digest.domain.foreign_rows import (
    MAILMAN_COLUMNS,
    from_listmonk_cells,
    from_listmonk_object,
    from_mailman_cells,
    from_mailman_line,
)
from digest.domain.import_rows import Format, ImportRow, Read, RowError
from digest.domain.own_rows import COLUMNS, PASSED_OVER, from_cells, from_object

DELIMITERS = ",;\t"
_LISTMONK = frozenset({"subscriber_uuid", "uuid", "attributes", "attribs", "status"})


class FormatError(ValueError):
    """A file that is nothing we read, or not what it was said to be."""


def delimiter_of(header: str) -> str:
    """Return what separates the cells of a file: the one of three that its first line has most."""
    return max(DELIMITERS, key=header.count)


def columns_of(cells: Sequence[str]) -> tuple[str, ...]:
    """Return the names of a header in lower case, blanks within as underscores."""
    return tuple("_".join(unguarded(cell).strip().lower().split()) for cell in cells)


def table_format(columns: Sequence[str], wanted: Format | None = None) -> Format | None:
    """Return whose table a header begins, None where the first line is no header.

    Raises FormatError for columns that a table of ours does not have, or has twice.
    """
    names = set(columns)
    needed = {Format.CSV: {"address"}, Format.LISTMONK: {"email"}}
    if not names & (needed.get(wanted, {"address", "email"}) if wanted else {"address", "email"}):
        return None
    if len(names) < len(columns):
        twice = sorted({name for name in columns if list(columns).count(name) > 1})
        raise FormatError(f"column {', '.join(map(repr, twice))} is there twice")
    found = wanted or _guess(names)
    if found is Format.CSV:
        unknown = sorted(names - {*COLUMNS, *PASSED_OVER})
        if unknown:
            known = ", ".join(COLUMNS)
            raise FormatError(f"unknown columns {', '.join(unknown)}; known are {known}")
    return found


def _guess(names: set[str]) -> Format:
    if names & MAILMAN_COLUMNS:
        return Format.MAILMAN
    return Format.LISTMONK if "email" in names else Format.CSV


def object_format(value: Mapping[str, Any]) -> Format | None:
    """Return whose object it is, None for nobody's."""
    if "address" in value and not MAILMAN_COLUMNS & set(value):
        return Format.JSON
    if "profile" in value:
        return Format.LISTMONK
    if "email" in value:
        return Format.MAILMAN if MAILMAN_COLUMNS & set(value) else Format.LISTMONK
    return Format.MAILMAN if "address" in value else None


def objects_in(document: Any) -> list[Any]:
    """Return the objects of a JSON document: a list, one object, or one that wraps a list.

    Wrapped are listmonk's ``data.results`` and Mailman's ``entries``. Raises FormatError.
    """
    inner = document
    for key in ("data", "results", "entries"):
        if isinstance(inner, Mapping) and isinstance(inner.get(key), list | dict):
            inner = inner[key]
    if isinstance(inner, Mapping):
        return [inner]
    if isinstance(inner, list):
        return inner
    raise FormatError("the JSON holds neither an object nor a list of objects")


def read_cells(line: int, cells: Mapping[str, str], kind: Format) -> Read:
    """Return the row of a table's line."""
    makers = {Format.LISTMONK: from_listmonk_cells, Format.MAILMAN: from_mailman_cells}
    make = makers.get(kind, from_cells)
    return _read(line, cells, lambda: make(line, cells))


def read_object(line: int, value: Any, wanted: Format | None = None) -> Read:
    """Return the row of a JSON object."""
    if not isinstance(value, Mapping):
        return Read(line, {"value": str(value)[:200]}, None, "is no JSON object")
    kind = wanted or object_format(value)
    makers = {Format.LISTMONK: from_listmonk_object, Format.MAILMAN: from_mailman_cells}
    if kind is None:
        return Read(line, value, None, "has neither address nor email")
    make = makers.get(kind, from_object)
    return _read(line, value, lambda: make(line, value))


def read_line(line: int, text: str) -> Read:
    """Return the row of a line with one address."""
    return _read(line, {"address": text.strip()}, lambda: from_mailman_line(line, text))


def _read(line: int, cells: Mapping[str, Any], make: Any) -> Read:
    if is_unstorable(cells):
        return Read(line, cells, None, "holds a NUL or half a character, which is no text")
    try:
        row: ImportRow = make()
    except RowError as error:
        return Read(line, cells, None, str(error))
    if not row.address:
        return Read(line, cells, None, "has no address")
    return Read(line, cells, row)


def is_unstorable(value: Any) -> bool:
    """Return whether a text within holds what no database takes: a NUL or a lone surrogate."""
    if isinstance(value, str):
        return any(c == "\x00" or "\ud800" <= c <= "\udfff" for c in value)
    if isinstance(value, Mapping):
        return any(is_unstorable(key) or is_unstorable(one) for key, one in value.items())
    return isinstance(value, list) and any(is_unstorable(one) for one in value)
