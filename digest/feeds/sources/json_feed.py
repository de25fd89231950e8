"""Reads JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from dataclasses import dataclass
from typing import Any

from digest.feeds.instants import instant_of
from digest.feeds.json_bodies import UnreadableError, json_of, kind_of, record, records, words
from digest.feeds.syndication import Item
from digest.feeds.text import text_of


def looks_like_json(body: bytes) -> bool:
    """Tell whether a body starts as JSON does, and no XML ever."""
    start = body[:100].lstrip(b"\xef\xbb\xbf\xfe\xff \t\r\n\0")[:1]
    return start in (b"{", b"[") or start.isdigit()


@dataclass(frozen=True, slots=True)
class JsonFeed:
    """The items (None for what is none) and the address of the page the feed belongs to."""

    items: tuple[Item | None, ...]
    home: str


def feed_of(body: bytes) -> JsonFeed | str:
    """Return what a JSON Feed holds, or in words why it cannot be read."""
    try:
        value = json_of(body)
    except UnreadableError as error:
        return str(error)
    if not isinstance(value, dict):
        return f"body is a JSON {kind_of(value)}, not a JSON Feed"
    if not isinstance(value.get("items"), list):
        said = text_of(words(value.get("error"), value.get("message")), 200)
        return "body is JSON without items" + (f": {said}" if said else "")
    feed_authors = _authors(value)
    items = tuple(_item(record(item), feed_authors) for item in value["items"])
    return JsonFeed(items, words(value.get("home_page_url")))


def _item(item: dict[str, Any], feed_authors: tuple[str, ...]) -> Item | None:
    if not item:
        return None
    given_id = item.get("id")  # 1.0 lets it be a number
    return Item(
        item_id=given_id if isinstance(given_id, str) else f"{given_id or ''}",
        title=words(item.get("title")),
        link=words(item.get("url"), item.get("external_url")),
        content=words(item.get("content_html"), item.get("content_text"), item.get("summary")),
        authors=_authors(item) or feed_authors,
        categories=tuple(tag for tag in records(item.get("tags")) if isinstance(tag, str)),
        published_at=instant_of(item.get("date_published")),
        updated_at=instant_of(item.get("date_modified")),
    )


def _authors(holder: dict[str, Any]) -> tuple[str, ...]:
    """Return the names of ``authors`` (1.1), else of ``author`` (1.0)."""
    people = [*records(holder.get("authors")), holder.get("author")]
    return tuple(filter(None, dict.fromkeys(words(record(one).get("name")) for one in people)))
