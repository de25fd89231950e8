"""What the fields of a reader's choices offer: topics with their pace, zones, weekdays."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any
from zoneinfo import available_timezones

from digest.domain.schedule import weekday_names
from digest.domain.subscribers import EVERY_DAY
from digest.services.snapshot import DAYS, Snapshot
from digest.texts import Texts
from digest.web.choices import Catalogue, Choices


@dataclass(frozen=True, slots=True)
class TopicChoice:
    """A ready topic as it is offered; ``pace`` says how much it brings."""

    slug: str
    name: str
    description: str
    pace: str


@dataclass(frozen=True, slots=True)
class TopicGroup:
    """Ready topics under one heading; ``held`` of them are chosen."""

    name: str
    topics: tuple[TopicChoice, ...]
    held: int


@lru_cache(maxsize=1024)
def pace_text(t: Texts, per_day: float) -> str:
    """Return about how many papers a day, or where that is less than one, a week."""
    if per_day >= 0.75:
        return t.many("about {count} paper a day", "about {count} papers a day", round(per_day))
    if per_day > 0:
        weekly = max(1, round(per_day * 7))
        return t.many("about {count} paper a week", "about {count} papers a week", weekly)
    return t("none in the last {days} days", days=DAYS)


def topic_groups(
    t: Texts, catalogue: Catalogue, snapshot: Snapshot, shown: Choices
) -> list[TopicGroup]:
    """Return the catalogue by group, in its order, with each topic's pace."""
    groups: dict[str, list[TopicChoice]] = {}
    for topic in catalogue.values():
        pace = pace_text(t, snapshot.per_day(snapshot.mask(topic.parsed)))
        choice = TopicChoice(topic.slug, topic.name, topic.description, pace)
        groups.setdefault(topic.group, []).append(choice)
    held = set(shown.slugs)
    return [
        TopicGroup(name, tuple(topics), sum(topic.slug in held for topic in topics))
        for name, topics in groups.items()
    ]


def zones_with(held: str) -> Sequence[str]:
    """Return the zones to choose from, a reader's older spelling ("Japan") among them."""
    return _places() if held in _places() else (held, *_places())


def weekdays_in(t: Texts) -> list[tuple[str, str]]:
    """Return the weekdays, Monday first, as (value, name)."""
    return list(zip(weekday_names(EVERY_DAY), t.weekdays(), strict=True))


def field_facts(
    t: Texts, catalogue: Catalogue, snapshot: Snapshot, shown: Choices
) -> dict[str, Any]:
    """Return what the macros of ``_fields.html`` are given: choices as typed, and what there is."""
    return {
        "shown": shown,
        "groups": topic_groups(t, catalogue, snapshot, shown),
        "zones": zones_with(shown.zone),
        "weekdays": weekdays_in(t),
    }


@cache
def _places() -> tuple[str, ...]:
    named = (z for z in available_timezones() if "/" in z and not z.startswith("Etc/"))
    return (*sorted(named), "UTC")
