"""The token buckets of relays and providers, shared by every process that sends.

A row stays locked to the end of the transaction: draws from one bucket follow each other. An
infinite rate, which no JSON and not every database knows, is kept as a number no relay reaches.
"""

import math
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain import throttle as pace
from digest.domain.throttle import Bucket, Drawn, WarmUp
from digest.store.delivery_schema import relay, throttle
from digest.store.inserting import insert_new

_UNBOUNDED = 1e9


def _to_bucket(row: Row[Any]) -> Bucket:
    bucket = Bucket(**{name: getattr(row, name) for name in Bucket.__dataclass_fields__})
    return replace(bucket, rate=math.inf) if bucket.rate >= _UNBOUNDED else bucket


def _values(bucket: Bucket) -> dict[str, Any]:
    return asdict(replace(bucket, rate=min(bucket.rate, _UNBOUNDED)))


async def _locked(connection: AsyncConnection, key: str, ceiling: float, now: datetime) -> Bucket:
    new = _values(pace.new_bucket(ceiling, now))
    await insert_new(connection, throttle, {"key": key} | new)
    found = select(throttle).where(throttle.c.key == key).with_for_update()
    return _to_bucket((await connection.execute(found)).one())


async def _save(connection: AsyncConnection, key: str, bucket: Bucket) -> None:
    await connection.execute(update(throttle).where(throttle.c.key == key).values(_values(bucket)))


async def draw(
    connection: AsyncConnection,
    key: str,
    want: int,
    now: datetime,
    ceiling: float,
    warm_up: WarmUp,
    *,
    urgent: bool = False,
) -> Drawn:
    """Draw tokens from a bucket, which is full when it is first asked."""
    bucket = await _locked(connection, key, ceiling, now)
    drawn = pace.draw(bucket, want, now, ceiling=ceiling, warm_up=warm_up, urgent=urgent)
    await _save(connection, key, drawn.bucket)
    return drawn


async def give_back(
    connection: AsyncConnection, key: str, count: int, now: datetime, ceiling: float
) -> None:
    """Give tokens back that were not used; a negative count takes more out."""
    bucket = pace.refreshed(await _locked(connection, key, ceiling, now), ceiling, now)
    await _save(connection, key, pace.give_back(bucket, count))


async def slow_down(
    connection: AsyncConnection,
    key: str,
    now: datetime,
    ceiling: float,
    measured: float,
    jitter: float,
) -> Bucket:
    """Halve the rate of a bucket and pause it; return it as it is then."""
    bucket = pace.refreshed(await _locked(connection, key, ceiling, now), ceiling, now)
    slower = pace.slowed(bucket, now, measured=measured, jitter=jitter)
    await _save(connection, key, slower)
    return slower


async def get_buckets(connection: AsyncConnection, keys: Iterable[str]) -> dict[str, Bucket]:
    """Return the buckets that there are, of some keys."""
    rows = await connection.execute(select(throttle).where(throttle.c.key.in_(sorted(keys))))
    return {row.key: _to_bucket(row) for row in rows}


async def list_buckets(connection: AsyncConnection, limit: int = 1000) -> dict[str, Bucket]:
    """Return the buckets by key, in the order of the keys."""
    rows = await connection.execute(select(throttle).order_by(throttle.c.key).limit(limit))
    return {row.key: _to_bucket(row) for row in rows}


async def forget(connection: AsyncConnection, keys: Iterable[str]) -> None:
    """Delete buckets, in the order of their keys."""
    for key in sorted(keys):
        await connection.execute(delete(throttle).where(throttle.c.key == key))


async def save_relay(
    connection: AsyncConnection,
    name: str,
    failures: int,
    paused_until: datetime | None,
    trouble: str,
    now: datetime,
) -> None:
    """Write down how a relay fares."""
    values = {
        "name": name,
        "failures": failures,
        "paused_until": paused_until,
        "trouble": trouble,
        "told_at": now,
    }
    if not await insert_new(connection, relay, values):
        await connection.execute(update(relay).where(relay.c.name == name).values(values))


async def list_relays(connection: AsyncConnection) -> list[Row[Any]]:
    """Return name, failures, paused_until, trouble and told_at of every relay that was used."""
    return list(await connection.execute(select(relay).order_by(relay.c.name)))
