"""Understands the parameters of arXiv's ``/api/query`` and picks the records they name.

The subset that a collector uses: ``id_list`` with or without versions, and ``search_query`` over
cat, ti, abs, au, all and submittedDate with AND, OR, ANDNOT and parentheses.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from digest.demo.arxiv_listings import ArxivRecord

Predicate = Callable[[ArxivRecord], bool]

MAX_RESULTS = 2000
_ARXIV_ID = re.compile(r"(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v(\d+))?")
_TOKEN = re.compile(r'\(|\)|\w+:\[[^\]]*\]|\w+:"[^"]*"|[^\s()]+')
_RANGE = re.compile(r"\[(\d{8,14}) TO (\d{8,14})\]")


class QueryError(ValueError):
    """A question that the API answers with an Error entry; the message is its summary."""


@dataclass(frozen=True, slots=True)
class ArxivQuery:
    """A parsed question. ``ids`` are (id without version, version or None)."""

    echo: str
    ids: tuple[tuple[str, int | None], ...]
    matches: Predicate
    start: int
    size: int
    by_date: bool
    newest_first: bool

    def answer(self, records: Sequence[ArxivRecord]) -> tuple[list[ArxivRecord], int]:
        """Return the page asked for and how many records match in all."""
        latest = {record.arxiv_id: record for record in records}  # the last version stands
        named = self._named(records, latest) if self.ids else list(latest.values())
        found = [record for record in named if self.matches(record)]
        if self.by_date:
            found.sort(key=lambda record: record.submitted_at, reverse=self.newest_first)
        return found[self.start : self.start + self.size], len(found)

    def _named(
        self, records: Sequence[ArxivRecord], latest: Mapping[str, ArxivRecord]
    ) -> list[ArxivRecord]:
        versions = {(record.arxiv_id, record.version): record for record in records}
        found = (
            latest.get(arxiv_id) if version is None else versions.get((arxiv_id, version))
            for arxiv_id, version in self.ids
        )
        return [record for record in found if record is not None]


def parse_query(parameters: Mapping[str, str]) -> ArxivQuery:
    """Return the question of a request; raise QueryError with the API's complaint."""
    search = parameters.get("search_query", "").strip()
    id_list = parameters.get("id_list", "").strip()
    if not search and not id_list:
        raise QueryError("a search_query or an id_list is needed")
    start = _whole(parameters, "start", 0, 30_000)
    size = _whole(parameters, "max_results", 10, MAX_RESULTS)
    return ArxivQuery(
        echo=f"search_query={search}&id_list={id_list}&start={start}&max_results={size}",
        ids=tuple(_parse_id(text) for text in id_list.split(",") if text.strip()),
        matches=_parse_search(search) if search else lambda _: True,
        start=start,
        size=size,
        by_date=parameters.get("sortBy") in ("submittedDate", "lastUpdatedDate"),
        newest_first=parameters.get("sortOrder", "descending") == "descending",
    )


def _whole(parameters: Mapping[str, str], name: str, default: int, highest: int) -> int:
    text = parameters.get(name, str(default))
    if not (text.isascii() and text.isdecimal()):
        raise QueryError(f"{name} must be a non-negative integer")
    if int(text) > highest:
        raise QueryError(f"{name} must not be above {highest}")
    return int(text)


def _parse_id(text: str) -> tuple[str, int | None]:
    match = _ARXIV_ID.fullmatch(text.strip())
    if match is None:
        raise QueryError(f"incorrect id format for {text.strip()}")
    return match[1], int(match[2]) if match[2] else None


def _parse_search(text: str) -> Predicate:
    tokens = _TOKEN.findall(text)
    found = _expression(tokens)
    if tokens:
        raise QueryError(f"unexpected {tokens[0]} in search_query")
    return found


def _expression(tokens: list[str]) -> Predicate:
    """Read terms joined by operators, which bind alike and from the left as they do at arXiv."""
    found = _term(tokens)
    while tokens and tokens[0] in ("AND", "OR", "ANDNOT"):
        operator = tokens.pop(0)
        found = _joined(operator, found, _term(tokens))
    return found


def _joined(operator: str, left: Predicate, right: Predicate) -> Predicate:
    if operator == "OR":
        return lambda record: left(record) or right(record)
    if operator == "AND":
        return lambda record: left(record) and right(record)
    return lambda record: left(record) and not right(record)


def _term(tokens: list[str]) -> Predicate:
    if not tokens:
        raise QueryError("search_query ends too early")
    token = tokens.pop(0)
    if token == "(":  # noqa: S105 - a parenthesis, not a password
        inner = _expression(tokens)
        if not tokens or tokens.pop(0) != ")":
            raise QueryError("a parenthesis is not closed")
        return inner
    field, colon, value = token.partition(":")
    return _field(field, value.strip('"')) if colon else _field("all", token.strip('"'))


def _field(field: str, value: str) -> Predicate:
    if field == "cat":
        return _in_category(value)
    if field == "submittedDate":
        return _submitted_within(value)
    if field not in _FIELDS:
        raise QueryError(f"unknown field {field} in search_query")
    text_of, wanted = _FIELDS[field], value.casefold()
    return lambda record: wanted in text_of(record).casefold()


def _in_category(value: str) -> Predicate:
    if value.endswith("*"):
        return lambda record: any(name.startswith(value[:-1]) for name in record.categories)
    return lambda record: value in record.categories


def _submitted_within(value: str) -> Predicate:
    match = _RANGE.fullmatch(value)
    if match is None:
        raise QueryError(f"bad date range {value}")
    first, last = _instant(match[1], "000000"), _instant(match[2], "235959")
    return lambda record: first <= record.submitted_at <= last


def _instant(digits: str, rest: str) -> datetime:
    full = digits + rest[len(digits) - 8 :]
    try:
        return datetime.strptime(full, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        raise QueryError(f"bad date {digits}") from None


_FIELDS: dict[str, Callable[[ArxivRecord], str]] = {
    "ti": lambda record: record.title,
    "abs": lambda record: record.abstract,
    "au": lambda record: " ".join(record.authors),
    "all": lambda record: " ".join((record.title, record.abstract, *record.authors)),
}
