"""A subscriber and their topics, and the decisions about both."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # `fresh_since` of a reader who has had no edition yet
EVERY_DAY = 0b1111111
EMPTY_TOPIC_SET = 1  # row id of the empty topic set, laid down by the first migration


class SubscriberState(StrEnum):
    """Where a subscriber stands; only an active one gets digests."""

    PENDING = "pending"
    WAITING = "waiting"  # confirmed, and the operator has yet to approve
    ACTIVE = "active"
    PAUSED = "paused"
    UNSUBSCRIBED = "unsubscribed"
    SUPPRESSED = "suppressed"
    ERASED = "erased"  # a tombstone: id, states and dates, nothing that names a person


class Suppression(StrEnum):
    """Why an address is barred, which decides who may lift it (RULES of the design, "People")."""

    BOUNCE = "bounce"  # the owner, by a proving mail a day
    COMPLAINT = "complaint"  # the operator alone; no mail at all until then
    OPERATOR = "operator"  # the operator alone


@dataclass(frozen=True, slots=True)
class TopicItem:
    """One topic of a reader, in their order: from the catalogue (with slug) or their own query."""

    name: str
    query: str
    slug: str | None = None


@dataclass(frozen=True, slots=True)
class Preferences:
    """Everything a reader chooses. ``weekdays`` is a 7-bit mask, bit 0 Monday."""

    zone: str = "UTC"
    hour: int = 8
    weekdays: int = EVERY_DAY
    max_papers: int = 10
    min_papers: int = 1
    language: str = "en"
    extract: str = "short"
    topics: tuple[TopicItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A reader as the database knows them."""

    id: int
    address: str
    state: SubscriberState
    preferences: Preferences
    seen_set_id: int
    topic_set_id: int
    fresh_since: datetime
    token_generation: int
    created_at: datetime
    confirmed_at: datetime | None = None
    paused_until: date | None = None
    state_reason: str = ""
    suppression: Suppression | None = None
    feed_generation: int = 0
    erase_asked_at: datetime | None = None


def address_key(address: str) -> str:
    """Return the form under which an address is unique: lower case, as mail providers read it.

    Not case folded: that would take straße@ for strasse@.
    """
    return address.strip().lower()


def mask_address(address: str) -> str:
    """Return an address as it may be shown to whoever holds a forwarded mail: ``a***@host``."""
    local, _, host = address.rpartition("@")
    return f"{local[:1]}***@{host}"


def topic_set_json(items: Sequence[TopicItem]) -> list[dict[str, str | None]]:
    """Return the stored form of an ordered topic set."""
    return [{"name": item.name, "query": item.query, "slug": item.slug} for item in items]


def topic_set_hash(items: Sequence[TopicItem]) -> str:
    """Return the identity of an ordered topic set (SHA-256, hexadecimal).

    What counts is the canonical query, not how a reader spelled it; of a ready topic also its slug
    and name, so that a topic which got another name is another one to its readers.
    """
    told = [[i.slug, i.query] if i.slug is None else [i.slug, i.query, i.name] for i in items]
    body = json.dumps(told, separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()


def topic_items(stored: Sequence[dict[str, str | None]]) -> tuple[TopicItem, ...]:
    """Return the topics of a stored set; the inverse of `topic_set_json`."""
    return tuple(TopicItem(str(i["name"]), str(i["query"]), i["slug"]) for i in stored)
