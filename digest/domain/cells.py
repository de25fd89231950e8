"""Cells of a CSV file: lists in one cell, and cells that a spreadsheet would take for a formula.

A cell that begins with one of ``= + - @``, a tab or a carriage return is run by spreadsheets (CSV
injection). An address may begin so (RFC 5322 atext), so such cells are kept whole behind an
apostrophe, which spreadsheets read as "this is text", and which is taken off when the file is read.
"""

from collections.abc import Iterable

SEPARATOR = "|"
_RUN = "=+-@\t\r"


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet runs; `unguarded` is the inverse."""
    return f"'{cell}" if cell[:1] and cell[0] in _RUN + "'" else cell


def unguarded(cell: str) -> str:
    """Return what a guarded cell holds; any other cell as it is."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] and cell[1] in _RUN + "'" else cell


def joined(parts: Iterable[str]) -> str:
    """Return several texts as one cell, separated by ``|``; a backslash keeps one within a text."""
    return SEPARATOR.join(part.replace("\\", "\\\\").replace("|", "\\|") for part in parts)


def split(cell: str) -> list[str]:
    """Return the texts of a cell, without blanks around them and without empty ones."""
    parts, part, at = [], "", 0
    while at < len(cell):
        if cell[at] == "\\" and cell[at + 1 : at + 2] in ("\\", SEPARATOR):
            part += cell[at + 1]
            at += 2
            continue
        if cell[at] == SEPARATOR:
            parts.append(part)
            part = ""
        else:
            part += cell[at]
        at += 1
    return [one.strip() for one in [*parts, part] if one.strip()]
