"""Counts by day, for the charts of the admin pages: editions, what came back, opened links."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, String, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.store.admin_schema import link_open
from digest.store.delivery_schema import bounce
from digest.store.schema import delivery, edition


async def count_states(
    connection: AsyncConnection, first: date, last: date
) -> dict[date, dict[str, int]]:
    """Return how many digests of each local date are in which state."""
    rows = await connection.execute(
        select(edition.c.local_date, delivery.c.state, func.count())
        .join(edition, edition.c.id == delivery.c.edition_id)
        .where(edition.c.local_date.between(first, last))
        .group_by(edition.c.local_date, delivery.c.state)
    )
    days: dict[date, dict[str, int]] = {}
    for day, state, count in rows:
        days.setdefault(day, {})[state] = count
    return days


async def count_returned(
    connection: AsyncConnection, since: datetime
) -> dict[date, dict[str, int]]:
    """Return how many hard and soft bounces and complaints came on each date of UTC."""
    day = utc_date(connection, bounce.c.received_at)
    rows = await connection.execute(
        select(day, bounce.c.kind, bounce.c.hard, func.count())
        .where(bounce.c.received_at >= since)
        .group_by(day, bounce.c.kind, bounce.c.hard)
    )
    days: dict[date, dict[str, int]] = {}
    for told, kind, hard, count in rows:
        name = "complaint" if kind == "complaint" else "hard" if hard else "soft"
        of = days.setdefault(date.fromisoformat(str(told)), {})
        of[name] = of.get(name, 0) + count
    return days


async def count_opens(connection: AsyncConnection, first: date) -> dict[date, int]:
    """Return how many links of papers were opened on each date of UTC."""
    rows = await connection.execute(
        select(link_open.c.day, func.sum(link_open.c.count))
        .where(link_open.c.day >= first)
        .group_by(link_open.c.day)
    )
    return {day: int(count) for day, count in rows}


def utc_date(connection: AsyncConnection, instant: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return the date of UTC of an instant, in either database."""
    if connection.dialect.name == "sqlite":
        return func.date(instant, type_=String)  # kept in UTC already
    return cast(func.timezone("UTC", instant), Date)
