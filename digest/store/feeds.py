"""What is remembered of each feed and each source between two polls."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.store.schema import feed, source


@dataclass(frozen=True, slots=True)
class FeedState:
    """One polled address of a source: its conditional headers, its failures, its last days.

    ``days`` maps an ISO date to the entries that were listed first on that day.
    """

    source: str
    key: str
    url: str
    next_poll_at: datetime
    etag: str | None = None
    last_modified: str | None = None
    failures: int = 0
    gone: bool = False
    first_ok_at: datetime | None = None
    last_ok_at: datetime | None = None
    last_entry_at: datetime | None = None
    last_failure: str | None = None
    failing_since: datetime | None = None
    last_dropped: Mapping[str, int] = field(default_factory=dict)
    days: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceState:
    """The state of a source as `status` shows it: fresh, quiet, stale or broken, and since when."""

    name: str
    state: str
    reason: str
    since: datetime


def _to_feed(row: Row[Any]) -> FeedState:
    return FeedState(**row._mapping)


async def list_feeds(connection: AsyncConnection) -> dict[tuple[str, str], FeedState]:
    """Return every remembered feed by (source, key)."""
    rows = await connection.execute(select(feed))
    return {(row.source, row.key): _to_feed(row) for row in rows}


async def save_feed(connection: AsyncConnection, state: FeedState) -> None:
    """Write a feed's state over the older one."""
    values = asdict(state)
    where = (feed.c.source == state.source, feed.c.key == state.key)
    changed = await connection.execute(update(feed).where(*where).values(**values))
    if changed.rowcount == 0:
        await connection.execute(insert(feed).values(**values))


async def find_next_poll(connection: AsyncConnection, after: datetime) -> datetime | None:
    """Return when the next feed is to be polled after an instant, or None without any."""
    found: datetime | None = await connection.scalar(
        select(func.min(feed.c.next_poll_at)).where(~feed.c.gone, feed.c.next_poll_at > after)
    )
    return found


async def forget_feeds(connection: AsyncConnection, before: datetime) -> None:
    """Drop feeds nobody polls any more, such as listing days that are over.

    One that is gone (410) is kept: forgotten, it would be asked again.
    """
    await connection.execute(delete(feed).where(feed.c.next_poll_at < before, ~feed.c.gone))


async def list_sources(connection: AsyncConnection) -> dict[str, SourceState]:
    """Return every source's state by name."""
    rows = await connection.execute(select(source).order_by(source.c.name))
    return {row.name: SourceState(**row._mapping) for row in rows}


async def save_source(connection: AsyncConnection, state: SourceState) -> None:
    """Write a source's state; ``since`` moves only when the state itself changes."""
    held = (
        await connection.execute(select(source).where(source.c.name == state.name))
    ).one_or_none()
    if held is None:
        await connection.execute(insert(source).values(**asdict(state)))
        return
    since = held.since if held.state == state.state else state.since
    await connection.execute(
        update(source)
        .where(source.c.name == state.name)
        .values(state=state.state, reason=state.reason, since=since)
    )


async def forget_source(connection: AsyncConnection, name: str) -> None:
    """Drop a source's state and that of its feeds; what it listed is kept."""
    await connection.execute(delete(feed).where(feed.c.source == name))
    await connection.execute(delete(source).where(source.c.name == name))
