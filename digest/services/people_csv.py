"""Subscribers as CSV: the columns are the options of `digest subscribers add`."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TextIO

from digest.domain.catalogue import CatalogueTopic
from digest.domain.preferences import topics_from
from digest.domain.schedule import weekday_names, weekdays_mask
from digest.domain.subscribers import EVERY_DAY, Preferences, Subscriber

SEPARATOR = "|"  # between several topics, queries, authors or categories of one reader
COLUMNS = (
    "address",
    "topic",
    "query",
    "author",
    "category",
    "zone",
    "hour",
    "weekdays",
    "max",
    "min",
    "lang",
    "extract",
    "state",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file: its number, the address, and the preferences or what is wrong."""

    number: int
    address: str
    preferences: Preferences | None
    error: str = ""


def read_lines(
    file: TextIO, catalogue: Mapping[str, CatalogueTopic], defaults: Preferences
) -> Iterator[Line]:
    """Yield every line; one that cannot be used says why. Raises ValueError without an address."""
    reader = csv.DictReader(file)
    names = reader.fieldnames or []
    if "address" not in names:
        raise ValueError("the first line must name the columns, `address` among them")
    unknown = sorted(set(names) - set(COLUMNS))
    if unknown:
        raise ValueError(f"unknown columns {', '.join(unknown)}; known are {', '.join(COLUMNS)}")
    for row in reader:
        address = (row.get("address") or "").strip()
        try:
            yield Line(reader.line_num, address, _preferences(row, catalogue, defaults))
        except ValueError as error:
            yield Line(reader.line_num, address, None, str(error))


def _preferences(
    row: Mapping[str, str | None], catalogue: Mapping[str, CatalogueTopic], held: Preferences
) -> Preferences:
    def many(name: str) -> list[str]:
        return [part.strip() for part in (row.get(name) or "").split(SEPARATOR) if part.strip()]

    def one(name: str, default: object) -> str:
        return (row.get(name) or "").strip() or str(default)

    days = one("weekdays", "")
    return Preferences(
        zone=one("zone", held.zone),
        hour=int(one("hour", held.hour)),
        weekdays=weekdays_mask(days.split(",")) if days else EVERY_DAY,
        max_papers=int(one("max", held.max_papers)),
        min_papers=int(one("min", held.min_papers)),
        language=one("lang", held.language),
        extract=one("extract", held.extract),
        topics=topics_from(
            catalogue, many("topic"), many("query"), many("author"), many("category")
        ),
    )


def write_lines(file: TextIO, people: Iterable[Subscriber]) -> int:
    """Write subscribers with a heading; return how many. Every query stands as a query."""
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    writer.writeheader()
    count = 0
    for reader in people:
        chosen = reader.preferences
        slugs = [item.slug for item in chosen.topics if item.slug]
        queries = [item.query for item in chosen.topics if not item.slug]
        writer.writerow(
            {
                "address": reader.address,
                "topic": SEPARATOR.join(slugs),
                "query": SEPARATOR.join(queries),
                "author": "",
                "category": "",
                "zone": chosen.zone,
                "hour": chosen.hour,
                "weekdays": ",".join(weekday_names(chosen.weekdays)),
                "max": chosen.max_papers,
                "min": chosen.min_papers,
                "lang": chosen.language,
                "extract": chosen.extract,
                "state": reader.state.value,
            }
        )
        count += 1
    return count
