"""The preferences form: a reader's choices as fields, and fields as choices.

Fields stay text as they were typed until they are read, so that a mistake is shown back whole.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Protocol

from digest.domain.catalogue import CatalogueTopic
from digest.domain.preferences import PreferenceError, topics_from
from digest.domain.query import QuerySyntaxError, parse_query
from digest.domain.schedule import weekday_names, weekdays_mask
from digest.domain.sentences import Sentence, SentenceError
from digest.domain.subscribers import EVERY_DAY, Preferences, TopicItem

Catalogue = Mapping[str, CatalogueTopic]
WORKING_DAYS = 0b0011111
_LONGEST_LIST = 8000  # characters of queries, authors or categories


class Fields(Protocol):
    """What a posted form offers (Starlette's FormData does)."""

    def getlist(self, key: str) -> Sequence[object]:
        """Return every value of a field."""


@dataclass(frozen=True, slots=True)
class Choices:
    """The fields of the form, each as text.

    ``cadence`` is daily, workdays, weekly (on the day ``weekly``) or days (those of ``weekdays``);
    queries, authors and categories stand one a line.
    """

    slugs: tuple[str, ...]
    queries: str
    authors: str
    categories: str
    zone: str
    hour: str
    cadence: str
    weekly: str
    weekdays: tuple[str, ...]
    longest: str
    least: str
    extract: str
    language: str


def choices_of(chosen: Preferences, catalogue: Catalogue) -> Choices:
    """Return the form of what a reader holds; a topic the catalogue lost stands as a query."""
    listed = [item.slug for item in chosen.topics if item.slug in catalogue]
    own = [item for item in chosen.topics if item.slug not in catalogue]
    authors = [item for item in own if _is_written_as(item, "authors")]
    categories = [item for item in own if _is_written_as(item, "categories")]
    queries = [item for item in own if item not in authors and item not in categories]
    days = weekday_names(chosen.weekdays)
    return Choices(
        slugs=tuple(slug for slug in listed if slug),
        queries="\n".join(_written(item) for item in queries),
        authors="\n".join(item.name for item in authors),
        categories="\n".join(item.name for item in categories),
        zone=chosen.zone,
        hour=str(chosen.hour),
        cadence=_cadence_of(chosen.weekdays),
        weekly=days[0] if days else "",
        weekdays=days,
        longest=str(chosen.max_papers),
        least=str(chosen.min_papers),
        extract=chosen.extract,
        language=chosen.language,
    )


def posted_choices(fields: Fields) -> Choices:
    """Return what somebody typed, unread."""
    return Choices(
        slugs=tuple(str(slug) for slug in fields.getlist("topic")),
        queries=_typed_lines(fields, "queries"),
        authors=_typed_lines(fields, "authors"),
        categories=_typed_lines(fields, "categories"),
        zone=_one(fields, "zone"),
        hour=_one(fields, "hour"),
        cadence=_one(fields, "cadence"),
        weekly=_one(fields, "weekly"),
        weekdays=tuple(str(day) for day in fields.getlist("weekday")),
        longest=_one(fields, "max"),
        least=_one(fields, "min"),
        extract=_one(fields, "extract"),
        language=_one(fields, "language"),
    )


def _typed_lines(fields: Fields, key: str) -> str:
    return "\n".join(_one(fields, key).splitlines())


def _one(fields: Fields, key: str) -> str:
    values = fields.getlist(key)
    return str(values[-1]) if values else ""


def lines_of(typed: str) -> list[str]:
    """Return the lines that hold something, without the blanks around them."""
    return [line.strip() for line in typed.splitlines() if line.strip()]


def preferences_of(typed: Choices, held: Preferences, catalogue: Catalogue) -> Preferences:
    """Return the preferences that a form asks for; raise PreferenceError for what cannot be.

    A query that the reader had already keeps its name ("Ada Lovelace" for ``author:...``), and a
    form that asks for no language keeps the reader's.
    """
    for text in (typed.queries, typed.authors, typed.categories):
        if len(text) > _LONGEST_LIST:
            raise PreferenceError(
                "the list is too long: at most {limit} characters", limit=_LONGEST_LIST
            )
    kept = {item.query: item for item in held.topics if item.slug is None}
    topics = topics_from(
        catalogue,
        slugs=typed.slugs,
        queries=lines_of(typed.queries),
        authors=lines_of(typed.authors),
        categories=lines_of(typed.categories),
    )
    return Preferences(
        zone=typed.zone,
        hour=_number(typed.hour, Sentence("hour")),
        weekdays=_weekdays(typed),
        max_papers=_number(typed.longest, Sentence("most papers")),
        min_papers=_number(typed.least, Sentence("fewest papers")),
        language=typed.language or held.language,
        extract=typed.extract,
        topics=_distinct(_renamed(item, kept) if item.slug is None else item for item in topics),
    )


def read_date(text: str) -> date:
    """Return the date of a date field; raise PreferenceError for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise PreferenceError("choose a day, such as 2026-05-04") from error


def _weekdays(typed: Choices) -> int:
    named: Sequence[str] = typed.weekdays
    match typed.cadence:
        case "daily":
            return EVERY_DAY
        case "workdays":
            return WORKING_DAYS
        case "weekly":
            named = (typed.weekly,)
    try:
        return weekdays_mask(named)
    except SentenceError as error:
        raise PreferenceError(error.sentence) from error


def _cadence_of(mask: int) -> str:
    fixed = {EVERY_DAY: "daily", WORKING_DAYS: "workdays"}
    return fixed.get(mask, "weekly" if mask.bit_count() == 1 else "days")


def _number(text: str, name: Sentence) -> int:
    if text.isascii() and text.isdecimal() and len(text) < 5:
        return int(text)
    raise PreferenceError(
        "{field}: write a whole number, not {text}", field=name, text=repr(text[:20])
    )


def _distinct(items: Iterable[TopicItem]) -> tuple[TopicItem, ...]:
    return tuple(dict.fromkeys(items))


def _renamed(item: TopicItem, kept: Mapping[str, TopicItem]) -> TopicItem:
    """Return the item under the name it had, unless the reader now wrote it in other words."""
    held = kept.get(item.query)
    return held if held and _written(held) == item.name else item


# both below parse what a reader holds, which is the same at every look at a page
@lru_cache(maxsize=4096)
def _is_written_as(item: TopicItem, field: str) -> bool:
    """Return whether the form's authors or categories give this very topic back."""
    with suppress(PreferenceError):
        return topics_from({}, **{field: [item.name]}) == (item,)
    return False


@lru_cache(maxsize=4096)
def _written(item: TopicItem) -> str:
    """Return a topic as a query: in the reader's own words where its name holds them."""
    try:
        same = parse_query(item.name).canonical() == item.query
    except QuerySyntaxError:
        same = False
    return item.name if same else item.query
