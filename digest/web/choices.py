"""The preferences form: a reader's choices as fields, and fields as choices.

Fields stay text as they were typed until they are read, so that a mistake is shown back whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from digest.domain.catalogue import CatalogueTopic
from digest.domain.preferences import PreferenceError, topics_from
from digest.domain.query import QuerySyntaxError, parse_query
from digest.domain.schedule import weekday_names, weekdays_mask
from digest.domain.subscribers import Preferences, TopicItem

Catalogue = Mapping[str, CatalogueTopic]


class Fields(Protocol):
    """What a posted form offers (Starlette's FormData does)."""

    def getlist(self, key: str) -> Sequence[object]:
        """Return every value of a field."""


@dataclass(frozen=True, slots=True)
class Choices:
    """The fields of the form, each as text."""

    slugs: tuple[str, ...]
    queries: str
    zone: str
    hour: str
    weekdays: tuple[str, ...]
    longest: str
    least: str
    extract: str


def choices_of(chosen: Preferences, catalogue: Catalogue) -> Choices:
    """Return the form of what a reader holds; a topic the catalogue lost stands as a query."""
    listed = [item.slug for item in chosen.topics if item.slug in catalogue]
    own = [_written(item) for item in chosen.topics if item.slug not in catalogue]
    return Choices(
        slugs=tuple(slug for slug in listed if slug),
        queries="\n".join(own),
        zone=chosen.zone,
        hour=str(chosen.hour),
        weekdays=weekday_names(chosen.weekdays),
        longest=str(chosen.max_papers),
        least=str(chosen.min_papers),
        extract=chosen.extract,
    )


def posted_choices(fields: Fields) -> Choices:
    """Return what somebody typed, unread."""
    return Choices(
        slugs=tuple(str(slug) for slug in fields.getlist("topic")),
        queries="\n".join(_one(fields, "queries").splitlines()),
        zone=_one(fields, "zone"),
        hour=_one(fields, "hour"),
        weekdays=tuple(str(day) for day in fields.getlist("weekday")),
        longest=_one(fields, "max"),
        least=_one(fields, "min"),
        extract=_one(fields, "extract"),
    )


def _one(fields: Fields, key: str) -> str:
    values = fields.getlist(key)
    return str(values[-1]) if values else ""


def preferences_of(typed: Choices, held: Preferences, catalogue: Catalogue) -> Preferences:
    """Return the preferences that a form asks for; raise PreferenceError for what cannot be.

    A query that the reader had already keeps its name ("Ada Lovelace" for ``author:...``).
    """
    lines = [line.strip() for line in typed.queries.splitlines() if line.strip()]
    kept = {item.query: item for item in held.topics if item.slug is None}
    topics = topics_from(catalogue, slugs=typed.slugs, queries=lines)
    try:
        weekdays = weekdays_mask(typed.weekdays)
    except ValueError as error:
        raise PreferenceError(str(error)) from error
    return Preferences(
        zone=typed.zone,
        hour=_number(typed.hour, "hour"),
        weekdays=weekdays,
        max_papers=_number(typed.longest, "most papers"),
        min_papers=_number(typed.least, "fewest papers"),
        language=held.language,
        extract=typed.extract,
        topics=tuple(_renamed(item, kept) if item.slug is None else item for item in topics),
    )


def read_date(text: str) -> date:
    """Return the date of a date field; raise PreferenceError for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise PreferenceError("choose a day, such as 2026-05-04") from error


def _number(text: str, name: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) < 5:
        return int(text)
    raise PreferenceError(f"{name}: write a whole number, not {text[:20]!r}")


def _renamed(item: TopicItem, kept: Mapping[str, TopicItem]) -> TopicItem:
    """Return the item under the name it had, unless the reader now wrote it in other words."""
    held = kept.get(item.query)
    return held if held and _written(held) == item.name else item


def _written(item: TopicItem) -> str:
    """Return a topic as a query: in the reader's own words where its name holds them."""
    try:
        same = parse_query(item.name).canonical() == item.query
    except QuerySyntaxError:
        same = False
    return item.name if same else item.query
