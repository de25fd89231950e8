"""The catalogue of ready topics: what its file must hold, and what it becomes."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from digest.domain.query import Query, QuerySyntaxError, parse_query

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_SLUG = 64
_KEYS = ("slug", "name", "group", "description", "query")


class CatalogueError(ValueError):
    """The catalogue cannot be used; the message names the topic and the key at fault."""


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
