"""Export: everything held about a reader, as plain JSON values (docs/json.md has the shape)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.schedule import weekday_names
from digest.domain.subscribers import Subscriber
from digest.services.context import Context
from digest.store import exporting, selections
from digest.store.seen_sets import get_seen
from digest.store.selections import StoredSelection
from digest.store.signups import preferences_json

FORMAT = 1


async def export_reader(context: Context, reader: Subscriber) -> dict[str, Any]:
    """Return everything that is held about a reader."""
    async with context.database.read() as connection:
        seen = (await get_seen(connection, [reader.seen_set_id]))[reader.seen_set_id]
        return {
            "format": FORMAT,
            "exported_at": _written(context.clock.now()),
            "subscriber": _subscriber(reader),
            "preferences": _preferences(reader),
            "seen_papers": sorted(seen),
            "signups": [_plain(row) for row in await exporting.list_signups(connection, reader.id)],
            "deliveries": await _deliveries(connection, reader.id),
            "votes": [_plain(row) for row in await exporting.list_votes(connection, reader.id)],
            "bounces": [_plain(r) for r in await exporting.list_bounces(connection, reader.id)],
        }


def _subscriber(reader: Subscriber) -> dict[str, Any]:
    return {
        "id": reader.id,
        "address": reader.address,
        "state": reader.state.value,
        "reason": reader.state_reason,
        "suppression": reader.suppression.value if reader.suppression else None,
        "created_at": _written(reader.created_at),
        "confirmed_at": _written(reader.confirmed_at),
        "paused_until": _written(reader.paused_until),
        "fresh_since": _written(reader.fresh_since),
        "token_generation": reader.token_generation,
        "feed_generation": reader.feed_generation,
    }


def _preferences(reader: Subscriber) -> dict[str, Any]:
    held = preferences_json(reader.preferences)
    return held | {"weekdays": list(weekday_names(reader.preferences.weekdays))}


async def _deliveries(connection: AsyncConnection, subscriber_id: int) -> list[dict[str, Any]]:
    """Return the deliveries with the papers that were chosen for each."""
    rows = [_plain(row) for row in await exporting.list_deliveries(connection, subscriber_id)]
    wanted = {row["selection_id"] for row in rows if row["selection_id"] is not None}
    chosen = await selections.get_selections(connection, wanted)
    for row in rows:
        held = chosen.get(row.pop("selection_id"))
        row["papers"] = await _papers(connection, held) if held else []
    return rows


async def _papers(connection: AsyncConnection, chosen: StoredSelection) -> list[dict[str, Any]]:
    ids = [item.paper_id for item in chosen.items]
    cards = await selections.get_cards(connection, chosen.plan_id, ids)
    return [
        {
            "id": item.paper_id,
            "title": cards[item.paper_id]["title"],
            "url": cards[item.paper_id]["url"],
            "topic": item.topic,
            "why": list(item.why),
        }
        for item in chosen.items
    ]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _written(value) for name, value in row.items()}


def _written(value: Any) -> Any:
    """Return a value as JSON has it: instants RFC 3339 in UTC, dates ISO."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value
