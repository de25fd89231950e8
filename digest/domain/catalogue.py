"""Ready topics: what the catalogue's file must hold, and what an operator may write."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from digest.domain.query import Query, QuerySyntaxError, parse_query
from digest.domain.sentences import SentenceError
from digest.domain.tex_scan import without_controls

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_SLUG = 64
LONGEST_NAME = 60  # of a topic and of its group: a line on a phone, and a mail's heading
LONGEST_DESCRIPTION = 300
_KEYS = ("slug", "name", "group", "description", "query")


class CatalogueError(ValueError):
    """The catalogue cannot be used; the message names the topic and the key at fault."""


class TopicError(SentenceError):
    """A topic that cannot be kept, or is not there; the sentence says what to do."""


class Origin(StrEnum):
    """Who wrote a topic: it ships with the program, or it is the operator's own."""

    CATALOGUE = "catalogue"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class CatalogueTopic:
    """A ready topic. ``query`` is its text on one line, ``parsed`` the tree of it."""

    slug: str
    name: str
    group: str
    description: str
    query: str
    parsed: Query


def parse_catalogue(text: str) -> tuple[CatalogueTopic, ...]:
    """Return the topics of a catalogue in TOML, by group and then as they stand in the file.

    ``groups`` lists the groups in the order of the page; each ``[[topic]]`` has slug, name, group,
    description and query. Raises CatalogueError for anything missing, unknown or said twice.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"the catalogue is no TOML: {error}") from error
    _check_keys("the catalogue", data, ("groups", "topic"))
    groups = _groups(data["groups"])
    tables = data["topic"]
    if not isinstance(tables, list) or not tables:
        raise CatalogueError("the catalogue needs at least one [[topic]]")
    topics = [_topic(number, table) for number, table in enumerate(tables, 1)]
    _check_topics(topics, groups)
    return tuple(sorted(topics, key=lambda topic: groups.index(topic.group)))


def checked_topic(slug: str, name: str, group: str, description: str, query: str) -> CatalogueTopic:
    """Return an operator's topic, its texts on one line each and without control characters.

    Raises TopicError for what cannot be a topic, and QuerySyntaxError for a bad query.
    """
    if not _SLUG.fullmatch(slug) or len(slug) > _LONGEST_SLUG:
        raise TopicError(
            "A slug is 1 to {longest} small letters and digits with single hyphens between them,"
            " such as graph-learning.",
            longest=_LONGEST_SLUG,
        )
    name, group, description, query = map(without_controls, (name, group, description, query))
    for text in (name, group):
        if not 1 <= len(text) <= LONGEST_NAME:
            raise TopicError(
                "A topic needs a name and a group of 1 to {longest} characters each.",
                longest=LONGEST_NAME,
            )
    if len(description) > LONGEST_DESCRIPTION:
        raise TopicError(
            "The description is too long: at most {longest} characters.",
            longest=LONGEST_DESCRIPTION,
        )
    return CatalogueTopic(slug, name, group, description, query, parse_query(query))


def _groups(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(group, str) for group in value):
        raise CatalogueError("groups must be a list of names")
    if len(set(value)) < len(value):
        raise CatalogueError("groups names a group twice")
    return value


def _topic(number: int, table: object) -> CatalogueTopic:
    where = f"topic {number}"
    if not isinstance(table, dict):
        raise CatalogueError(f"{where} is no table: write [[topic]]")
    where = f"topic {table.get('slug', number)}"
    _check_keys(where, table, _KEYS)
    for key in _KEYS:
        if not isinstance(table[key], str) or not table[key].strip():
            raise CatalogueError(f"{where}: {key} must be a text that is not empty")
    slug, name, group, description, query = (" ".join(table[key].split()) for key in _KEYS)
    if not _SLUG.fullmatch(slug) or len(slug) > _LONGEST_SLUG:
        raise CatalogueError(f"{where}: a slug is small letters, digits and single hyphens")
    try:
        parsed = parse_query(query)
    except QuerySyntaxError as error:
        raise CatalogueError(f"{where}: query: {error}\n{error.pointer()}") from error
    return CatalogueTopic(slug, name, group, description, query, parsed)


def _check_keys(where: str, table: Mapping[str, object], keys: tuple[str, ...]) -> None:
    for key in keys:
        if key not in table:
            raise CatalogueError(f"{where}: {key} is missing")
    for key in table:
        if key not in keys:
            raise CatalogueError(
                f"{where}: there is no key {key!r}; the keys are {', '.join(keys)}"
            )


def _check_topics(topics: list[CatalogueTopic], groups: list[str]) -> None:
    slugs: set[str] = set()
    names: set[str] = set()
    for topic in topics:
        if topic.slug in slugs:
            raise CatalogueError(f"topic {topic.slug}: the slug is taken by an earlier topic")
        if topic.name in names:
            raise CatalogueError(f"topic {topic.slug}: the name is taken by an earlier topic")
        if topic.group not in groups:
            raise CatalogueError(f"topic {topic.slug}: there is no group {topic.group!r} in groups")
        slugs.add(topic.slug)
        names.add(topic.name)
    empty = [group for group in groups if group not in {topic.group for topic in topics}]
    if empty:
        raise CatalogueError(f"groups: no topic is in {empty[0]!r}")
