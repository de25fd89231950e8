"""Our own files of readers, CSV and JSON: what an export writes, an import reads back the same."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from digest.domain.cells import guarded, joined, split
from digest.domain.import_rows import ImportRow, RowError, Standing, date_of, instant_of
from digest.domain.preferences import author_query, category_query
from digest.domain.query import QuerySyntaxError, parse_query
from digest.domain.schedule import weekday_names
from digest.domain.subscribers import (
    Subscriber,
    SubscriberState,
    Suppression,
    TopicItem,
    topic_set_json,
)

CHOICES = ("zone", "hour", "weekdays", "max", "min", "lang", "extract")
COLUMNS = (
    "address",
    "topic",
    "query",
    "author",
    "category",
    *CHOICES,
    "state",
    "reason",
    "suppression",
    "created_at",
    "confirmed_at",
    "paused_until",
)
PASSED_OVER = ("line", "error", "id")  # columns of a report, and our own number
_STANDINGS = {
    "": Standing.CONFIRMED,  # written by hand: whoever runs this says so
    SubscriberState.ACTIVE.value: Standing.CONFIRMED,
    SubscriberState.PAUSED.value: Standing.CONFIRMED,
    SubscriberState.PENDING.value: Standing.UNCONFIRMED,
    SubscriberState.WAITING.value: Standing.WAITING,
    SubscriberState.UNSUBSCRIBED.value: Standing.LEFT,
}
_SUPPRESSIONS = {
    Suppression.BOUNCE.value: Standing.BOUNCED,
    Suppression.COMPLAINT.value: Standing.COMPLAINED,
    Suppression.OPERATOR.value: Standing.BARRED,
    "": Standing.BARRED,
}


def from_cells(line: int, cells: Mapping[str, str]) -> ImportRow:
    """Return the row of a CSV line by column; raises RowError."""
    return _row(
        line,
        {name: cells.get(name, "").strip() for name in COLUMNS},
        slugs=tuple(split(cells.get("topic", ""))),
        queries=tuple(split(cells.get("query", ""))),
        authors=tuple(split(cells.get("author", ""))),
        categories=tuple(split(cells.get("category", ""))),
    )


def from_object(line: int, value: Mapping[str, Any]) -> ImportRow:
    """Return the row of a JSON object, as the export writes it; raises RowError."""
    told = {name: _text(value.get(name), name) for name in COLUMNS if name != "topic"}
    items = value.get("topics") or []
    if not isinstance(items, list):
        raise RowError("topics must be a list")
    return _row(line, told, items=tuple(_item(item) for item in items))


def _text(value: Any, name: str) -> str:
    if value is None:
        return ""
    if name == "weekdays" and isinstance(value, list):
        return ",".join(str(day) for day in value)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise RowError(f"{name} must be a text or a number")
    return str(value).strip()


def _item(value: Any) -> TopicItem:
    if isinstance(value, str):
        return TopicItem("", "", value)
    if not isinstance(value, Mapping):
        raise RowError("a topic must be a slug, or an object with name, query and slug")
    name, query, slug = (value.get(key) for key in ("name", "query", "slug"))
    if not isinstance(slug or "", str) or not all(isinstance(x or "", str) for x in (name, query)):
        raise RowError("name, query and slug of a topic must be texts")
    if not slug and not query:
        raise RowError("a topic needs a slug or a query")
    return TopicItem(name or query or "", query or "", slug or None)


def _row(line: int, told: Mapping[str, str], **topics: tuple[Any, ...]) -> ImportRow:
    return ImportRow(
        line=line,
        address=told["address"],
        standing=_standing(told["state"].lower(), told["suppression"].lower()),
        choices={name: told[name] for name in CHOICES if told[name]},
        reason=told["reason"],
        created_at=instant_of(told["created_at"], "created_at"),
        confirmed_at=instant_of(told["confirmed_at"], "confirmed_at"),
        paused_until=date_of(told["paused_until"], "paused_until"),
        **topics,
    )


def _standing(state: str, suppression: str) -> Standing:
    known = _SUPPRESSIONS if state == SubscriberState.SUPPRESSED.value else _STANDINGS
    found = known.get(suppression if known is _SUPPRESSIONS else state)
    if found is None:
        states = ", ".join(one.value for one in SubscriberState if one.value != "erased")
        kinds = ", ".join(one.value for one in Suppression)
        raise RowError(
            f"state {state!r} with suppression {suppression!r} is none of ours: states are "
            f"{states}; of suppressed ones the suppression is {kinds}"
        )
    return found


def to_cells(reader: Subscriber) -> dict[str, str]:
    """Return a reader's line by column, safe to open in a spreadsheet.

    Topics are sorted into their four columns, so their order among those is not kept.
    """
    chosen = reader.preferences
    topics: dict[str, list[str]] = {"topic": [], "query": [], "author": [], "category": []}
    for item in chosen.topics:
        column, text = _column(item)
        topics[column].append(text)
    cells = {
        "address": reader.address,
        **{name: joined(parts) for name, parts in topics.items()},
        "zone": chosen.zone,
        "hour": str(chosen.hour),
        "weekdays": ",".join(weekday_names(chosen.weekdays)),
        "max": str(chosen.max_papers),
        "min": str(chosen.min_papers),
        "lang": chosen.language,
        "extract": chosen.extract,
        "state": reader.state.value,
        "reason": reader.state_reason,
        "suppression": reader.suppression.value if reader.suppression else "",
        "created_at": _written(reader.created_at),
        "confirmed_at": _written(reader.confirmed_at),
        "paused_until": _written(reader.paused_until),
    }
    return {name: guarded(cell) for name, cell in cells.items()}


def to_object(reader: Subscriber) -> dict[str, Any]:
    """Return a reader as a JSON object, with everything that they chose, in its order."""
    chosen = reader.preferences
    return {
        "id": reader.id,
        "address": reader.address,
        "state": reader.state.value,
        "reason": reader.state_reason,
        "suppression": reader.suppression.value if reader.suppression else None,
        "topics": topic_set_json(chosen.topics),
        "zone": chosen.zone,
        "hour": chosen.hour,
        "weekdays": list(weekday_names(chosen.weekdays)),
        "max": chosen.max_papers,
        "min": chosen.min_papers,
        "lang": chosen.language,
        "extract": chosen.extract,
        "created_at": _written(reader.created_at) or None,
        "confirmed_at": _written(reader.confirmed_at) or None,
        "paused_until": _written(reader.paused_until) or None,
    }


def _column(item: TopicItem) -> tuple[str, str]:
    """Return where a topic stands, and the text that makes it again."""
    if item.slug:
        return "topic", item.slug
    if _canonical(author_query(item.name)) == item.query:
        return "author", item.name
    if _canonical(category_query(item.name)) == item.query:
        return "category", item.name
    return "query", item.name if _canonical(item.name) == item.query else item.query


def _canonical(query: str) -> str:
    try:
        return parse_query(query).canonical()
    except QuerySyntaxError:
        return ""


def _written(value: datetime | date | None) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if value else ""
