"""Files of people: bytes of whatever encoding and format become rows, some at a time.

A file is looked through once before anything is made of it, so that one which breaks off in the
middle has done nothing.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

from digest.domain.cells import unguarded
from digest.domain.import_formats import (
    FormatError,
    columns_of,
    delimiter_of,
    objects_in,
    read_cells,
    read_line,
    read_object,
    table_format,
)
from digest.domain.import_rows import Format, Read

MOST_BYTES = 256 * 1024 * 1024
MOST_JSON = 64 * 1024 * 1024  # of one document, which is read as a whole
MOST_LINES = 2_000_000
MOST_IN_LINE = 64 * 1024  # characters
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class ImportFileError(Exception):
    """A file that cannot be read as one of people; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class PeopleFile:
    """A file that was looked through. ``columns`` is its header, or () where it has none."""

    format: Format
    columns: tuple[str, ...]
    is_json: bool
    rows: Iterator[Read]


@dataclass(frozen=True, slots=True)
class Bare:
    """A line of a table by column, or what is wrong with it."""

    line: int
    cells: Mapping[str, str]
    error: str = ""


def open_people(file: BinaryIO, wanted: Format | None = None) -> PeopleFile:
    """Return a file's rows; ``file`` can be sought and stays open. Raises ImportFileError.

    ``wanted`` says what it is, where it does not tell by itself.
    """
    encoding = _encoding_of(file)
    first = _look_through(file, encoding)
    try:
        if first.lstrip()[:1] in ("{", "["):
            return _json_people(file, encoding, first, wanted)
        return _table_people(file, encoding, first, wanted)
    except FormatError as error:
        raise ImportFileError(str(error)) from None
    except csv.Error as error:
        raise ImportFileError(f"the table cannot be read: {error}") from None


def _encoding_of(file: BinaryIO) -> str:
    file.seek(0)
    head = file.read(4)
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    if len(head) >= 2 and head.count(0) >= len(head) // 2:  # UTF-16 of mostly Latin letters
        return "utf-16-be" if head[0] == 0 else "utf-16-le"
    return "utf-8"


def _look_through(file: BinaryIO, encoding: str) -> str:
    """Return the first line that says something; raise where some line cannot be read."""
    if file.seek(0, io.SEEK_END) > MOST_BYTES:
        raise ImportFileError(f"the file is larger than {MOST_BYTES >> 20} MB; split it")
    first = ""
    for number, line in _lines(file, encoding):
        first = first or (line if line.strip() and not line.startswith("#") else "")
        if number > MOST_LINES:
            raise ImportFileError(f"the file has more than {MOST_LINES} lines; split it")
    if not first:
        raise ImportFileError("the file is empty")
    return first


def _lines(file: BinaryIO, encoding: str) -> Iterator[tuple[int, str]]:
    number = 0
    with _text(file, encoding) as text:
        try:
            while line := text.readline(MOST_IN_LINE + 1):
                number += 1
                # a document of JSON is often one line; its own bound is that of the whole
                if len(line) > MOST_IN_LINE and not (number == 1 and line[:1] in "{["):
                    raise ImportFileError(
                        f"line {number} is longer than {MOST_IN_LINE} characters, as of no person"
                    )
                if len(line) > MOST_IN_LINE:
                    _skip_line(text)
                yield number, line
        except UnicodeError:
            raise ImportFileError(
                f"after line {number} the file is not {encoding.upper()}: it is likely Latin-1 or "
                "Windows-1252; save it as UTF-8 and import that"
            ) from None


def _skip_line(text: io.TextIOWrapper) -> None:
    while True:
        more = text.readline(MOST_IN_LINE)
        if not more or more.endswith(("\n", "\r")):
            return


@contextmanager
def _text(file: BinaryIO, encoding: str) -> Iterator[io.TextIOWrapper]:
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, newline="")
    try:
        yield text
    finally:
        text.detach()  # the file itself stays open


def _json_people(file: BinaryIO, encoding: str, first: str, wanted: Format | None) -> PeopleFile:
    kind = Format.JSON if wanted is Format.CSV else wanted
    if _is_lines(first):
        rows = _json_lines(file, encoding, kind)
        shown = next(iter(_json_lines(file, encoding, kind)))
    else:
        documents = _document(file, encoding)
        rows = (read_object(number, one, kind) for number, one in enumerate(documents, 1))
        if not documents:
            raise ImportFileError("the JSON holds nobody")
        shown = read_object(1, documents[0], kind)
    return PeopleFile(kind or _kind_of(shown), (), True, rows)


def _kind_of(shown: Read) -> Format:
    if shown.row is None:
        return Format.JSON
    from_elsewhere = "address" not in shown.cells
    return Format.LISTMONK if from_elsewhere else Format.JSON


def _is_lines(first: str) -> bool:
    try:
        value = json.loads(first)
    except (ValueError, RecursionError):
        return False
    wraps = {"data", "results", "entries", "profile"}
    return isinstance(value, dict) and not wraps & set(value)


def _json_lines(file: BinaryIO, encoding: str, kind: Format | None) -> Iterator[Read]:
    for number, line in _lines(file, encoding):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            yield Read(number, {"value": line.strip()[:200]}, None, "is no JSON object")
            continue
        yield read_object(number, value, kind)


def _document(file: BinaryIO, encoding: str) -> list[Any]:
    if file.seek(0, io.SEEK_END) > MOST_JSON:
        raise ImportFileError(
            f"one JSON document may have {MOST_JSON >> 20} MB; write one object a line instead"
        )
    with _text(file, encoding) as text:
        try:
            return objects_in(json.loads(text.read()))
        except json.JSONDecodeError as error:
            raise ImportFileError(f"the file is no JSON: {error}") from None
        except (ValueError, RecursionError) as error:
            raise ImportFileError(f"the JSON cannot be read: {error}") from None


def _table_people(file: BinaryIO, encoding: str, first: str, wanted: Format | None) -> PeopleFile:
    delimiter = delimiter_of(first)
    header = next(csv.reader([first], delimiter=delimiter), [])
    columns = columns_of(header)
    kind = table_format(columns, wanted if wanted is not Format.JSON else Format.CSV)
    if kind is not None:
        for _ in _table(file, encoding, delimiter):  # an open quote shows before anything is done
            pass
        return PeopleFile(kind, columns, False, _cells(file, encoding, delimiter, columns, kind))
    if wanted in (Format.CSV, Format.LISTMONK):
        needed = "address" if wanted is Format.CSV else "email"
        raise ImportFileError(f"the first line must name the columns, `{needed}` among them")
    if wanted is None and "@" not in first:
        raise ImportFileError(
            "the first line must name the columns, `address` or `email` among them, or be an "
            "address; --format says what the file is"
        )
    return PeopleFile(Format.MAILMAN, (), False, _plain(file, encoding))


def _table(file: BinaryIO, encoding: str, delimiter: str) -> Iterator[tuple[int, int, list[str]]]:
    """Yield each row of a table with the numbers of its first and its last line."""
    reader = csv.reader((line for _, line in _lines(file, encoding)), delimiter=delimiter)
    before = 0
    for cells in reader:
        yield before + 1, reader.line_num, cells
        before = reader.line_num


def open_cells(file: BinaryIO) -> Iterator[Bare]:
    """Return the lines of any table with an address or email, or of a plain list of addresses.

    ``file`` can be sought and stays open. Raises ImportFileError.
    """
    encoding = _encoding_of(file)
    first = _look_through(file, encoding)
    delimiter = delimiter_of(first)
    columns = columns_of(next(csv.reader([first], delimiter=delimiter), []))
    if not {"address", "email"} & set(columns):
        if "@" not in first:
            raise ImportFileError("the first line must name the columns, `address` among them")
        return (
            Bare(number, {"address": line.strip()})
            for number, line in _lines(file, encoding)
            if line.strip() and not line.startswith("#")
        )
    try:
        for _ in _table(file, encoding, delimiter):
            pass
    except csv.Error as error:
        raise ImportFileError(f"the table cannot be read: {error}") from None
    return _bare(file, encoding, delimiter, columns)


def _cells(
    file: BinaryIO, encoding: str, delimiter: str, columns: tuple[str, ...], kind: Format
) -> Iterator[Read]:
    for one in _bare(file, encoding, delimiter, columns):
        if one.error:
            yield Read(one.line, one.cells, None, one.error)
        else:
            yield read_cells(one.line, one.cells, kind)


def _bare(
    file: BinaryIO, encoding: str, delimiter: str, columns: tuple[str, ...]
) -> Iterator[Bare]:
    seen_header = False
    for begin, end, cells in _table(file, encoding, delimiter):
        if not any(cell.strip() for cell in cells):
            continue
        if not seen_header:  # remarks may stand before it; below, an address may begin with #
            seen_header = not cells[0].startswith("#")
            continue
        bare = [unguarded(cell) for cell in cells] + [""] * len(columns)
        told = dict(zip(columns, bare, strict=False))
        if end > begin:
            error = f"lines {begin} to {end} are one row: a quote is opened and closed later"
            yield Bare(begin, {name: cell[:500] for name, cell in told.items()}, error)
        elif len(cells) > len(columns):
            yield Bare(begin, told, f"has {len(cells)} cells under {len(columns)} columns")
        else:
            yield Bare(begin, told)


def _plain(file: BinaryIO, encoding: str) -> Iterator[Read]:
    for number, line in _lines(file, encoding):
        if line.strip() and not line.startswith("#"):
            yield read_line(number, line)
